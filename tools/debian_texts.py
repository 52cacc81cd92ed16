#!/usr/bin/env python3
"""Writes Debian's long English package descriptions as JSON Lines: {"id", "text", "section", "homepage"}, one package a line, sorted
by name. apt fetches the lists into a folder of its own, so the machine's apt settings and lists stay as they are."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile


def update_lists(work):
    """Runs `apt-get update` with translations on; returns the folder of lists."""
    for folder in ("lists/partial", "cache/archives/partial"):
        (work / folder).mkdir(parents=True, exist_ok=True)
    settings = {"Dir::State": work, "Dir::State::lists": work / "lists", "Dir::Cache": work / "cache", "Acquire::GzipIndexes": "false",
                "Acquire::Languages": "en", "APT::Sandbox::User": "root"}
    options = [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]
    # Both lines of the machine's own settings that would add or remove languages are overruled by a configuration read last.
    config = work / "apt.conf"
    config.write_text('#clear Acquire::Languages;\nAcquire::Languages { "en"; };\n')
    finished = subprocess.run(["apt-get", "-q", *options, "update"], env=dict(os.environ, APT_CONFIG=str(config)), capture_output=True, text=True)
    if finished.returncode != 0:
        sys.exit(f"debian_texts: apt-get update failed:\n{finished.stdout}{finished.stderr}")
    return work / "lists"


def paragraphs(path):
    """The fields of each paragraph of a Debian control file."""
    fields, key = {}, None
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line == "\n":
                yield fields
                fields, key = {}, None
            elif line[0] in " \t":
                fields[key] += line
            else:
                key, _, value = line.partition(":")
                fields[key] = value.lstrip(" ")
    if fields:
        yield fields


def plain_text(description):
    """A description field as text: its lines without the leading space, ` .` as an empty line, wrapped paragraphs joined."""
    result, paragraph = [], []
    for line in description.rstrip("\n").split("\n")[1:]:
        body = line[1:]
        if body in (".", "") or body.startswith(" "):  # a blank line, or one to be kept as it is
            result += [" ".join(paragraph)] if paragraph else []
            paragraph = []
            result += [body.strip()] if body not in (".", "") else []
        else:
            paragraph.append(body.strip())
    result += [" ".join(paragraph)] if paragraph else []
    return "\n".join(text for text in result if text)


def suite():
    release = dict(line.rstrip("\n").split("=", 1) for line in open("/etc/os-release", encoding="utf-8") if "=" in line)
    return release.get("VERSION_CODENAME", "bookworm").strip('"')


def distinct_texts(lists):
    """A record for each different description of the suite's main section, by package name."""
    translations = sorted(lists.glob(f"*_dists_{suite()}_main_i18n_Translation-en"))
    indexes = sorted(lists.glob(f"*_dists_{suite()}_main_binary-*_Packages"))
    if not translations or not indexes:
        sys.exit(f"debian_texts: apt fetched no English descriptions of {suite()}/main; does the machine's apt list it?")
    about = {fields["Package"].strip(): fields for index in indexes for fields in paragraphs(index)}
    texts = {}
    for fields in (fields for path in translations for fields in paragraphs(path)):
        name, text = fields["Package"].strip(), plain_text(fields.get("Description-en", ""))
        if text and name in about and fields["Description-md5"] == about[name].get("Description-md5", fields["Description-md5"]):
            texts[name] = text
    records, seen = [], set()
    for name in sorted(texts):
        if texts[name] not in seen:
            seen.add(texts[name])
            rest = {field: about[name].get(field.capitalize(), "").strip() for field in ("section", "homepage")}
            records.append({"id": name, "text": texts[name], **rest})
    return records


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", required=True, type=pathlib.Path, help="the JSON Lines file to write")
    options = parser.parse_args()
    options.to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.to.parent) as work:
        texts = distinct_texts(update_lists(pathlib.Path(work).resolve()))
    unfinished = options.to.with_suffix(".part")
    with open(unfinished, "w", encoding="utf-8") as out:
        for record in texts:
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
    unfinished.rename(options.to)
    print(f"debian_texts: {len(texts)} different texts")


if __name__ == "__main__":
    main()

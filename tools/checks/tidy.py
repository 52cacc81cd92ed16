#!/usr/bin/env python3
"""clang-tidy over the sources of the rooms, with the settings of .clang-tidy and the compile commands of the build folder."""

import json
import pathlib

import cached_runs
import tree


def main():
    parser = tree.arguments(__doc__)
    parser.add_argument("--build", default="build", help="the build folder with compile_commands.json, relative to the root")
    parser.add_argument("--clang-tidy", default="clang-tidy-14", help="the one version that the house uses")
    parser.add_argument("files", nargs="*", help="only these sources (default: all)")
    options = parser.parse_args()
    root = pathlib.Path(options.root).resolve()
    build = root / options.build
    entries = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        entries[str(pathlib.Path(entry["directory"], entry["file"]).resolve())] = entry["command"]
    prints = cached_runs.Fingerprints([root, build / "generated"], cached_runs.version_of(options.clang_tidy) + (root / ".clang-tidy").read_text())
    jobs = []
    for name in options.files or [n for n in tree.files(options.root, ".cpp") if not n.startswith(("tests/", "bench/"))]:
        path = root / name
        if str(path) in entries:
            jobs.append((name, prints.of(path), [options.clang_tidy, "--quiet", "-p", str(build), str(path)], root))
    tree.report(cached_runs.run("clang-tidy", jobs))


if __name__ == "__main__":
    main()

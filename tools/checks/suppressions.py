#!/usr/bin/env python3
"""Counts what is excused: NOLINT comments, lines of tools/long_files.tsv, lines of sanitizer suppression files (*.supp). The
number stands in tools/suppressions.txt and may only shrink."""

import pathlib
import re

import tree


def data_lines(root, name):
    return sum(1 for line in tree.read(root, name).splitlines() if line.strip() and not line.startswith("#"))


def main():
    root = tree.arguments(__doc__).parse_args().root
    nolint = sum(len(re.findall(r"NOLINT(?!END)", tree.read(root, name))) for name in tree.files(root, tree.HEADERS + tree.SOURCES))
    listed = sum(data_lines(root, name) for name in tree.files(root, "tools/long_files.tsv"))
    sanitizer = sum(data_lines(root, name) for name in tree.files(root, ".supp"))
    total, allowed = nolint + listed + sanitizer, int((pathlib.Path(root) / "tools/suppressions.txt").read_text())
    print(f"suppressions: {total} (NOLINT {nolint}, long files {listed}, sanitizers {sanitizer}); allowed {allowed}")
    if total == allowed:
        tree.report([])
    change = "remove the new one" if total > allowed else f"write {total} there, so that it stays so"
    tree.report([f"tools/suppressions.txt:1: says {allowed}, the tree has {total}: {change}"])


if __name__ == "__main__":
    main()

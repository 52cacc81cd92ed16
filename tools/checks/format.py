#!/usr/bin/env python3
"""clang-format: every C++ file is written as .clang-format says. `clang-format-14 -i FILE` mends one."""

import pathlib
import subprocess

import tree


def main():
    parser = tree.arguments(__doc__)
    parser.add_argument("--clang-format", default="clang-format-14", help="the one version that the house uses")
    options = parser.parse_args()
    names = [str(pathlib.Path(options.root) / name) for name in tree.files(options.root, tree.HEADERS + tree.SOURCES)]
    if not names:
        tree.report([])
    finished = subprocess.run([options.clang_format, "--dry-run", "-Werror", *names], capture_output=True, text=True)
    wrong = sorted({line.split(": error:")[0] for line in finished.stderr.splitlines() if "-Wclang-format-violations" in line})
    tree.report(wrong if wrong or not finished.returncode else [finished.stderr])


if __name__ == "__main__":
    main()

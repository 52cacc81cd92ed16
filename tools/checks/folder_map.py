#!/usr/bin/env python3
"""README's map of folders is true both ways, and each room has a README.md of at most 25 lines."""

import pathlib
import re

import tree

README_LINES = 25
PROGRAMS = ("tests", "bench")  # their READMEs explain how to run things


def main():
    root = tree.arguments(__doc__).parse_args().root
    text = tree.read(root, "README.md")
    named = {match.group(1): tree.line_of(text, match.start()) for match in re.finditer(r"^\| `([\w/]+)/` \|", text, re.M)}
    exist = {name.split("/")[0] for name in tree.files(root) if "/" in name and not name.startswith(".")}
    rooms = [room for room in tree.Rooms(pathlib.Path(root) / "tools/rooms.tsv").may_include if (pathlib.Path(root) / room).is_dir()]
    exist |= {room for room in rooms if "/" in room}
    found = [f"README.md:{line}: the map names {folder}/, which does not exist" for folder, line in named.items() if not (pathlib.Path(root) / folder).is_dir()]
    found += [f"README.md:1: the map does not name {folder}/" for folder in sorted(exist - set(named))]
    for room in rooms:
        readme = pathlib.Path(root) / room / "README.md"
        if not readme.exists():
            found.append(f"{room}/README.md: missing: say what is here, what is not, and which file to read first")
        elif (lines := len(readme.read_text().splitlines())) > README_LINES and room not in PROGRAMS:
            found.append(f"{room}/README.md: {lines} lines, more than {README_LINES}")
    tree.report(found)


if __name__ == "__main__":
    main()

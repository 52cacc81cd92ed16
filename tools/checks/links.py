#!/usr/bin/env python3
"""CMake's link lines repeat the table: a room links only the rooms that tools/rooms.tsv lets it include."""

import pathlib
import re

import tree

CALL = re.compile(r"\b(weir_room|target_link_libraries|add_library)\s*\(\s*([\w/]+)([^)]*)\)")


def main():
    root = tree.arguments(__doc__).parse_args().root
    rooms = tree.Rooms(pathlib.Path(root) / "tools/rooms.tsv")
    targets = {"weir_" + room.replace("/", "_"): room for room in rooms.may_include}
    found = []
    for name in tree.files(root, "CMakeLists.txt"):
        if name.split("/")[0] in ("tests", "bench"):
            continue
        text = re.sub(r"#[^\n]*", "", tree.read(root, name))
        for match in CALL.finditer(text):
            kind, subject, rest = match.groups()
            room = subject if kind == "weir_room" else targets.get(subject)
            place = f"{name}:{tree.line_of(text, match.start())}:"
            if kind == "weir_room" and room not in rooms.may_include:
                found.append(f"{place} {room} is no room of tools/rooms.tsv")
            elif room:
                linked = {targets[word] for word in rest.split() if word in targets}
                found += [f"{place} {room} may not link {other}" for other in sorted(linked) if not rooms.allows(room, other)]
    tree.report(found)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Forbidden includes: each room includes only the rooms and libraries that tools/rooms.tsv gives it."""

import pathlib
import re

import tree

# Headers of the C and C++ libraries, the compiler and Linux; everything else in <> is a library and must stand in the table.
STANDARD = re.compile(r"^([a-z_0-9]+|c?[a-z0-9]+\.h|(sys|linux|arpa|netinet|net|bits)/[a-z0-9_.-]+\.h|experimental/[a-z_]+|(cpuid|immintrin|cxxabi)\.h)$")


def fits(include, prefixes):
    return any(include == p or include.startswith(p if p.endswith("/") else (p + ".", p + "_", p + "/")) for p in prefixes)


def check_library(rooms, room, name, include):
    header = name.endswith(tree.HEADERS)
    for prefix in rooms.vocabulary:
        only_cpp, bare = prefix.startswith("cpp:"), prefix.removeprefix("cpp:")
        if fits(include, [bare]):
            return f"<{include}> belongs into .cpp files, not into a header" if only_cpp and header and room not in ("tests", "bench") else None
    owners = [r for r, prefixes in rooms.libraries.items() if fits(include, prefixes)]
    if owners:
        return None if room in owners or room in ("tests", "bench", "tools") else f"<{include}> lives in {', '.join(owners)} only"
    return None if STANDARD.match(include) else f"<{include}> is a library that tools/rooms.tsv does not name"


def check_file(rooms, root, name):
    room = rooms.room_of(name)
    if room is None:
        return [f"{name}:1: the file is in no room of tools/rooms.tsv"]
    text, found = tree.read(root, name), []
    for match in tree.INCLUDE.finditer(text):
        kind, include = match.groups()
        place = f"{name}:{tree.line_of(text, match.start())}:"
        other = rooms.room_of(include)
        if other and not rooms.allows(room, other):
            found.append(f"{place} {room} may not include {other} (\"{include}\")")
        elif other and kind == "<":
            found.append(f"{place} write \"{include}\", with quotes: it is ours")
        elif not other and kind == '"':
            found.append(f"{place} \"{include}\" does not start at the root with a room's folder")
        elif not other and (message := check_library(rooms, room, name, include)):
            found.append(f"{place} {message}")
    return found


def main():
    root = tree.arguments(__doc__).parse_args().root
    rooms = tree.Rooms(pathlib.Path(root) / "tools/rooms.tsv")
    names = tree.files(root, tree.HEADERS + tree.SOURCES)
    tree.report([v for name in names for v in check_file(rooms, root, name)])


if __name__ == "__main__":
    main()

"""What the checks share: the files of a checkout, the room table, and how a check reports."""

import argparse
import pathlib
import re
import subprocess
import sys

HEADERS = (".hpp", ".cuh", ".h")
SOURCES = (".cpp", ".cu", ".cc")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def files(root, suffixes=None):
    """Paths relative to root, sorted: what git tracks or would track, or every file where root is no checkout."""
    listed = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True)
    if listed.returncode == 0:
        names = listed.stdout.splitlines()
    else:
        names = [str(p.relative_to(root)) for p in pathlib.Path(root).rglob("*") if p.is_file()]
    return sorted(n for n in set(names) if (not suffixes or n.endswith(suffixes)) and (pathlib.Path(root) / n).is_file())


def read(root, name):
    return (pathlib.Path(root) / name).read_text(encoding="utf-8", errors="replace")


def line_of(text, position):
    return text.count("\n", 0, position) + 1


class Rooms:
    """tools/rooms.tsv."""

    def __init__(self, path):
        self.may_include, self.libraries = {}, {}
        for line in pathlib.Path(path).read_text().splitlines():
            if line.strip() and not line.startswith("#"):
                room, rooms, libraries = line.split("\t")
                self.may_include[room] = set(rooms.split()) - {"-"}
                self.libraries[room] = [] if libraries == "-" else libraries.split()
        self.vocabulary = self.libraries.pop("vocabulary", [])
        self.may_include.pop("vocabulary", None)

    def room_of(self, name):
        """The room that a file or an include path belongs to, or None."""
        fits = [room for room in self.may_include if name.startswith(room + "/")]
        return max(fits, key=len) if fits else None

    def allows(self, room, other):
        allowed = self.may_include[room]
        return room == other or "*" in allowed or other in allowed or other.split("/")[0] in allowed


def blank_strings(text):
    """The C++ text with comments and string contents replaced by blanks; lines stay where they are."""
    def blank(match):
        found = match.group(0)
        quotes = found[0] in "\"'"
        inner = re.sub(r"[^\n]", " ", found)
        return found[0] + inner[1:-1] + found[-1] if quotes else inner
    pattern = r'R"([^()\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'|//[^\n]*|/\*.*?\*/'
    return re.sub(pattern, blank, text, flags=re.S)


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--root", default=str(pathlib.Path(__file__).resolve().parents[2]), help="the checkout to look at")
    return parser


def report(violations):
    """Prints every violation and ends the program: 0 when there is none."""
    for violation in violations:
        print(violation)
    sys.exit(1 if violations else 0)

#!/usr/bin/env python3
"""Rules of the house that a pattern finds: no project flags and no `using namespace` in headers; no getenv, exit or abort outside
app/; nothing unfinished; no sleeps and no skips in tests; no drawers (utils, common, helpers, misc, detail)."""

import re

import tree

PROJECT_FLAG = re.compile(r"^[ \t]*#[ \t]*(?:el)?if\w*\b.*\bWEIR_(?!\w+_INL_?\b)\w+", re.M)  # an -inl header may know its own guard
USING_NAMESPACE = re.compile(r"^using\s+namespace\b", re.M)
ENDS_PROCESS = re.compile(r"(?<![\w.>:])(?:std::|::)?(getenv|secure_getenv|exit|_exit|_Exit|quick_exit|abort|terminate)\s*\(")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b")
SKIPS = re.compile(r"\bGTEST_SKIP\b|\bDISABLED_\w+")
SLEEPS = re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep)\s*\(")
DRAWERS = {"util", "utils", "common", "helper", "helpers", "misc", "detail", "details"}
PROGRAMS = ("app/", "tests/", "bench/", "tools/")


def check_cpp(root, name):
    original = tree.read(root, name)
    text = tree.blank_strings(original)
    rules = [(SKIPS, "a test is never skipped: let it fail and say what is missing")]
    if name.endswith(tree.HEADERS):
        rules += [(PROJECT_FLAG, "a header does not depend on build flags"), (USING_NAMESPACE, "no `using namespace` at file scope in a header")]
        # Highway includes an -inl header once per target, so it has a guard of its own.
        if "#pragma once" not in text and not name.endswith("-inl.hpp"):
            yield f"{name}:1: a header starts with #pragma once"
    if not name.startswith(PROGRAMS):
        rules.append((ENDS_PROCESS, "the environment and the end of the process belong to app/"))
    if name.endswith("_test.cpp"):
        rules.append((SLEEPS, "a test does not sleep: turn a manual clock, or wait for a condition"))
    for match in UNFINISHED.finditer(original):
        yield f"{name}:{tree.line_of(original, match.start())}: finish it, or say in words what is not there: {match.group(0)}"
    for pattern, message in rules:
        for match in pattern.finditer(text):
            yield f"{name}:{tree.line_of(text, match.start())}: {message}: {match.group(0).strip()}"


def main():
    root = tree.arguments(__doc__).parse_args().root
    found = [v for name in tree.files(root, tree.HEADERS + tree.SOURCES) for v in check_cpp(root, name)]
    for name in tree.files(root):
        if DRAWERS & {part.split(".")[0] for part in name.split("/")}:
            found.append(f"{name}:1: a drawer: name the thing that is in it")
    tree.report(found)


if __name__ == "__main__":
    main()

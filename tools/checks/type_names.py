#!/usr/bin/env python3
"""No two types of one name: with the same qualified name in two files the linker keeps one destructor for both, and the program crashes
where nobody looks."""

import re

import tree

OPENS = re.compile(r"^namespace\b([\w:\s]*)\{")
CLOSES = re.compile(r"^\}\s*// namespace")
DEFINES = re.compile(r"^(?:template\s*<[^{;]*>\s*)?(?:struct|class|union|enum(?:\s+class)?)\s+(?:alignas\(\w+\)\s+)?(\w+)(?![\w:<])(?!.*;\s*$)[^;(]*\{")
TESTS = ("tests/", "bench/")


def types(text):
    """Qualified name and line of each type that is defined at file scope, those of unnamed namespaces left out."""
    scopes = []
    for number, line in enumerate(text.split("\n"), 1):
        if opened := OPENS.match(line):
            scopes.append(opened.group(1).strip())
        elif CLOSES.match(line):
            if scopes:
                scopes.pop()
        elif (defined := DEFINES.match(line)) and "" not in scopes:
            yield "::".join([*scopes, defined.group(1)]), number


def main():
    root = tree.arguments(__doc__).parse_args().root
    seen, found = {}, []
    for name in tree.files(root, tree.HEADERS + tree.SOURCES):
        if name.startswith(TESTS):  # programs of their own
            continue
        for qualified, line in types(tree.blank_strings(tree.read(root, name))):
            if qualified in seen:
                found.append(f"{name}:{line}: {qualified} is also defined in {seen[qualified]}: rename one")
            seen[qualified] = name
    tree.report(found)


if __name__ == "__main__":
    main()

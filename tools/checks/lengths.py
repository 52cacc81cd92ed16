#!/usr/bin/env python3
"""Lengths: a file warns above 400 lines and fails above 600, a function above 60 and 120. tools/long_files.tsv lists the files and
functions (`path` or `path:function`, a tab, the reason) that may be longer."""

import pathlib
import re

import tree

FILE_WARN, FILE_FAIL, FUNCTION_WARN, FUNCTION_FAIL = 400, 600, 60, 120
NOT_A_FUNCTION = re.compile(r"^\s*(?:(?:inline|export|typedef|static|const|constexpr)\s+)*(namespace|class|struct|union|enum|extern)\b")


def functions(text):
    """(name, first line, lines) of every outermost function body. A scanner, not a parser: a brace whose statement has a
    parameter list opens a function; what is nested in one (lambdas, blocks) counts to it."""
    text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group(0)), tree.blank_strings(text), flags=re.M)
    depth, start, inside = 0, 0, None
    for match in re.finditer(r"[{};]", text):
        if match.group(0) == "{":
            head = text[start:match.start()]
            if inside is None and "(" in head and not NOT_A_FUNCTION.match(head) and not re.search(r"=\s*$", head):
                name = re.search(r"([~\w:]+|operator\S+)\s*\(", head)
                inside = (depth, name.group(1) if name else "?", tree.line_of(text, start + len(head) - len(head.lstrip())))
            depth += 1
        elif match.group(0) == "}":
            depth -= 1
            if inside and inside[0] == depth:
                yield inside[1], inside[2], tree.line_of(text, match.start()) - inside[2] + 1
                inside = None
        start = match.end()


def main():
    root = tree.arguments(__doc__).parse_args().root
    listed = pathlib.Path(root) / "tools/long_files.tsv"
    lines = [line for line in listed.read_text().splitlines() if line and not line.startswith("#")] if listed.exists() else []
    allowed = {line.split("\t")[0] for line in lines}
    found, warnings, used = [f"tools/long_files.tsv: no reason given: {line}" for line in lines if "\t" not in line], [], set()

    def judge(key, place, length, warn, fail, what):
        message = f"{place}: {what} has {length} lines"
        if length > fail and key not in allowed:
            found.append(f"{message}, more than {fail}: split it, or list it with a reason in tools/long_files.tsv")
        elif length > fail:
            used.add(key)
        elif length > warn:
            warnings.append(f"warning: {message}, more than {warn}")

    for name in tree.files(root, tree.HEADERS + tree.SOURCES + (".py", ".sh", "CMakeLists.txt", ".cmake")):
        text = tree.read(root, name)
        judge(name, f"{name}:1", text.count("\n"), FILE_WARN, FILE_FAIL, "the file")
        if name.endswith(tree.HEADERS + tree.SOURCES):
            for function, line, length in functions(text):
                judge(f"{name}:{function}", f"{name}:{line}", length, FUNCTION_WARN, FUNCTION_FAIL, function)
    found += [f"tools/long_files.tsv: {key} is short enough now: remove the line" for key in sorted(allowed - used)]
    print("\n".join(warnings), end="\n" if warnings else "")
    tree.report(found)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes docs/metrics.md, the list of all metrics, from their declarations (`MetricDef`) in the sources. With --check it fails when
the page is stale, or a name breaks a rule: counters, and only they, end in _total, and units are seconds, bytes or plain counts."""

import argparse
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/metrics.md"
DECLARATION = re.compile(r'MetricDef\s+\w+\s*\{\s*"(\w+)",\s*(?:weir::)?MetricKind::(\w+),\s*((?:"(?:[^"\\]|\\.)*"\s*)+)')
HEAD = """# Metrics

What `/metrics` serves, in the Prometheus text format. Names are an interface. This page is written by `tools/metrics_page.py` from
the declarations in the sources; a test fails when it is stale.

| name | kind | meaning | declared in |
|---|---|---|---|
"""


def declarations():
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard", "*.hpp", "*.cpp"], capture_output=True, text=True, check=True)
    for path in sorted(set(listed.stdout.splitlines())):
        if not path.startswith(("tests/", "bench/")) and (ROOT / path).exists():
            for name, kind, literals in DECLARATION.findall((ROOT / path).read_text(encoding="utf-8")):
                yield name, kind, "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals)), path


def faults(metrics):
    names = [name for name, *_ in metrics]
    for name, kind, _, path in metrics:
        if names.count(name) > 1:
            yield f"{path}: {name} is declared more than once"
        if not name.startswith("weir_"):
            yield f"{path}: {name} does not start with weir_"
        if name.endswith("_total") != (kind == "counter"):
            yield f"{path}: {name}: counters, and only they, end in _total"
        if re.search(r"_(ms|us|milliseconds|mib|kib|mb|kb)(_|$)", name):
            yield f"{path}: {name}: the units are seconds and bytes"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when the page is stale")
    options = parser.parse_args()
    metrics = sorted(declarations())
    page = HEAD + "".join(f"| `{name}` | {kind} | {text} | `{path}` |\n" for name, kind, text, path in metrics)
    found = list(faults(metrics))
    if options.check and (not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page):
        found.append("docs/metrics.md is stale: run tools/metrics_page.py")
    if not options.check:
        PAGE.write_text(page, encoding="utf-8")
    print("\n".join(found), end="\n" if found else "")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Every header compiles alone: what includes it need not include anything before it."""

import os
import pathlib

import cached_runs
import tree


def main():
    parser = tree.arguments(__doc__)
    parser.add_argument("--build", default="build", help="the build folder (generated headers), relative to the root")
    options = parser.parse_args()
    root = pathlib.Path(options.root)
    generated = root / options.build / "generated"
    compiler = os.environ.get("CXX", "g++")
    command = [compiler, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-Wno-pragma-once-outside-header", f"-I{root}", f"-I{generated}"]
    prints = cached_runs.Fingerprints([root, generated], cached_runs.version_of(compiler) + " ".join(command[1:7]))
    jobs = []
    for name in tree.files(options.root, (".hpp", ".h")):
        jobs.append((name, prints.of(root / name), command + ["-x", "c++", "-include", str(root / name), "/dev/null"], root))
    tree.report(cached_runs.run("headers", jobs))


if __name__ == "__main__":
    main()

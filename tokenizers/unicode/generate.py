#!/usr/bin/env python3
"""Writes the *_data.inc files: what Hugging Face tokenizers 0.23.3 does with each code point.

Hugging Face joins Unicode libraries of different ages with Rust's own tables, so no system library has the same data.
Nothing is taken from a Unicode file: every property is found by running the pinned version over all code points.

    generate.py [--check]      with --check: compare with the files that stand here, exit 1 on a difference
"""
import importlib
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

MODULES = {"tables_data.inc": "probe_flags", "forms_data.inc": "probe_forms", "properties_data.inc": "probe_properties",
           "folds_data.inc": "probe_folds",
           "graphemes_data.inc": "probe_graphemes", "scripts_data.inc": "probe_scripts"}


def text(module):
    return importlib.import_module(module).text()


def main():
    stale = 0
    with ProcessPoolExecutor() as pool:
        for name, text_now in zip(MODULES, pool.map(text, MODULES.values())):
            path = Path(__file__).with_name(name)
            same = path.exists() and path.read_text() == text_now
            if "--check" in sys.argv[1:]:
                print(f"{name}: {'as generated' if same else 'differs from what generate.py writes: run it without --check'}")
                stale += not same
            else:
                path.write_text(text_now)
                print(f"{name}: {'unchanged' if same else 'written'}")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Writes python_unicode.inc: what Python's str methods know of each code point, found by asking the Python that runs this.

The reference is the Python that transformers' chat templates are compared with (3.11: Unicode 14). Usage: python_unicode.py >
python_unicode.inc
"""
import sys
import unicodedata

POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def flags(c):
    text = chr(c)
    cased = (text + "\u03a3").lower()[-1] == "\u03c2"  # a sigma behind it is final
    cased_or_ignored = ("a" + text + "\u03a3").lower()[-1] == "\u03c2"
    properties = [
        text.isprintable(), text.isalpha(), text.isdecimal(), text.isdigit(), text.isnumeric(), text.islower(), text.isupper(),
        text.istitle() and not text.isupper(), cased, cased_or_ignored and not cased, text.isspace(),
    ]
    return sum(1 << bit for bit, value in enumerate(properties) if value)


def table(name, change, base=lambda c: chr(c)):
    rows = []
    for c in POINTS:
        to = change(chr(c))
        if to != base(c):
            rows.append("{0x%X, {%s}}" % (c, ", ".join(f"0x{ord(x):X}" for x in to)))
    print(f"constexpr Mapping {name}[] = {{")
    for i in range(0, len(rows), 6):
        print("    " + ", ".join(rows[i:i + 6]) + ",")
    print("};")


def main():
    print(f"// Made by python_unicode.py with Python {sys.version_info[0]}.{sys.version_info[1]}, "
          f"Unicode {unicodedata.unidata_version}. Do not edit.")
    runs, last = [], None
    for c in range(0x110000):
        now = flags(c) if not 0xD800 <= c < 0xE000 else 0
        if now != last:
            runs.append(f"0x{c << 11 | now:X}")
            last = now
    print("constexpr uint32_t runs[] = {")
    for i in range(0, len(runs), 10):
        print("    " + ", ".join(runs[i:i + 10]) + ",")
    print("};")
    table("lower_map", str.lower)
    table("upper_map", str.upper)
    table("title_map", str.title, lambda c: chr(c).upper())


main()

#!/usr/bin/env python3
"""Writes the *_data.inc files: what Hugging Face tokenizers 0.23.3 does with each code point.

Hugging Face joins three Unicode libraries of different ages with Rust's own tables, so no system library has the same data.
Nothing is taken from a Unicode file: every property is found by running the pinned version over all code points.

    generate.py [--check]      with --check: compare with the files that stand here, exit 1 on a difference
"""
import sys
from pathlib import Path

import tokenizers
from tokenizers import normalizers as N, pre_tokenizers as P

import probe_properties
from probing import BLOCK, CODE_POINTS, rows

# Bits of a code point's flags; tables.hpp names them.
DROP, SPACE, CHINESE, MARK, BREAK, PUNCT, WORD, BLANK = (1 << i for i in range(8))
# One code point of each canonical combining class that the pinned version knows, lowest class first (asserted below).
CLASS_SAMPLES = [0x0334, 0x093C, 0x3099, 0x094D, 0x05B0, 0x05B1, 0x05B2, 0x05B3, 0x05B4, 0x05B5, 0x05B6, 0x05B7,
                 0x05B8, 0x05B9, 0x05BB, 0x05BC, 0x05BD, 0x05BF, 0x05C1, 0x05C2, 0xFB1E, 0x064B, 0x064C, 0x064D, 0x064E,
                 0x064F, 0x0650, 0x0651, 0x0652, 0x0670, 0x0711, 0x0C55, 0x0C56, 0x0E38, 0x0E48, 0x0EB8, 0x0EC8, 0x0F71,
                 0x0F72, 0x0F74, 0x0321, 0x1DCE, 0x031B, 0x302A, 0x0316, 0x059A, 0x302E, 0x1D16D, 0x05AE, 0x0301, 0x0315,
                 0x035C, 0x035D, 0x0345]


def probe_flags():
    clean = N.BertNormalizer(clean_text=True, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    chinese = N.BertNormalizer(clean_text=False, handle_chinese_chars=True, strip_accents=False, lowercase=False)
    strip = N.BertNormalizer(clean_text=False, handle_chinese_chars=False, strip_accents=True, lowercase=False)
    bert, words = P.BertPreTokenizer(), P.Whitespace()
    flags = [0] * 0x110000
    for c in CODE_POINTS:
        s = chr(c)
        f = 0
        cleaned = clean.normalize_str(s)
        f |= DROP if cleaned == "" else SPACE if cleaned == " " else 0
        assert cleaned in ("", " ", s)
        isolated = chinese.normalize_str(s)
        f |= CHINESE if isolated == f" {s} " else 0
        assert isolated in (s, f" {s} ")
        f |= MARK if strip.normalize_str(s) == "" and NFD.normalize_str(s) == s else 0
        pieces = [p for p, _ in bert.pre_tokenize_str(f"a{s}b")]
        f |= {("a", "b"): BREAK, ("a", s, "b"): PUNCT, (f"a{s}b",): 0}[tuple(pieces)]
        pieces = [p for p, _ in words.pre_tokenize_str(f"a{s}b")]
        f |= {("a", "b"): BLANK, ("a", s, "b"): 0, (f"a{s}b",): WORD}[tuple(pieces)]
        flags[c] = f
    return flags


NFD = N.NFD()


def probe_decompositions():
    found = {}
    for c in CODE_POINTS:
        d = NFD.normalize_str(chr(c))
        if 0xAC00 <= c <= 0xD7A3:  # Hangul is arithmetic (Unicode 3.12), so the tables leave it out
            i = c - 0xAC00
            want = [0x1100 + i // 588, 0x1161 + i % 588 // 28] + ([0x11A7 + i % 28] if i % 28 else [])
            assert [ord(x) for x in d] == want
        elif d != chr(c):
            found[c] = [ord(x) for x in d]
    return found


def probe_classes(decompositions):
    """Rank of each code point's combining class: 0 for starters, else how many samples are not above it, plus one."""
    def swaps(first, second):
        return NFD.normalize_str("a" + chr(first) + chr(second)) == "a" + chr(second) + chr(first)
    for low, high in zip(CLASS_SAMPLES, CLASS_SAMPLES[1:]):
        assert swaps(high, low) and not swaps(low, high), (hex(low), hex(high))
    ranks = {}
    for c in CODE_POINTS:
        if c in decompositions or 0xAC00 <= c <= 0xD7A3:
            continue
        if swaps(c, CLASS_SAMPLES[0]) or swaps(CLASS_SAMPLES[-1], c):
            ranks[c] = 1 + sum(c != s and swaps(c, s) for s in CLASS_SAMPLES)
        elif c in CLASS_SAMPLES:
            raise AssertionError(hex(c))
    return ranks


def probe_lower():
    lower = N.Lowercase()
    found = {}
    for c in CODE_POINTS:
        low = lower.normalize_str(chr(c))
        if low != chr(c):
            found[c] = [ord(x) for x in low]
    return found


def verify_strip(flags, decompositions):
    """strip_accents is NFD without marks, code point by code point: what the tables assume."""
    strip = N.BertNormalizer(clean_text=False, handle_chinese_chars=False, strip_accents=True, lowercase=False)
    for c, seq in decompositions.items():
        want = "".join(chr(x) for x in seq if not flags[x] & MARK)
        assert strip.normalize_str(chr(c)) == want, hex(c)
    for c in range(0xAC00, 0xD7A4):
        assert strip.normalize_str(chr(c)) == NFD.normalize_str(chr(c))


def ranges(ranks):
    out = []
    for c in sorted(ranks):
        if out and out[-1][1] == c - 1 and out[-1][2] == ranks[c]:
            out[-1][1] = c
        else:
            out.append([c, c, ranks[c]])
    return out


def tables_text():
    flags = probe_flags()
    decompositions = probe_decompositions()
    ranks = probe_classes(decompositions)
    lower = probe_lower()
    verify_strip(flags, decompositions)

    blocks, index = {}, []
    for start in range(0, 0x110000, BLOCK):
        index.append(blocks.setdefault(tuple(flags[start:start + BLOCK]), len(blocks)))
    assert len(blocks) <= 256 and max(map(len, decompositions.values())) <= 4 and max(map(len, lower.values())) <= 2

    text = f"""// Generated by tokenizers/unicode/generate.py from Hugging Face tokenizers {tokenizers.__version__}. Do not edit.
// clang-format off
const uint8_t flag_index[{len(index)}] = {{
{rows((f"{i}," for i in index), 32)}
}};
const uint8_t flag_blocks[{len(blocks)}][{BLOCK}] = {{
{rows(("{" + ",".join(map(str, b)) + "}," for b in blocks), 1)}
}};
const Decomposition decompositions[{len(decompositions)}] = {{
{rows(("{" + hex(c) + ",{" + ",".join(map(hex, s)) + "}}," for c, s in sorted(decompositions.items())), 5)}
}};
const CombiningRange combining_ranges[{len(ranges(ranks))}] = {{
{rows(("{" + f"{a:#x},{b:#x},{r}" + "}," for a, b, r in ranges(ranks)), 8)}
}};
const Lower lowers[{len(lower)}] = {{
{rows(("{" + hex(c) + "," + ",".join(map(hex, s)) + "}," for c, s in sorted(lower.items())), 8)}
}};
// clang-format on
"""
    return text


def main():
    files = {"tables_data.inc": tables_text(), "properties_data.inc": probe_properties.text()}
    stale = 0
    for name, text in files.items():
        path = Path(__file__).with_name(name)
        same = path.exists() and path.read_text() == text
        if "--check" in sys.argv[1:]:
            print(f"{name}: {'as generated' if same else 'differs from what generate.py writes: run it without --check'}")
            stale += not same
        else:
            path.write_text(text)
            print(f"{name}: {'unchanged' if same else 'written'}")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())

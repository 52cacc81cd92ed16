"""Where Precompiled ends a grapheme (Unicode annex 29), as far as it shows: it treats those of fewer than six bytes as one.

Found with a map of our own, which turns whatever begins with any byte but NUL into "X": the number of X is the number of graphemes
below six bytes plus the number of code points in the longer ones.
"""
import struct

from tokenizers import normalizers as N

from probing import CODE_POINTS, file_of, trie

# graphemes.hpp names them. Flags of one kind are exclusive, those of conjuncts are not.
OTHER, CONTROL, EXTEND, SPACING, PREPEND, ZWJ, L, V, T, LV, LVT, PICTOGRAPHIC = range(12)
CONSONANT, LINKER, CONJUNCT_EXTEND = 16, 32, 64
ACUTE, JOINER, HEART, VIRAMA, KA, JAMO_L, JAMO_V, JAMO_T = "\u0301", "\u200d", "\u2764", "\u094d", "\u0915", "\u1100", "\u1161", "\u11a8"


def map_of_every_byte():
    """A double array of darts-clone with a leaf below each of the 255 bytes, all of value 0, and the text "X"."""
    units = [0] * 1024
    units[0] = 256 << 10
    for byte in range(1, 256):
        units[256 ^ byte] = (((256 ^ byte) ^ 512) << 10) | 1 << 8 | byte
    units[512] = 1 << 31
    blob = b"".join(struct.pack("<I", u) for u in units)
    return struct.pack("<I", len(blob)) + blob + b"X\0"


COUNTER = N.Precompiled(map_of_every_byte())


def count(*parts):
    found = COUNTER.normalize_str("".join(parts))
    assert set(found) <= {"X"}, (parts, found)
    return len(found)


def kind(s):
    if s in "\r\n" or count(s, ACUTE, ACUTE) == 2:
        return CONTROL
    if s == JOINER:
        return ZWJ
    if count("a", s) == 1:
        return EXTEND if count(HEART, s, JOINER, HEART, ACUTE) == 5 else SPACING
    if count(s, "a") == 1:
        return PREPEND
    if count(s, JOINER, HEART, ACUTE) == 4:
        return PICTOGRAPHIC
    before_v, before_t = count(s, JAMO_V, ACUTE) == 3, count(s, JAMO_T, ACUTE) == 3
    if count(s, JAMO_L, ACUTE) == 3:
        return L
    after_l, after_v = count(JAMO_L, s, ACUTE) == 3, count(JAMO_V, s, ACUTE) == 3
    if before_v:
        return V if after_v else LV
    if before_t:
        return LVT if after_l else T
    return OTHER


def conjunct(s, is_extend):
    if is_extend:
        linker = count(KA, s, KA, ACUTE) == 4
        extend = not linker and count(KA, VIRAMA, s, KA, ACUTE) == 5
        return (LINKER if linker else 0) | (CONJUNCT_EXTEND if extend else 0)
    return CONSONANT if count(s, VIRAMA, KA, ACUTE) == 4 else 0


def probe():
    kinds = [0] * 0x110000
    assert count("\r\n") == 1 and count("\r", ACUTE) == 2 and count("\n\r") == 2
    for c in CODE_POINTS[1:]:
        s = chr(c)
        found = kind(s)
        kinds[c] = found | (conjunct(s, found in (EXTEND, ZWJ)) if found in (OTHER, EXTEND, ZWJ) else 0)
    kinds[0] = CONTROL
    return kinds


def text():
    return file_of(trie("grapheme", probe()))

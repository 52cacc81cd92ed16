"""The normal forms NFC, NFD, NFKC and NFKD, lower case, and what the simple normalizers and pre-tokenizers ask of a code point."""
from tokenizers import normalizers as N, pre_tokenizers as P

from probing import CODE_POINTS, array, file_of, rows, trie

NFC, NFD, NFKC, NFKD = N.NFC().normalize_str, N.NFD().normalize_str, N.NFKC().normalize_str, N.NFKD().normalize_str
# Bits of a code point's forms; forms.hpp names them.
NFC_STABLE, NFD_STABLE, NFKC_STABLE, NFKD_STABLE, NUMERIC, NMT_DROP, NMT_SPACE, ACCENT = (1 << i for i in range(8))
HANGUL = range(0xAC00, 0xD7A4)
# One code point of each canonical combining class that the pinned version knows, lowest class first (asserted below).
CLASS_SAMPLES = [0x0334, 0x093C, 0x3099, 0x094D, 0x05B0, 0x05B1, 0x05B2, 0x05B3, 0x05B4, 0x05B5, 0x05B6, 0x05B7,
                 0x05B8, 0x05B9, 0x05BB, 0x05BC, 0x05BD, 0x05BF, 0x05C1, 0x05C2, 0xFB1E, 0x064B, 0x064C, 0x064D, 0x064E,
                 0x064F, 0x0650, 0x0651, 0x0652, 0x0670, 0x0711, 0x0C55, 0x0C56, 0x0E38, 0x0E48, 0x0EB8, 0x0EC8, 0x0F71,
                 0x0F72, 0x0F74, 0x0321, 0x1DCE, 0x031B, 0x302A, 0x0316, 0x059A, 0x302E, 0x1D16D, 0x05AE, 0x0301, 0x0315,
                 0x035C, 0x035D, 0x0345]


def hangul(c):
    i = c - 0xAC00
    return [0x1100 + i // 588, 0x1161 + i % 588 // 28] + ([0x11A7 + i % 28] if i % 28 else [])


def probe_decompositions(form):
    """Without Hangul, which is arithmetic (Unicode 3.12)."""
    found = {}
    for c in CODE_POINTS:
        parts = [ord(x) for x in form(chr(c))]
        if c in HANGUL:
            assert parts == hangul(c)
        elif parts != [c]:
            found[c] = parts
    return found


def probe_ranks(decompositions):
    """Rank of each code point's combining class: 0 for starters, else how many samples are not above it, plus one."""
    def swaps(first, second):
        return NFD("a" + chr(first) + chr(second)) == "a" + chr(second) + chr(first)
    for low, high in zip(CLASS_SAMPLES, CLASS_SAMPLES[1:]):
        assert swaps(high, low) and not swaps(low, high), (hex(low), hex(high))
    ranks = [0] * 0x110000
    for c in CODE_POINTS:
        if c in decompositions or c in HANGUL:
            continue
        if swaps(c, CLASS_SAMPLES[0]) or swaps(CLASS_SAMPLES[-1], c):
            ranks[c] = 1 + sum(c != s and swaps(c, s) for s in CLASS_SAMPLES)
        else:
            assert c not in CLASS_SAMPLES, hex(c)
    return ranks


def probe_compositions(canonical):
    """(first, second) -> what they compose to. A pair is what remains when the last code point of a decomposition is taken off."""
    pairs = {}
    for c, parts in canonical.items():
        if len(parts) < 2 or NFC(chr(c)) != chr(c):
            continue
        first, second = NFC("".join(map(chr, parts[:-1]))), chr(parts[-1])
        assert len(first) == 1 and NFC(first + second) == chr(c), hex(c)
        pairs[ord(first), ord(second)] = c
    return pairs


def hash_slot(first, second, size):
    return ((first * 0x9E3779B1 + second * 0x85EBCA6B & 0xFFFFFFFF) >> 16) % size


def hashed(pairs, size=4096):
    """Open addressing with linear steps, as forms.hpp looks them up."""
    table = [(0, 0, 0)] * size
    for (first, second), c in sorted(pairs.items()):
        at = hash_slot(first, second, size)
        while table[at][0]:
            at = (at + 1) % size
        table[at] = (first, second, c)
    return table


def probe_bits(ranks, pairs):
    seconds = {second for _, second in pairs} | set(range(0x1161, 0x1176)) | set(range(0x11A8, 0x11C3))
    digits, nmt, accents = P.Digits(individual_digits=True), N.Nmt(), N.StripAccents().normalize_str
    bits = [0] * 0x110000
    for c in CODE_POINTS:
        s = chr(c)
        for bit, form, composes in ((NFC_STABLE, NFC, True), (NFD_STABLE, NFD, False), (NFKC_STABLE, NFKC, True), (NFKD_STABLE, NFKD, False)):
            if form(s) == s and ranks[c] == 0 and not (composes and c in seconds):
                bits[c] |= bit
        pieces = [p for p, _ in digits.pre_tokenize_str(f"a{s}b")]
        bits[c] |= {("a", s, "b"): NUMERIC, (f"a{s}b",): 0}[tuple(pieces)]
        kept = nmt.normalize_str(s)
        assert kept in (s, "", " ")
        bits[c] |= NMT_DROP if kept == "" else NMT_SPACE if kept != s else 0
        bits[c] |= ACCENT if accents(s) == "" else 0
        assert accents(s) in (s, "")
    return bits


def probe_lower():
    lower = N.Lowercase()
    return {c: low for c in CODE_POINTS if (low := [ord(x) for x in lower.normalize_str(chr(c))]) != [c]}


def lower_tables(lower):
    """A number for each difference between a code point and its lower case; the one code point with two is left out."""
    longer = {c: low for c, low in lower.items() if len(low) > 1}
    assert longer == {0x130: [0x69, 0x307]}
    steps = {0: 0}
    numbers = [0] * 0x110000
    for c, low in lower.items():
        numbers[c] = steps.setdefault(low[0] - c, len(steps))
    return trie("lower", numbers) + array("int32_t", "lower_steps", steps, 16)


def decomposition_tables(canonical, compatible):
    pool, entries, numbers = [], [], [0] * 0x110000
    for c in sorted(canonical.keys() | compatible.keys()):
        first, second = canonical.get(c, []), compatible.get(c, [])
        entries.append((len(pool), len(first), 0 if second == first else len(second)))
        pool += first + ([] if second == first else second)
        numbers[c] = len(entries)
    assert len(pool) < 1 << 16
    return trie("decomposition", numbers, "uint16_t") + \
        array("Decomposition", "decompositions", ("{%d,%d,%d}" % e for e in [(0, 0, 0)] + entries), 12) + \
        array("char32_t", "decomposition_pool", map(hex, pool), 16)


def text():
    canonical, compatible = probe_decompositions(NFD), probe_decompositions(NFKD)
    ranks, pairs, lower = probe_ranks(canonical), probe_compositions(canonical), probe_lower()
    return file_of(trie("form", probe_bits(ranks, pairs)), trie("rank", ranks), lower_tables(lower),
                   decomposition_tables(canonical, compatible),
                   array("Composition", "compositions", ("{%#x,%#x,%#x}" % e for e in hashed(pairs)), 8))

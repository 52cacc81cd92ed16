"""What (?i) of the pinned version's regular expressions takes for one another: folds_data.inc."""
from tokenizers import Regex, pre_tokenizers as P

from probing import CODE_POINTS, file_of, rows

CHANGES = (str.lower, str.upper, str.title, str.casefold)


def matches(pattern, text):
    """Where a pattern matches, in code points; matches without characters are left out."""
    return [span for _, span in P.Split(Regex(pattern), "removed", invert=True).pre_tokenize_str(text)]


def text():
    cased = {c for c in CODE_POINTS for f in CHANGES if f(chr(c)) != chr(c)}
    cased |= {ord(x) for c in cased for f in CHANGES for x in f(chr(c))}
    # Python's Unicode may be older or younger, so the neighbours that the letters of scripts with case have are asked too.
    cased |= {n for c in cased for n in range(c - 8, c + 9) if 0 < n < 0x110000 and not 0xD800 <= n <= 0xDFFF}
    order = sorted(cased)
    all_cased = "\n".join(map(chr, order)) + "\n"
    same, several = {}, {}
    for c in order:
        kin = sorted(ord(all_cased[b]) for b, e in matches(r"(?i)\x{%x}" % c, all_cased) if e == b + 1)
        assert c in kin
        if len(kin) > 1:
            same[c] = kin
        unfolded = chr(c).casefold()
        if len(unfolded) > 1:
            assert matches(r"(?i)\x{%x}" % c, unfolded) == [(0, len(unfolded))], hex(c)
            assert matches("(?i)" + unfolded, chr(c)) == [(0, 1)], hex(c)
            several[c] = [ord(x) for x in unfolded]
    for c, kin in same.items():
        assert all(same[k] == kin for k in kin), hex(c)
    return file_of(f"""const Fold folds_data[{len(same)}] = {{
{rows((f"{{{c:#x},{k[0]:#x}}}," for c, k in sorted(same.items())), 8)}
}};
const Unfold unfolds_data[{len(several)}] = {{
{rows(("{" + hex(c) + ",{" + ",".join(map(hex, s)) + "}}," for c, s in sorted(several.items())), 5)}
}};
""")

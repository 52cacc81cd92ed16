"""What BERT's normalizer and pre-tokenizer, Whitespace and others do with each code point: the bits of tables.hpp."""
from tokenizers import normalizers as N, pre_tokenizers as P

from probing import CODE_POINTS, file_of, trie

DROP, SPACE, CHINESE, MARK, BREAK, PUNCT, WORD, BLANK = (1 << i for i in range(8))
NFD = N.NFD()


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


def verify(flags):
    """That one bit serves several parts, and that strip_accents is NFD without marks, code point by code point."""
    strip = N.BertNormalizer(clean_text=False, handle_chinese_chars=False, strip_accents=True, lowercase=False)
    ends, split, punctuation = N.Strip(), P.WhitespaceSplit(), P.Punctuation("removed")
    for c in CODE_POINTS:
        s = chr(c)
        want = "".join(x for x in NFD.normalize_str(s) if not flags[ord(x)] & MARK)
        assert strip.normalize_str(s) == want, hex(c)
        assert (ends.normalize_str(s) == "") == bool(flags[c] & BREAK), hex(c)
        assert (len(split.pre_tokenize_str(f"a{s}b")) == 2) == bool(flags[c] & BREAK), hex(c)
        assert (len(punctuation.pre_tokenize_str(f"a{s}b")) == 2) == bool(flags[c] & PUNCT), hex(c)


def text():
    flags = probe_flags()
    verify(flags)
    return file_of(trie("flag", flags))

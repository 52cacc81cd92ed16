#!/usr/bin/env python3
"""Writes what the normalizers and pre-tokenizers of Hugging Face tokenizers 0.23.3 make of some ten thousand strings each, for
text_steps_test.cpp to compare with.

    text_steps.py OUT_DIR

OUT_DIR gets steps.json, a list of {"normalizer", "pre_tokenizer"} as in tokenizer.json, and cases.bin: little-endian, per case
  u16 place in the list, u32 length and bytes of the text, u32 count of the words, of each u32 length and bytes, u32 begin and end
Where there is no pre-tokenizer, each code point of the normalized text is a word.
"""
import base64
import itertools
import json
import random
import struct
import sys
from pathlib import Path

import tokenizers
from tokenizers import PreTokenizedString, Regex, Tokenizer, models, pre_tokenizers as P

assert tokenizers.__version__ == "0.23.3", f"need tokenizers==0.23.3, have {tokenizers.__version__}: run tools/setup"
POINTS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
ASSIGNED = [c for c in POINTS if c < 0x33480 or 0xE0000 <= c < 0xE0200 or c >= 0x10FFF0]
BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]


def character_map(pairs):
    """A "precompiled charsmap": u32 size of a double array of darts-clone, the array, the replacements with a NUL each."""
    trie, texts = {}, b""
    for key, text in pairs.items():
        node = trie
        for byte in key.encode():
            node = node.setdefault(byte, {})
        node[0] = len(texts)
        texts += text.encode() + b"\0"
    units, used = {0: 0}, {0}
    waiting = [(0, trie)]
    while waiting:
        at, node = waiting.pop()
        base = next(b for b in itertools.count(1) if all(b ^ byte not in used for byte in node))
        used.update(base ^ byte for byte in node)
        units[at] |= (at ^ base) << 10 | (1 << 8 if 0 in node else 0)
        for byte, child in node.items():
            units[base ^ byte] = 1 << 31 | child if byte == 0 else byte
            if byte:
                waiting.append((base ^ byte, child))
    blob = b"".join(struct.pack("<I", units.get(i, 0)) for i in range((max(used) | 255) + 1))
    return base64.b64encode(struct.pack("<I", len(blob)) + blob + texts).decode()


def normalizers():
    yield from ({"type": t} for t in ["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt", "ByteLevel"])
    yield from ({"type": "Strip", "strip_left": l, "strip_right": r} for l in (False, True) for r in (False, True))
    yield from ({"type": "Prepend", "prepend": p} for p in ["\u2581", "ab", ""])
    for pattern, content in [(" ", "\u2581"), ("ab", ""), ("a", "xyz"), ("\u0301", "'"), ("aa", "a"), ("", "x"), (".*", "+")]:
        yield {"type": "Replace", "pattern": {"String": pattern}, "content": content}
    for pattern, content in [(" {2,}", " "), ("^\\s+|\\s+$", ""), ("[0-9]", "00"), ("(?=a)", "<"), ("\\p{M}+", "^")]:
        yield {"type": "Replace", "pattern": {"Regex": pattern}, "content": content}
    every = [{"type": "Precompiled", "precompiled_charsmap": character_map(m)} for m in (
        {"\t": " ", "\n": " ", "\r": "", "\u0301": "", "\u200b": "", "e\u0301": "\u00e9", "\ufb01": "fi", "\u00bd": "1\u20442", "\u3000": " ",
         "\u0915\u093c": "\u0958", "A": "a", "\u2764": "<3", "\u1100": "g", "\U0001f600": ":)", "\u0600": "", "\u00ad": "", "\r\n": "\n"},
        {chr(c): "" for c in range(1, 0x300, 7)} | {chr(c): "xy" for c in range(2, 0x300, 7)},
    )]
    yield from every
    bert = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True}
    by_name = lambda *names: {"type": "Sequence", "normalizers": [{"type": n} for n in names]}
    yield from (by_name("NFD", "Lowercase", "StripAccents"), by_name("NFKC", "Lowercase"), by_name("Nmt", "NFKC"), by_name(), by_name("NFKD", "StripAccents", "NFC"))
    strip = {"type": "Strip", "strip_left": True, "strip_right": True}
    spaces = {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}
    yield {"type": "Sequence", "normalizers": [every[0], strip, {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "\u2581"}, spaces]}]}
    yield {"type": "Sequence", "normalizers": [bert, {"type": "NFC"}]}
    yield from (bert | {"strip_accents": s, "lowercase": l} for s in (False, True) for l in (False, True))


def pre_tokenizers():
    yield from ({"type": t} for t in ["BertPreTokenizer", "Whitespace", "WhitespaceSplit", "UnicodeScripts"])
    yield from ({"type": "Punctuation", "behavior": b} for b in BEHAVIORS)
    yield from ({"type": "Digits", "individual_digits": d} for d in (False, True))
    yield from ({"type": "CharDelimiterSplit", "delimiter": d} for d in ["a", "\u2581", "\U0001f600"])
    yield from ({"type": "FixedLength", "length": n} for n in (1, 3, 100))
    for mark, scheme, split in itertools.product(["\u2581", "_", " "], ["always", "first", "never"], [False, True]):
        yield {"type": "Metaspace", "replacement": mark, "prepend_scheme": scheme, "split": split}
    meta = {"type": "Metaspace", "replacement": "\u2581", "add_prefix_space": True}
    yield meta
    sequence = lambda *steps: {"type": "Sequence", "pretokenizers": list(steps)}
    yield from (sequence({"type": "WhitespaceSplit"}, meta), sequence(meta, {"type": "Digits", "individual_digits": True}),
                sequence({"type": "Split", "pattern": {"Regex": "\\d"}, "behavior": "Isolated", "invert": False},
                         {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}),
                sequence({"type": "Whitespace"}, sequence({"type": "Punctuation"}, {"type": "UnicodeScripts"})), sequence())


def steps():
    yield from ({"normalizer": n, "pre_tokenizer": None} for n in normalizers())
    yield from ({"normalizer": None, "pre_tokenizer": p} for p in pre_tokenizers())
    t5 = {"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Strip", "strip_left": True, "strip_right": False}]}
    for p in pre_tokenizers():
        if p.get("prepend_scheme") != "first":  # what counts as first behind a Strip is the tokenizer's affair
            yield {"normalizer": t5, "pre_tokenizer": p}


def strings(rng, thorough):
    """For one step. All code points where it looks at them, else a few."""
    yield from ["", " ", "  ", "a", "\u0301", "\u0301a", "\0", "\r\n", "\ufeff", "\u2581", " \u2581 ", "\u0344", "\u1e69\u0323"]
    points = ASSIGNED if thorough else rng.sample(ASSIGNED[:0x3200], 400) + rng.sample(ASSIGNED, 400)
    for start in range(0, len(points), 16):
        yield "".join(f"a{c}b{c}\u0323" for c in map(chr, points[start:start + 16]))
    marks = [0x300, 0x301, 0x323, 0x327, 0x345, 0x302e, 0x1d165, 0x1d16d, 0x591, 0x5b0, 0x64b, 0x93c, 0x94d, 0x3099, 0x1abf, 0x200d, 0xfe0f, 0x20dd]
    starters = [0x61, 0x65, 0x6f, 0x75, 0x41, 0x49, 0xe9, 0x1e69, 0x1ed9, 0x3b1, 0x1fb7, 0x0915, 0x9c7, 0x9be, 0x9d7, 0x1100, 0x1161, 0x11a8, 0xac00, 0xac01, 0x304b,
                0x2764, 0x1f600, 0x1f468, 0x1f3fd, 0x1f1e9, 0x600, 0x4e2d, 0xfb01, 0x130, 0x1e9e, 0xdf, 0x3a3, 0xfdfa, 0x1d160, 0x2126, 0x212b]
    plain = [0x20, 0x20, 0x20, 0x61, 0x62, 0x5f, 0x2c, 0x2e, 0x31, 0x39, 0xbd, 0x663, 0x2581, 0xa0, 0x3000, 9, 10, 13, 0, 0xad, 0x200b, 0x430, 0x44f, 0x3042, 0x30fc]
    for i in range(4000 if thorough else 500):
        weights = [(5, 1, 1), (1, 5, 1), (1, 1, 5), (2, 2, 1)][i % 4]
        pools = rng.choices([marks, starters, plain], weights, k=rng.randrange(1, 24))
        yield "".join(chr(rng.choice(pool)) for pool in pools)
    for _ in range(100):
        yield "".join(chr(rng.choice(POINTS)) for _ in range(rng.randrange(1, 30)))
    for _ in range(100):
        yield "".join(rng.choice("  ABCabcxyz,.!19\t\n~\x7f'") for _ in range(rng.randrange(1, 90)))
    yield "e" + "\u0301\u0323\u0345" * 3000 + "a\u0315\u0300" * 20
    yield "a" * 20 + "\u00e9" + "B" * 50 + " " * 40 + "\u4e2d" * 30


def words_of(tok, text):
    """Each word with its place: words from the split text, places from tokens, since a word that is no split has that of all."""
    state = PreTokenizedString(text)
    if tok.normalizer is not None:
        state.normalize(tok.normalizer.normalize)
    tok.pre_tokenizer.pre_tokenize(state)
    words = [word for word, _, _ in state.get_splits("original", "char") if word]
    offsets = tok.encode(text).offsets[:len(words) or 0]
    assert len(words) == len(offsets), (text, words, offsets)
    return list(zip(words, offsets))


THOROUGH = [{"normalizer": {"type": t}, "pre_tokenizer": None} for t in ["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt"]] + [
    {"normalizer": None, "pre_tokenizer": p} for p in ({"type": "BertPreTokenizer"}, {"type": "Whitespace"}, {"type": "WhitespaceSplit"},
                                                      {"type": "UnicodeScripts"}, {"type": "Digits", "individual_digits": True},
                                                      {"type": "Punctuation", "behavior": "Isolated"})]


def main():
    out_dir = Path(sys.argv[1])
    out_dir.mkdir(parents=True, exist_ok=True)
    every = list(steps())
    (out_dir / "steps.json").write_text(json.dumps(every))
    blank = json.loads(Tokenizer(models.WordLevel({"a": 0}, "a")).to_str())
    rng, count = random.Random(11), 0
    characters = P.Split(Regex("(?m)."), "isolated")
    with (out_dir / "cases.part").open("wb") as out:
        for which, step in enumerate(every):
            tok = Tokenizer.from_str(json.dumps(blank | step))
            if step["pre_tokenizer"] is None:
                tok.pre_tokenizer = characters
            for text in strings(rng, step in THOROUGH):
                words = words_of(tok, text)
                data = text.encode()
                out.write(struct.pack("<HI", which, len(data)) + data + struct.pack("<I", len(words)))
                for word, (begin, end) in words:
                    data = word.encode()
                    out.write(struct.pack("<I", len(data)) + data + struct.pack("<2I", begin, end))
                count += 1
    (out_dir / "cases.part").rename(out_dir / "cases.bin")
    print(f"{count} cases of {len(every)} steps")


if __name__ == "__main__":
    main()

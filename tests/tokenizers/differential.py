#!/usr/bin/env python3
"""Writes what Hugging Face tokenizers 0.23.3 makes of a few hundred thousand strings, for differential_test.cpp to compare with.

    differential.py MODEL_DIR DESCRIPTIONS.jsonl OUT_DIR

OUT_DIR gets the directories of four tokenizers (the model's own; a cased one, trained here on a few thousand texts, a toy; the model's
with added tokens of every flag; one of vocab.txt alone) and cases.bin: little-endian, per case
  u8 tokenizer, u8 flags (1 pair, 2 left side, 4 no special tokens, 8 replaced UTF-8, 16 refused), u8 strategy, u32 max_tokens (0: no limit),
  u32 length and bytes of the text, the same of the pair, u32 count, i32 ids, u8 type ids, u32 begin and end of each, u32 dropped
"""
import itertools
import json
import random
import shutil
import struct
import sys
from pathlib import Path

import tokenizers
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

assert tokenizers.__version__ == "0.23.3", f"need tokenizers==0.23.3, have {tokenizers.__version__}: run tools/setup"
STRATEGIES = ["longest_first", "only_first", "only_second"]
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def template(tok):
    cls, sep = tok.token_to_id("[CLS]"), tok.token_to_id("[SEP]")
    tok.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", cls), ("[SEP]", sep)])


def make_tokenizers(model_dir, texts, out):
    own = Tokenizer.from_file(str(model_dir / "tokenizer.json"))
    own.no_truncation()
    own.no_padding()
    toy = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    toy.normalizer = normalizers.BertNormalizer(lowercase=False)
    toy.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    toy.train_from_iterator(texts[:4000], trainers.WordPieceTrainer(vocab_size=3000, special_tokens=SPECIALS, show_progress=False))
    template(toy)
    added = Tokenizer.from_file(str(model_dir / "tokenizer.json"))
    added.no_truncation()
    added.no_padding()
    flags = itertools.product([False, True], repeat=4)
    added.add_tokens([AddedToken(f"Tok{i:02}", single_word=s, lstrip=l, rstrip=r, normalized=n) for i, (s, l, r, n) in enumerate(flags)])
    added.add_tokens([AddedToken("Tok00Longer", normalized=False), AddedToken("É-acute", normalized=True), AddedToken("<a b>", normalized=False)])
    vocab = Tokenizer(models.WordPiece.from_file(str(model_dir / "vocab.txt"), unk_token="[UNK]"))
    vocab.add_special_tokens(SPECIALS)
    vocab.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=True)
    vocab.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    template(vocab)
    for i, tok in enumerate([own, toy, added]):
        (out / str(i)).mkdir(parents=True, exist_ok=True)
        tok.save(str(out / str(i) / "tokenizer.json"))
    (out / "3").mkdir(exist_ok=True)
    shutil.copy(model_dir / "vocab.txt", out / "3" / "vocab.txt")
    (out / "3" / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": False, "strip_accents": True}))
    return [own, toy, added, vocab]


def strings(texts, rng):
    yield from ((0, t.encode()) for t in texts)
    yield from ((1, t.encode()) for t in texts[::6])
    yield from ((2, t.encode()) for t in texts[1::30])
    yield from ((3, t.encode()) for t in texts[2::12])
    points = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
    assigned = points[:0x34000] + points[0xE0000 - 0x800:0xE0200 - 0x800] + points[-64:]
    for start in range(0, len(assigned), 6):
        group = [chr(c) for c in assigned[start:start + 6]]
        text = " ".join(f"a{c}b {c} A{c}\u0301\u0323{c}1" for c in group)
        yield (0, text.encode())
        if start % 3 == 0:
            yield (1 + 2 * (start // 3 % 2), text.encode())
    movers = ["\u302e", "\U0001d165", "\U0001d16d", "\u0301", "\u0323", "ù", "\u1e69", "각", "a", "\u0345"]  # marks that stay, and trade places
    yield from ((0, "x".join(["".join(t), "".join(t[::-1])]).encode()) for t in itertools.product(movers, repeat=4))
    for c in assigned[::9]:
        yield (0, chr(c).encode())
    ascii_points = [chr(c) for c in range(128)]
    yield from ((0, f"a{p}{q}b".encode()) for p, q in itertools.product(ascii_points, repeat=2))
    edges = [" ", ".", "a", "A", "0", "[", "]", "#", "-", "\n", "\t", "\u00a0", "\u4e2d", "\u0301", "[SEP]", "[CLS]", "##a"]
    yield from ((0, "".join(t).encode()) for t in itertools.product(edges, repeat=3))
    tokens = [f"Tok{i:02}" for i in range(16)] + ["Tok00Longer", "É-acute", "e\u0301-acute", "<a b>", "tok03", "[MASK]"]
    around = ["", " ", "  ", "a", "1", "_", ".", "\n", "\u3000", "é", "中", "\u0301"]
    for token, before, after in itertools.product(tokens, around, around):
        yield (2, f"x{before}{token}{after}y{token}".encode())
    words = ["a" * 99, "a" * 100, "a" * 101, "é" * 100, "中" * 120, "x" * 5000, "\U0001F468\u200D\U0001F469\u200D\U0001F467", "ﬁ", "İstanbul", "ΣΑΣ",
             "각각", "a\u0327\u0301", "\u1100\u1161\u11a8", "don't", "e-mail", "naïve", "\u00ad", "\ufeff", "\u200b", "\x00", "\x7f", "\x85", "1,000.50", "ǅ", "ß"]
    for _ in range(40_000):
        parts = [rng.choice(words) if rng.random() < 0.15 else "".join(chr(rng.choice([rng.randrange(32, 127), rng.randrange(0x80, 0x500), rng.choice(assigned)]))
                 for _ in range(rng.randrange(1, 6))) for _ in range(rng.randrange(1, 8))]
        yield (rng.choice([0, 0, 1, 2, 3]), rng.choice([" ", "", "\t "]).join(parts).encode())
    for _ in range(4_000):
        data = bytearray(rng.choice(texts)[:80].encode() + "é中\U0001F600".encode())
        for _ in range(rng.randrange(1, 6)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        yield (rng.choice([0, 1, 3]), bytes(data))


def record(out, which, data, pair, encoding, flags, strategy, limit, dropped):
    text, second = data, pair if pair is not None else b""
    n = len(encoding.ids)
    out.write(struct.pack("<BBBI", which, flags, strategy, limit))
    for part in (text, second):
        out.write(struct.pack("<I", len(part)) + part)
    out.write(struct.pack(f"<I{n}i{n}B", n, *encoding.ids, *encoding.type_ids))
    out.write(struct.pack(f"<{2 * n}I", *itertools.chain.from_iterable(encoding.offsets)))
    out.write(struct.pack("<I", dropped))


def main():
    model_dir, descriptions, out_dir = map(Path, sys.argv[1:4])
    out_dir.mkdir(parents=True, exist_ok=True)
    texts = [json.loads(line)["text"] for line in descriptions.open()]
    toks = make_tokenizers(model_dir, texts, out_dir)
    rng = random.Random(7)
    count = 0
    with (out_dir / "cases.part").open("wb") as out:
        for which, data in strings(texts, rng):
            text = data.decode("utf-8", "replace")
            flags = 8 if text.encode() != data else 0
            record(out, which, data, None, toks[which].encode(text), flags, 0, 0, 0)
            count += 1
        short = [t[:300] for t in texts[::3]]
        for _ in range(20_000):
            which = rng.choice([0, 0, 1, 3])
            tok = toks[which]
            text, pair = rng.choice(short), rng.choice(short) if rng.random() < 0.7 else None
            special = rng.random() < 0.8
            whole = tok.encode(text, pair, add_special_tokens=special)
            limit, strategy, left = rng.randrange(3, 90), rng.randrange(3), rng.random() < 0.4
            tok.enable_truncation(limit, strategy=STRATEGIES[strategy], direction="left" if left else "right")
            try:
                cut = tok.encode(text, pair, add_special_tokens=special)
            except BaseException:  # a strategy that cannot reach the limit: weir must refuse it too
                cut = None
            tok.no_truncation()
            flags = (1 if pair is not None else 0) | (2 if left else 0) | (0 if special else 4) | (16 if cut is None else 0)
            record(out, which, text.encode(), pair.encode() if pair is not None else None, cut or whole, flags, strategy, limit,
                   0 if cut is None else len(whole.ids) - len(cut.ids))
            count += 1
    (out_dir / "cases.part").rename(out_dir / "cases.bin")
    print(f"{count} cases")


if __name__ == "__main__":
    main()

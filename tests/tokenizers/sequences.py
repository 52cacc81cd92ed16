#!/usr/bin/env python3
"""Writes sequences.json: what Hugging Face tokenizers 0.23.3 makes of texts and pairs with every post-processor, truncation and window.

    sequences.py > sequences.json

{"tokenizers": [tokenizer.json, ...], "cases": [[tokenizer, text, pair or null, special tokens, limit, strategy, left side, stride or null,
[[ids, type ids, offsets, special tokens mask], ...] or null when it is refused], ...]}
"""
import json
import random
import sys

import tokenizers
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

assert tokenizers.__version__ == "0.23.3"
STRATEGIES = ["longest_first", "only_first", "only_second"]
WORDS = "a b c de fg hij klm nop qrs tuv wx yz".split()
SPECIALS = ["[UNK]", "<s>", "</s>", "<mask>"]


def wordpiece(post, added=()):
    tok = Tokenizer(models.WordPiece({t: i for i, t in enumerate(SPECIALS + WORDS + ["##s"])}, unk_token="[UNK]"))
    tok.normalizer = normalizers.BertNormalizer()
    tok.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tok.add_special_tokens(SPECIALS[1:3])
    tok.add_special_tokens([AddedToken("<mask>", lstrip=True)])
    tok.add_tokens(list(added))
    if post:
        tok.post_processor = post
    return tok


def byte_level(post, prefix):
    tok = Tokenizer(models.BPE())
    tok.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
    trainer = trainers.BpeTrainer(vocab_size=330, special_tokens=["<s>", "</s>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tok.train_from_iterator([" ".join(WORDS)] * 3 + ["  a  b", "\n\n c"], trainer)
    tok.add_special_tokens([AddedToken("<mask>", lstrip=True, rstrip=False)])
    tok.post_processor = post
    return tok


def make():
    pair = [("<s>", 1), ("</s>", 2)]
    template = processors.TemplateProcessing("<s> $A </s>", "<s> $A </s> $B:1 </s>:1", pair)
    odd = processors.TemplateProcessing("$A:2 </s> <s>:3", "$B:1 <s> $A:4", pair)
    flags = [AddedToken("qrs", single_word=True), AddedToken("hij", lstrip=True, rstrip=True), AddedToken("NOP", normalized=True), AddedToken("Klm", normalized=False)]
    yield wordpiece(None)
    yield wordpiece(template)
    yield wordpiece(processors.BertProcessing(("</s>", 2), ("<s>", 1)), flags)
    yield wordpiece(processors.RobertaProcessing(("</s>", 2), ("<s>", 1)), flags)
    yield wordpiece(odd)
    roberta = [("</s>", 1), ("<s>", 0)]
    yield byte_level(processors.ByteLevel(trim_offsets=True), True)
    yield byte_level(processors.RobertaProcessing(*roberta, trim_offsets=True, add_prefix_space=True), True)
    yield byte_level(processors.RobertaProcessing(*roberta, trim_offsets=True, add_prefix_space=False), False)
    yield byte_level(processors.RobertaProcessing(*roberta, trim_offsets=False, add_prefix_space=False), False)
    yield byte_level(processors.Sequence([processors.ByteLevel(trim_offsets=True, add_prefix_space=False),
                                          processors.TemplateProcessing("<s> $A", "<s> $A <s>:1 $B:1", [("<s>", 0)])]), True)
    yield byte_level(processors.ByteLevel(trim_offsets=False), False)


def encoded(tok, case):
    _, text, pair, special, limit, strategy, left, stride = case
    if limit is None:
        tok.no_truncation()
    else:
        try:
            tok.enable_truncation(limit, stride=stride or 0, strategy=STRATEGIES[strategy], direction="left" if left else "right")
        except BaseException:  # a setting that Hugging Face refuses before it sees a text
            return "none"
    try:
        whole = tok.encode(text, pair, add_special_tokens=special)
    except BaseException:  # a panic too
        return None
    parts = [whole] + (whole.overflowing if stride is not None else [])
    return [[e.ids, e.type_ids, [n for span in e.offsets for n in span], e.special_tokens_mask] for e in parts]


def main():
    rng = random.Random(5)
    toks = list(make())
    cases = []
    def text():
        words = [rng.choice(WORDS + ["<mask>", "<s>", "Qrs", "qrs", "Klm", "nop", "des", "é中", "zz"]) for _ in range(rng.randrange(0, 12))]
        return rng.choice(["", " ", "  "]) + rng.choice([" ", " ", "  ", "", "\n"]).join(words) + rng.choice(["", " ", "\t"])
    for which in range(len(toks)):
        for i in range(60):
            limit = rng.choice([None] + list(range(2, 14)))
            stride = None if limit is None or i % 2 else rng.randrange(0, 4)
            cases.append([which, text(), text() if rng.random() < 0.5 else None, rng.random() < 0.8, limit, rng.randrange(3), rng.random() < 0.4, stride])
    for case in cases:
        case.append(encoded(toks[case[0]], case))
    cases = [case for case in cases if case[-1] != "none"]
    json.dump({"tokenizers": [json.loads(t.to_str()) for t in toks], "cases": cases}, sys.stdout, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main()

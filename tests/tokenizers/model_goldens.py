#!/usr/bin/env python3
"""Writes model_goldens.json: what the models of Hugging Face tokenizers 0.23.3 make of words, one small model a line, for models_test.cpp.

    model_goldens.py > model_goldens.json     (with the Python of tools/setup's venv)

A line is {"name", "model" (that of tokenizer.json), "cases": [[word, ids, ends], ...]}; ids null: refused. The ends are bytes of the word.
"""
import json
import random

from tokenizers import Tokenizer

WORDS = ["a", "b", "x", "ab", "abc", "abcd", "cab", "aab", "abab", "bcbc", "aaaaaaa", "a" * 70, "ab" * 40, "abcxé", "éa", "éé", "漢b", "xéx", "☃", "▁a",
         "▁▁▁a", "a▁b", "▁ab▁abc▁▁c", "<unk>", "a<unk>", "b</w>", "##b", "ab\n", "dé", "abécd漢abc", "d☃☃a", "eeee", "etet", "a☃é"]


def emit(name, model):
    whole = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None, "pre_tokenizer": None,
             "post_processor": None, "decoder": None, "model": model}
    tok = Tokenizer.from_str(json.dumps(whole))
    rng = random.Random(name)
    words = WORDS + ["".join(rng.choice("aaabbcd▁éx") for _ in range(rng.randrange(2, 14))) for _ in range(12)]
    words.append("".join(rng.choice("aabbccd▁") for _ in range(90)))  # long: by the heap
    cases = []
    for word in words:
        try:
            tokens = tok.model.tokenize(word)
        except Exception:
            cases.append([word, None, []])
            continue
        cases.append([word, [t.id for t in tokens], [t.offsets[1] for t in tokens]])
    print(json.dumps({"name": name, "model": model, "cases": cases}, ensure_ascii=False, separators=(",", ":")))


def bpe(name, tokens, merges, **options):
    model = {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None, "fuse_unk": False,
             "byte_fallback": False, "ignore_merges": False, **options}
    emit(name, {**model, "vocab": {t: i for i, t in enumerate(tokens)}, "merges": merges})


def unigram(name, pieces, unk_id, byte_fallback=False):
    emit(name, {"type": "Unigram", "unk_id": unk_id, "vocab": pieces, "byte_fallback": byte_fallback})


LETTERS = ["<unk>", "a", "b", "c", "d", "▁"]
JOINED = ["ab", "bc", "abc", "cd", "aa", "▁a", "▁ab", "▁▁", "abcd", "aab"]
MERGES = ["b c", "a b", "ab c", "c d", "a a", "▁ a", "▁ ab", "▁ ▁", "abc d", "a ab"]
SOME_BYTES = [f"<0x{b:02X}>" for b in "é<>u\n".encode()]


def main():
    bpe("plain", LETTERS + JOINED, MERGES)
    bpe("unknown", LETTERS + JOINED, MERGES, unk_token="<unk>")
    bpe("fused unknown", LETTERS + JOINED, MERGES, unk_token="<unk>", fuse_unk=True)
    bpe("missing unknown", LETTERS + JOINED, MERGES, unk_token="[UNK]")
    bpe("byte fallback", LETTERS + JOINED + SOME_BYTES, MERGES, unk_token="<unk>", byte_fallback=True)
    bpe("byte fallback and fused unknown", LETTERS + JOINED + SOME_BYTES, MERGES, unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    bpe("byte fallback alone", LETTERS + JOINED + SOME_BYTES, MERGES, byte_fallback=True)
    bpe("ignore merges", LETTERS + JOINED + ["cab", "aaaaaaa", "a▁b", "éé"], MERGES, ignore_merges=True)
    bpe("pairs, one twice", LETTERS + JOINED, [m.split() for m in MERGES[1:] + MERGES[:3] + MERGES[:1]])
    bpe("inner blank", LETTERS + JOINED + ["a▁"], ["a ▁"] + MERGES, unk_token="<unk>")
    around = LETTERS + [f"##{c}" for c in "abcd▁é"] + [f"{c}</w>" for c in "abx☃"] + [f"##{c}</w>" for c in "abcd"]
    bpe("prefix", around + ["ab", "##bc", "abc", "##cd"], ["a ##b", "##b ##c", "ab ##c", "##c ##d"], unk_token="<unk>", continuing_subword_prefix="##")
    bpe("suffix", around + ["ab", "ab</w>", "aab</w>"], ["a b", "a b</w>", "a ab</w>"], unk_token="<unk>", end_of_word_suffix="</w>")
    bpe("prefix, suffix, byte fallback", around + SOME_BYTES + ["<0x23>", "<0x2F>", "<0x77>", "ab"], ["a ##b"], unk_token="<unk>", byte_fallback=True,
        continuing_subword_prefix="##", end_of_word_suffix="</w>")
    bpe("a merge that adds nothing", LETTERS + ["##", "##b", "ab"], ["a ##b", "a ##"], continuing_subword_prefix="##")
    bpe("merges of special tokens", LETTERS + SOME_BYTES + ["<0xC3><0xA9>", "<unk>a"], ["<0xC3> <0xA9>", "<unk> a"], unk_token="<unk>", byte_fallback=True)

    pieces = [["<unk>", 0.0], ["a", -1.0], ["b", -1.5], ["c", -2.25], ["ab", -2.5], ["abc", -4.0], ["bc", -3.75], ["▁a", -1.25], ["▁", -2.0], ["e", -0.7],
              ["t", -0.1], ["et", -0.8], ["ee", -1.4], ["aa", -2.0], ["éa", -3.0]]
    unigram("unigram", pieces, 0)
    unigram("unigram without unknown", pieces, None)
    unigram("unigram, byte fallback", pieces + [[b, -9.0] for b in SOME_BYTES], 0, True)
    unigram("unigram, a piece twice", pieces + [["ab", -9.0], ["a", -0.5]], 0)
    unigram("unigram, high scores", [["<unk>", 100.0], ["a", 100.0], ["b", 101.0], ["☃☃", 100.0], ["éx", 100.0]], 0)
    unigram("unigram, a letter is unknown", [["a", -1.0], ["b", -2.0], ["ab", -9.0], ["aa", -4.0]], 0)
    emit("word level", {"type": "WordLevel", "vocab": {"a": 0, "ab": 1, "<unk>": 7}, "unk_token": "<unk>"})
    emit("word level without unknown", {"type": "WordLevel", "vocab": {"a": 0, "ab": 1}, "unk_token": "<unk>"})


if __name__ == "__main__":
    main()

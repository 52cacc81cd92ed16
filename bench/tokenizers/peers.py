"""The tokenizers that weir is raced against. Each is loaded anew for a round; a peer is a function from texts to what it made of them.
`folder` is a Path to a copy of the tokenizer without truncation and padding.

None of them is asked for more than ids; where a library has a call that returns them in one flat array, that one is taken.
"""
import json
import sys
import types

import tokenizers

LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
PATTERNS = {"gpt-2": r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", "llama-3": LLAMA3, "qwen-3": LLAMA3.replace("{1,3}", "")}


def hugging_face(folder, name):
    tok = tokenizers.Tokenizer.from_file(f"{folder}/tokenizer.json")
    tok.no_truncation()
    tok.no_padding()
    return lambda texts: [e.ids for i in range(0, len(texts), 1000) for e in tok.encode_batch_fast(texts[i:i + 1000])]


def nanotoken(folder, name):
    import nanotoken
    tok = nanotoken.Tokenizer(f"{folder}/tokenizer.json")
    return lambda texts: tok.encode_batch(texts, parallel=False)


def tokie(folder, name):
    import tokie
    tok = tokie.Tokenizer.from_json(f"{folder}/tokenizer.json")
    tok.no_truncation()
    tok.no_padding()
    return lambda texts: tok.encode_batch_flat(texts)


def iree(folder, name):
    from iree.tokenizer import Tokenizer
    tok = Tokenizer.from_file(f"{folder}/tokenizer.json")
    return lambda texts: tok.encode_batch_to_array(texts, add_special_tokens=True)


def kitoken(folder, name):
    from kitoken import Kitoken
    tok = Kitoken.from_tokenizers_file(f"{folder}/tokenizer.json")
    return lambda texts: tok.encode_all(texts, True)


def budtiktok(folder, name):
    import budtiktok
    budtiktok.set_num_threads(1)
    tok = budtiktok.Tokenizer.from_file(f"{folder}/tokenizer.json")
    return lambda texts: tok.encode_batch(texts, add_special_tokens=True)


def flash_tokenizer(folder, name):
    from flash_tokenizer import BertTokenizerFlash
    tok = BertTokenizerFlash(f"{folder}/vocab.txt", do_lower_case=True)
    return lambda texts: [tok.tokenizer.encode(text, "longest", -1) for text in texts]


def byte_level_ranks(folder):
    """The tokens of a byte-level tokenizer.json as bytes, with their ids."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [b for b in range(256) if b not in plain]
    letters = {chr(b): b for b in plain} | {chr(256 + i): b for i, b in enumerate(others)}
    vocab = json.load(open(f"{folder}/tokenizer.json", encoding="utf-8"))["model"]["vocab"]
    return {bytes(letters[c] for c in token): i for token, i in vocab.items() if all(c in letters for c in token)}


def tiktoken(folder, name):
    import tiktoken
    pattern = PATTERNS.get(name) or json.load(open(f"{folder}/tokenizer.json", encoding="utf-8"))["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"]
    tok = tiktoken.Encoding("of the file", pat_str=pattern, mergeable_ranks=byte_level_ranks(folder), special_tokens={})
    return lambda texts: [tok.encode_ordinary(text) for text in texts]


def bpe_qwen(folder, name):
    # Its package imports transformers for classes that are not used here.
    sys.modules.setdefault("transformers", types.SimpleNamespace(AutoTokenizer=object, PreTrainedTokenizer=object, PreTrainedTokenizerFast=object))
    import bpe_qwen
    if not (folder / "merges.txt").exists():
        model = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]
        (folder / "vocab.json").write_text(json.dumps(model["vocab"], ensure_ascii=False), encoding="utf-8")
        (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(m if isinstance(m, str) else " ".join(m) for m in model["merges"]) + "\n", encoding="utf-8")
    tok = bpe_qwen.QwenTokenizer(str(folder))
    return lambda texts: [tok.encode(text) for text in texts]


GENERAL = {"Hugging Face": hugging_face, "tokie": tokie, "iree": iree, "kitoken": kitoken}
PEERS = {
    "bert-uncased": {**GENERAL, "nanotoken": nanotoken, "budtiktok": budtiktok, "flash-tokenizer": flash_tokenizer},
    "gpt-2": {**GENERAL, "tiktoken": tiktoken},
    "llama-3": {**GENERAL, "tiktoken": tiktoken},
    "qwen-3": {**GENERAL, "tiktoken": tiktoken, "bpe-qwen": bpe_qwen},
    "gpt-4o": {**GENERAL, "tiktoken": tiktoken},
    "llama-2": GENERAL,
    "gemma": GENERAL,
    "xlm-roberta": GENERAL,
}

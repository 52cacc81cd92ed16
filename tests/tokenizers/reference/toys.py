"""Small tokenizers, trained here, that between them use every part of tokenizer.json with every flag: a table of JSON.

What a part does must show in the ids: a BPE model with all 256 byte tokens shows each byte of a normal form, a WordLevel model that
knows little shows by its offsets where words begin and end.
"""
import itertools
import json
import random

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
QWEN35 = QWEN2.replace(r"\p{L}+|\p{N}|", r"[\p{L}\p{M}]+|\p{N}|").replace(r"[^\s\p{L}\p{N}]", r"[^\s\p{L}\p{M}\p{N}]")
O200K = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+"
         r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
DEEPSEEK = ("[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+")
CLIP = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
# Those of models, and others that use each construct of Oniguruma that the engine claims.
PATTERNS = {
    "gpt2": GPT2, "llama3": LLAMA3, "qwen2": QWEN2, "qwen35": QWEN35, "o200k": O200K, "deepseek": DEEPSEEK, "clip": CLIP,
    "blanks": r"\s+", "starcoder": r"\d", "digits3": r"\d{1,3}(?=(?:\d{3})*\b)", "words": r"\w+|[^\w\s]+", "bounds": r"\b", "letter": r"[a-zA-Z]", "han": r"\p{Han}+|[\p{Hiragana}\p{Katakana}]+",
    "look": r"(?<=[a-z])(?=[A-Z])|(?<!\d)\d+(?!\d)", "lazy": r"a+?b??|x{2,3}?", "atomic": r"(?>a|ab)c|\s++\S?", "case": r"(?i)straße|k+|ſs|É", "classes": r"[[:alpha:]&&[^aeiou]]+|[^\x00-\x7F]|\h",
    "anchors": r"^.|.$|\A\s|\z", "dot": r".{4}", "group": r"(a|e|i)(\d|x)*", "empty": r"x*", "newline": r"\r?\n|\R", "categories": r"\p{Lu}\p{Ll}+|\p{Sc}\p{Nd}+|\p{P}|\p{Zs}|\p{M}+|\p{Cc}",
}
BEHAVIOURS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]


def split(pattern, behavior="Isolated", invert=False, kind="Regex"):
    return {"type": "Split", "pattern": {kind: pattern}, "behavior": behavior, "invert": invert}


def byte_level(**changes):
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True, **changes}


def sequence(name, *steps):
    return {"type": "Sequence", name: list(steps)}


def bert_normalizer(clean=True, chinese=True, accents=None, lower=True):
    return {"type": "BertNormalizer", "clean_text": clean, "handle_chinese_chars": chinese, "strip_accents": accents, "lowercase": lower}


def metaspace(scheme="always", split=True, replacement="▁"):
    return {"type": "Metaspace", "replacement": replacement, "prepend_scheme": scheme, "split": split}


def replace(content, String=None, Regex=None):
    return {"type": "Replace", "pattern": {"String": String} if Regex is None else {"Regex": Regex}, "content": content}


def strip(left, right):
    return {"type": "Strip", "strip_left": left, "strip_right": right}


def normalizers_table(charsmap):
    table = {t.lower(): {"type": t} for t in ["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt", "ByteLevel"]}
    table |= {f"strip-{l:d}{r:d}": strip(l, r) for l, r in itertools.product([False, True], repeat=2)}
    for flags in itertools.product([False, True], [False, True], [None, False, True], [False, True]):
        table["bert-" + "".join("n" if f is None else str(int(f)) for f in flags)] = bert_normalizer(*flags)
    table |= {"replace-string": replace("bc", String="a"), "replace-longer": replace("", String="e "), "replace-regex": replace("_", Regex=r"\s+"), "replace-empty": replace("-", Regex=r"x*"),
              "replace-class": replace("<é>", Regex=r"[0-9]{2,}|\p{Lu}"), "replace-end": replace("!", Regex=r"$"), "prepend": {"type": "Prepend", "prepend": "▁"}, "prepend-more": {"type": "Prepend", "prepend": "é x"},
              "precompiled": {"type": "Precompiled", "precompiled_charsmap": charsmap}, "none": None, "nothing": sequence("normalizers"),
              "llama": sequence("normalizers", {"type": "Prepend", "prepend": "▁"}, replace("▁", String=" ")), "accents": sequence("normalizers", {"type": "NFD"}, {"type": "StripAccents"}),
              "accents-k": sequence("normalizers", {"type": "NFKD"}, {"type": "Lowercase"}, {"type": "StripAccents"}, {"type": "NFC"}),
              "xlnet": sequence("normalizers", replace('"', String="``"), replace('"', String="''"), {"type": "NFKD"}, {"type": "StripAccents"}, {"type": "Lowercase"}, {"type": "Precompiled", "precompiled_charsmap": charsmap}),
              "clip": sequence("normalizers", {"type": "NFC"}, replace(" ", Regex=r"\s+"), {"type": "Lowercase"}), "t5": sequence("normalizers", {"type": "Precompiled", "precompiled_charsmap": charsmap}, strip(False, True), replace("▁", Regex=" {2,}")),
              "nested": sequence("normalizers", sequence("normalizers", {"type": "Nmt"}, {"type": "NFKC"}), sequence("normalizers", strip(True, True), {"type": "Prepend", "prepend": " "}), bert_normalizer(False, True, True, False)),
              "lower-bytes": sequence("normalizers", {"type": "Lowercase"}, {"type": "NFC"}, {"type": "ByteLevel"})}
    return table


def pre_tokenizers_table():
    table = {t.lower(): {"type": t} for t in ["BertPreTokenizer", "Whitespace", "WhitespaceSplit", "UnicodeScripts"]}
    table |= {f"punctuation-{b}": {"type": "Punctuation", "behavior": b} for b in BEHAVIOURS}
    table |= {f"digits-{i:d}": {"type": "Digits", "individual_digits": i} for i in (False, True)}
    table |= {f"delimiter-{ord(c):x}": {"type": "CharDelimiterSplit", "delimiter": c} for c in " é▁"}
    table |= {f"fixed-{n}": {"type": "FixedLength", "length": n} for n in (1, 3, 5)}
    table |= {f"metaspace-{s}-{p:d}": metaspace(s, p) for s in ("always", "first", "never") for p in (False, True)}
    table |= {"metaspace-underline": metaspace("always", True, "_"), "metaspace-old": {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True}}
    table |= {f"bytelevel-{a:d}{u:d}": byte_level(add_prefix_space=a, use_regex=u) for a in (False, True) for u in (False, True)}
    table |= {f"split-{name}": split(pattern) for name, pattern in PATTERNS.items()}
    table |= {f"split-{name}-{b}-{i:d}": split(PATTERNS[name], b, i) for name in ("gpt2", "llama3", "o200k", "clip", "blanks", "empty", "look", "words") for b in BEHAVIOURS for i in (False, True)}
    table |= {f"split-string-{ord(s[0]):x}{len(s)}-{b}-{i:d}": split(s, b, i, "String") for s in (" ", "aa", "é", ".") for b in BEHAVIOURS for i in (False, True)}
    pre = "pretokenizers"
    table |= {"none": None, "nothing": sequence(pre), "sequence-deepseek": sequence(pre, split(r"\p{N}{1,3}"), split("[一-龥぀-ゟ゠-ヿ]+"), split(DEEPSEEK), byte_level(use_regex=False)),
              "sequence-starcoder": sequence(pre, {"type": "Digits", "individual_digits": True}, byte_level()), "sequence-llama3": sequence(pre, split(LLAMA3), byte_level(use_regex=False)),
              "sequence-prefixed": sequence(pre, split(LLAMA3), byte_level(add_prefix_space=True)), "sequence-xlnet": sequence(pre, {"type": "WhitespaceSplit"}, metaspace()),
              "sequence-first": sequence(pre, {"type": "Punctuation", "behavior": "Isolated"}, metaspace("first")), "sequence-falcon": sequence(pre, {"type": "Punctuation", "behavior": "Contiguous"}, byte_level(), {"type": "Digits", "individual_digits": False}, split("[0-9][0-9][0-9]")),
              "sequence-twice": sequence(pre, metaspace("always", False), {"type": "Whitespace"}, metaspace("never")), "sequence-bytes-twice": sequence(pre, byte_level(), byte_level(add_prefix_space=True)),
              "sequence-nested": sequence(pre, sequence(pre, {"type": "UnicodeScripts"}, {"type": "Digits", "individual_digits": True}), {"type": "FixedLength", "length": 4}),
              "sequence-bert": sequence(pre, {"type": "WhitespaceSplit"}, {"type": "BertPreTokenizer"}), "sequence-bytes-then-split": sequence(pre, byte_level(use_regex=False), split("Ġ", "MergedWithNext", kind="String"))}
    return table


def template(single, pair, ids):
    return {"type": "TemplateProcessing", "single": [piece(p) for p in single.split()], "pair": [piece(p) for p in pair.split()],
            "special_tokens": {t: {"id": t, "ids": i, "tokens": [t] * len(i)} for t, i in ids.items()}}


def piece(text):
    name, _, kind = text.partition(":")
    return {"Sequence": {"id": name[1:], "type_id": int(kind or 0)}} if name.startswith("$") else {"SpecialToken": {"id": name, "type_id": int(kind or 0)}}


def post_processors_table():
    cls, sep = ["[CLS]", 2], ["[SEP]", 3]
    ids = {"[CLS]": [2], "[SEP]": [3], "[PAD]": [0, 1, 0]}
    table = {"none": None, "bert": {"type": "BertProcessing", "sep": sep, "cls": cls}}
    table |= {f"roberta-{t:d}{a:d}": {"type": "RobertaProcessing", "sep": sep, "cls": cls, "trim_offsets": t, "add_prefix_space": a} for t in (False, True) for a in (False, True)}
    table |= {f"bytelevel-{t:d}{a:d}": byte_level(trim_offsets=t, add_prefix_space=a) for t in (False, True) for a in (False, True)}
    table |= {"template-bert": template("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", ids), "template-bos": template("[CLS] $A", "[CLS] $A [CLS]:1 $B:1", ids), "template-swapped": template("$A:3 [SEP]:2", "$B:1 [SEP] $A:2", ids),
              "template-plain": template("$A", "$A $B", ids), "template-several": template("[PAD]:1 $A [PAD]:2", "[PAD] $A $B:4 [PAD] [SEP]", ids), "template-twice": template("[CLS] $A", "[CLS]:1 $A:1 [SEP]:1 $B:1 [SEP]:1", ids)}
    table |= {"sequence-llama": sequence("processors", byte_level(trim_offsets=False), template("[CLS] $A", "[CLS] $A [CLS]:1 $B:1", ids)), "sequence-trim": sequence("processors", byte_level(), template("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", ids)),
              "sequence-nothing": sequence("processors")}
    return table


def decoders_table():
    wordpiece = {f"wordpiece-{c:d}": {"type": "WordPiece", "prefix": "##", "cleanup": c} for c in (False, True)}
    spaces = {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}
    llama = sequence("decoders", spaces, {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0})
    table = {"none": None, "bytelevel": byte_level(), "fallback": {"type": "ByteFallback"}, "fuse": {"type": "Fuse"}, "llama": llama, "strip": {"type": "Strip", "content": "a", "start": 2, "stop": 1},
             "replace": {"type": "Replace", "pattern": {"Regex": "[aeiou]+"}, "content": "*"}, "bpe": {"type": "BPEDecoder", "suffix": "</w>"}, "ctc": {"type": "CTC", "pad_token": "[PAD]", "word_delimiter_token": "|", "cleanup": True},
             "sequence": sequence("decoders", {"type": "ByteFallback"}, {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}), "fuse-strip": sequence("decoders", {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 1})}
    table |= wordpiece | {f"metaspace-{s}": metaspace(s) for s in ("always", "first", "never")}
    return table


def added_tokens(first_id, known):
    """Tokens of every combination of flags, some inside others, some that normalizers change; those that the model does not know."""
    tokens = []
    for i, (single, left, right, normal) in enumerate(itertools.product([False, True], repeat=4)):
        tokens.append((f"Tok{i:02}", single, left, right, normal, i % 3 == 0))
    tokens += [("Tok00Longer", False, False, False, False, False), ("É-acute", False, False, False, True, False), ("<a b>", False, False, False, False, True), ("<", False, False, False, False, False),
               ("the", True, False, False, True, False), ("ing", False, False, False, True, False), ("  ", False, False, False, False, False), (" x", False, True, False, True, False), ("▁▁▁", False, False, False, False, False),
               ("中文", False, True, True, True, False), ("\n\n", False, False, True, False, False), ("<|im_start|>", False, False, False, False, True), ("<|im_end|>", False, False, True, False, True), ("ǅ", False, False, False, True, False)]
    return [{"id": first_id + i, "content": t, "single_word": s, "lstrip": l, "rstrip": r, "normalized": n, "special": sp} for i, (t, s, l, r, n, sp) in enumerate(t for t in tokens if t[0] not in known)]


def trained(texts, make_model, pre, trainer):
    tok = Tokenizer(make_model())
    tok.normalizer = normalizers.NFC()
    tok.pre_tokenizer = pre
    tok.train_from_iterator(texts, trainer)
    return json.loads(tok.to_str())["model"]


def with_bytes(vocab):
    """The vocabulary and the 256 tokens of byte fallback."""
    return vocab | {f"<0x{b:02X}>": len(vocab) + b for b in range(256)}


def make_models(texts):
    """The models that all toys share. Every one has the five SPECIALS as ids 0 to 4."""
    def bpe(pre, **options):
        flags = {k: v for k, v in options.items() if k in ("continuing_subword_prefix", "end_of_word_suffix")}
        return trained(texts, lambda: models.BPE(unk_token="[UNK]", **flags), pre, trainers.BpeTrainer(vocab_size=1500, special_tokens=SPECIALS, show_progress=False, limit_alphabet=300, **options))
    blanks, spaces = pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()
    made = {"wordlevel": trained(texts, lambda: models.WordLevel(unk_token="[UNK]"), pre_tokenizers.Whitespace(), trainers.WordLevelTrainer(vocab_size=800, special_tokens=SPECIALS, show_progress=False))}
    made["wordpiece"] = trained(texts, lambda: models.WordPiece(unk_token="[UNK]"), pre_tokenizers.BertPreTokenizer(), trainers.WordPieceTrainer(vocab_size=2000, special_tokens=SPECIALS, show_progress=False))
    made["bytes"] = bpe(pre_tokenizers.ByteLevel(add_prefix_space=False), initial_alphabet=pre_tokenizers.ByteLevel.alphabet()) | {"unk_token": None}
    made["pieces"] = bpe(spaces)
    made["prefix"] = bpe(blanks, continuing_subword_prefix="##")
    made["suffix"] = bpe(blanks, end_of_word_suffix="</w>")
    made["both"] = bpe(blanks, continuing_subword_prefix="@@", end_of_word_suffix="</w>")
    alphabetic = [text for text in texts if max(text, default="a") < "\u0600"]  # each character becomes a piece
    unigram = trained(alphabetic, models.Unigram, spaces, trainers.UnigramTrainer(vocab_size=2500, special_tokens=SPECIALS, unk_token="[UNK]", show_progress=False))
    made["unigram"] = unigram
    made["unigram-bytes"] = unigram | {"byte_fallback": True, "vocab": unigram["vocab"] + [[f"<0x{b:02X}>", -12.5] for b in range(256)]}
    made["fallback"] = made["pieces"] | {"byte_fallback": True, "fuse_unk": True, "vocab": with_bytes(made["pieces"]["vocab"])}
    return made


def variants(made):
    """Flags of the models, and what a model may lack."""
    table = {}
    for fallback, fuse, ignore in itertools.product([False, True], repeat=3):
        for unk in ("[UNK]", None):
            base = made["fallback" if fallback else "pieces"]
            table[f"bpe-{fallback:d}{fuse:d}{ignore:d}-{'unk' if unk else 'none'}"] = base | {"byte_fallback": fallback, "fuse_unk": fuse, "ignore_merges": ignore, "unk_token": unk}
    short = {t: i for t, i in made["fallback"]["vocab"].items() if t not in ("<0x41>", "<0xE4>")}
    table["bpe-missing-bytes"] = made["fallback"] | {"vocab": short}
    table["bpe-pairs"] = made["fallback"] | {"merges": [m.split(" ") if isinstance(m, str) else m for m in made["fallback"]["merges"]]}
    for name in ("prefix", "suffix", "both"):
        table[f"bpe-{name}"] = made[name]
        table[f"bpe-{name}-fused"] = made[name] | {"fuse_unk": True, "ignore_merges": True}
    table["bytes-ignore"] = made["bytes"] | {"ignore_merges": True}
    table["bytes-unk"] = made["bytes"] | {"unk_token": "[UNK]", "fuse_unk": True}
    for prefix, most in (("##", 100), ("##", 5), ("", 20), ("@@", 100)):
        vocab = {(prefix + t[2:] if t.startswith("##") else t): i for t, i in reversed(made["wordpiece"]["vocab"].items())}
        table[f"wordpiece-{prefix or 'no'}-{most}"] = made["wordpiece"] | {"vocab": vocab, "continuing_subword_prefix": prefix, "max_input_chars_per_word": most}
    table["unigram"] = made["unigram"]
    table["unigram-bytes"] = made["unigram-bytes"]
    table["unigram-even"] = made["unigram"] | {"vocab": [[t, -5.0 if s else s] for t, s in made["unigram"]["vocab"]]}
    table["unigram-no-unk"] = made["unigram-bytes"] | {"unk_id": None}
    table["wordlevel"] = made["wordlevel"]
    return table


def whole(model, **parts):
    vocab = model["vocab"]
    ids = dict(vocab) if isinstance(vocab, dict) else {t: i for i, (t, _) in enumerate(vocab)}
    specials = [{"id": ids[t], "content": t, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True} for t in SPECIALS]
    added = added_tokens(max(ids.values()) + 1, ids) if parts.pop("added", False) else []
    shape = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": specials + added, "normalizer": None, "pre_tokenizer": None, "post_processor": None, "decoder": None}
    return shape | parts | {"model": model}


# The kinds that the differential test counts by.
def kind_of(model, pre):
    if model["type"] != "BPE":
        return model["type"]
    return "BPE byte fallback" if model.get("byte_fallback") else "BPE byte level" if "ByteLevel" in json.dumps(pre) else "BPE"


def make(texts, charsmap):
    """Name to tokenizer.json of every toy."""
    made = make_models(texts)
    norms, pres, posts, decs, flags = normalizers_table(charsmap), pre_tokenizers_table(), post_processors_table(), decoders_table(), variants(made)
    toys = {f"normalizer-{n}": whole(made["fallback"], normalizer=norm) for n, norm in norms.items()}
    toys |= {f"pre-{n}": whole(made["wordlevel"], pre_tokenizer=pre) for n, pre in pres.items()}
    toys |= {f"pre-bytes-{n}": whole(made["fallback"], pre_tokenizer=pre) for n, pre in pres.items() if not n.startswith("split-string") and n.count("-") < 3}
    toys |= {f"pre-level-{n}": whole(made["bytes"], pre_tokenizer=pre) for n, pre in pres.items() if "ByteLevel" in json.dumps(pre)}
    toys |= {f"post-{n}": whole(made["bytes"], pre_tokenizer=byte_level(add_prefix_space=True), post_processor=post) for n, post in posts.items()}
    toys |= {f"post-wordpiece-{n}": whole(made["wordpiece"], normalizer=bert_normalizer(), pre_tokenizer={"type": "BertPreTokenizer"}, post_processor=post, added=True) for n, post in posts.items() if n[0] in "bt"}
    home = {"BPE": metaspace(), "WordPiece": {"type": "BertPreTokenizer"}, "Unigram": metaspace(), "WordLevel": {"type": "Whitespace"}}
    for n, model in flags.items():
        pre = byte_level() if n.startswith("bytes") else {"type": "WhitespaceSplit"} if "fix" in n or "both" in n else home[model["type"]]
        toys[f"model-{n}"] = whole(model, pre_tokenizer=pre)
        toys[f"model-{n}-unsplit"] = whole(model, normalizer=norms["llama"] if model["type"] in ("BPE", "Unigram") else None)
    for n, (norm, pre, model) in {"bert": (bert_normalizer(), {"type": "BertPreTokenizer"}, "wordpiece"), "level": (None, byte_level(add_prefix_space=True), "bytes"), "llama": (norms["llama"], None, "fallback"), "first": (None, metaspace("first"), "fallback"),
                                   "unigram": (norms["precompiled"], metaspace(), "unigram"), "lower": ({"type": "Lowercase"}, {"type": "Whitespace"}, "wordlevel"), "strip": (strip(True, True), None, "fallback"), "nfkd": (norms["accents-k"], {"type": "WhitespaceSplit"}, "fallback")}.items():
        toys[f"added-{n}"] = whole(made[model], normalizer=norm, pre_tokenizer=pre, post_processor=posts["template-bert"], added=True)
    holes = whole(made["bytes"], pre_tokenizer=byte_level(), added=True)  # ids that Hugging Face does not take from the file
    toys["added-holes"] = holes | {"added_tokens": [token | {"id": token["id"] + 2 * i} for i, token in enumerate(holes["added_tokens"])]}
    for n, decoder in decs.items():
        for model in ("bytes", "fallback", "wordpiece", "suffix"):
            toys[f"decoder-{n}-{model}"] = whole(made[model], pre_tokenizer=byte_level() if model == "bytes" else metaspace(), decoder=decoder, added=True)
    rng = random.Random(11)
    for i in range(80):
        name, model = rng.choice(list(flags.items()))
        pre = rng.choice(list(pres.values()))
        toys[f"mixed-{i:02}"] = whole(model, normalizer=rng.choice(list(norms.values())), pre_tokenizer=pre, post_processor=rng.choice(list(posts.values())), decoder=rng.choice(list(decs.values())), added=rng.random() < 0.5)
    return toys

#!/usr/bin/env python3
"""Writes the goldens beside it: what transformers and sentence-transformers compute, in fp64, for models that tests rebuild.

  pip install torch==2.15.0 transformers==5.23.0 sentence-transformers==6.2.0 numpy==2.4.6
  tests/golden/generate.py <directory of all-MiniLM-L6-v2>

Each golden holds the fp64 result rounded to float32 and `fp32_error`, the largest distance of the reference's own fp32 run from
its fp64 run: the yardstick of the tests' tolerances.
"""
import base64
import json
import os
import sys
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
import numpy as np
import sentence_transformers
import torch
import transformers
from sentence_transformers import CrossEncoder, SentenceTransformer
from sentence_transformers.base.modules import Dense, Normalize
from sentence_transformers.sentence_transformer.modules import Pooling
from sentence_transformers.util import import_from_string
from transformers import (BertConfig, BertForMaskedLM, BertForSequenceClassification, BertForTokenClassification, BertModel)

from random_weights import linear_amplitude, random_weights
from texts import PAIRS, TEXTS

HERE = Path(__file__).parent
VERSIONS = {"torch": torch.__version__.split("+")[0], "transformers": transformers.__version__,
            "sentence_transformers": sentence_transformers.__version__}
CLASSES = {"embed": BertModel, "masked_lm": BertForMaskedLM, "classify": BertForSequenceClassification,
           "score": BertForSequenceClassification, "token_classify": BertForTokenClassification}
DEFAULTS = dict(head="embed", hidden=32, layers=2, heads=2, intermediate=64, max_positions=512, type_vocab=2, vocab_size=1000,
                hidden_act="gelu", layer_norm_eps=1e-12, seed=1, labels=2, problem_type="", ce_activation="",
                pooling=["mean"], dense=[], normalize=True)


def packed(array):
    return base64.b64encode(np.ascontiguousarray(array, dtype="<f4").tobytes()).decode()


def build(options):
    """The model that tests/golden/tiny_bert.cpp writes for the same options."""
    o = options
    labels = 1 if o["head"] == "score" else o["labels"]
    config = BertConfig(vocab_size=o["vocab_size"], hidden_size=o["hidden"], num_hidden_layers=o["layers"],
                        num_attention_heads=o["heads"], intermediate_size=o["intermediate"], hidden_act=o["hidden_act"],
                        max_position_embeddings=o["max_positions"], type_vocab_size=o["type_vocab"],
                        layer_norm_eps=o["layer_norm_eps"], num_labels=labels)
    if o["problem_type"]:
        config.problem_type = o["problem_type"]
    if o["ce_activation"]:
        config.sentence_transformers = {"activation_fn": o["ce_activation"]}
    model = CLASSES[o["head"]](config).eval()
    state = model.state_dict()
    for name, tensor in state.items():
        plain = name.removeprefix("bert.")
        if plain.startswith("cls."):  # the masked-LM head takes no part
            continue
        shape = tuple(tensor.shape)
        if "LayerNorm.weight" in plain:
            values = random_weights(plain, o["seed"], shape, 0.25, 1.0)
        elif plain.endswith(".bias"):
            values = random_weights(plain, o["seed"], shape, 0.125)
        elif "word_embeddings" in plain:
            values = random_weights(plain, o["seed"], shape, 1.0)
        elif "embeddings" in plain:
            values = random_weights(plain, o["seed"], shape, 0.5)
        else:
            values = random_weights(plain, o["seed"], shape, linear_amplitude(shape[1]))
        state[name] = torch.from_numpy(values)
    model.load_state_dict(state)
    return model


def modules(options):
    width = options["hidden"] * len(options["pooling"])
    chain = [Pooling(options["hidden"], pooling_mode=tuple(options["pooling"]), include_prompt=False)]
    for i, dense in enumerate(options["dense"]):
        module = Dense(width, dense["out"], bias=dense["bias"], activation_function=import_from_string(dense["activation"])())
        seed = options["seed"] + 1000 + i
        module.linear.weight.data = torch.from_numpy(
            random_weights("linear.weight", seed, (dense["out"], width), linear_amplitude(width)))
        if dense["bias"]:
            module.linear.bias.data = torch.from_numpy(random_weights("linear.bias", seed, (dense["out"],), 0.125))
        chain.append(module.eval())
        width = dense["out"]
    if options["normalize"]:
        chain.append(Normalize())
    return chain


def sequences(options, lengths):
    """Ids from the same generator as the weights; every second sequence has a second segment."""
    made = []
    for i, length in enumerate(lengths):
        ids = (random_weights(f"ids{i}", options["seed"], (length,), 0.5, 0.5).astype(np.float64) * options["vocab_size"])
        split = length // 2 if i % 2 and options["type_vocab"] > 1 else length
        made.append({"ids": np.clip(ids.astype(int), 0, options["vocab_size"] - 1).tolist(),
                     "type_ids": [0] * split + [1] * (length - split)})
    return made


def tensors(sequence):
    return {"input_ids": torch.tensor([sequence["ids"]]), "token_type_ids": torch.tensor([sequence["type_ids"]]),
            "attention_mask": torch.ones(1, len(sequence["ids"]), dtype=torch.long)}


def compare(run32, run64, dim):
    a, b = np.concatenate([x.reshape(-1, dim) for x in run32]), np.concatenate([x.reshape(-1, dim) for x in run64])
    return {"dim": dim, "values": packed(b), "fp32_error": float(np.abs(a.astype(np.float64) - b).max())}


@torch.inference_mode()
def hidden_states(model, case):
    body = getattr(model, "bert", model)
    return [body(**tensors(s)).last_hidden_state[0] for s in case]


@torch.inference_mode()
def sentence_embeddings(model, chain, case, dimensions=0, skip=0):
    """The first `skip` tokens of each sequence are a prompt that the Pooling leaves out."""
    rows = []
    for sequence in case:
        features = tensors(sequence) | {"prompt_length": skip, "token_embeddings": getattr(model, "bert", model)(**tensors(sequence)).last_hidden_state}
        for module in chain:
            # weir, as vLLM: a matryoshka size is cut before the vector is normalized
            if isinstance(module, Normalize) and dimensions:
                features["sentence_embedding"] = features["sentence_embedding"][:, :dimensions]
            features = module(features)
        row = features["sentence_embedding"][0]
        rows.append(row[:dimensions] if dimensions else row)
    return rows


@torch.inference_mode()
def logits(model, case):
    return [model(**tensors(s)).logits[0] for s in case]


def both(compute, model, *args):
    """compute in fp32, then in fp64, as numpy."""
    runs = []
    for dtype in (torch.float32, torch.float64):
        model = model.to(dtype)
        chain = [[m.to(dtype) for m in a] if isinstance(a, list) and a and isinstance(a[0], torch.nn.Module) else a for a in args]
        runs.append([r.numpy() for r in compute(model, *chain)])
    model.to(torch.float32)
    return runs


ACTIVATIONS = {"softmax": lambda x: torch.softmax(x, -1), "sigmoid": torch.sigmoid, "identity": lambda x: x}


def case(name, lengths, states=False, pooled=(), pairs=None, skip=0, **options):
    """One model with its inputs and results. `pooled`: (task, use_activation, dimensions, activation)."""
    options = DEFAULTS | options
    model = build(options)
    inputs = pairs or sequences(options, lengths)
    result = {"name": name, "model": options, "sequences": inputs, "pooled": []}
    if states:
        run32, run64 = both(hidden_states, model, inputs)
        result["hidden"] = compare(run32, run64, options["hidden"])
    for task, use_activation, dimensions, activation in pooled:
        if task == "embed":
            chain = modules(options | {"normalize": use_activation and options["normalize"]})
            run32, run64 = both(sentence_embeddings, model, chain, inputs, dimensions, skip)
        else:
            apply = ACTIVATIONS[activation if use_activation else "identity"]
            run32, run64 = both(lambda m, c: [apply(x) for x in logits(m, c)], model, inputs)
        golden = compare(run32, run64, run64[0].shape[-1])
        result["pooled"].append({"task": task, "use_activation": use_activation, "dimensions": dimensions} | golden)
        if skip:
            result["pooled"][-1]["skip"] = skip
    print(f"  {name}", max([g["fp32_error"] for g in result["pooled"]] + [result.get("hidden", {}).get("fp32_error", 0)]))
    return result


def shapes():
    lengths = [1, 2, 7, 16, 33]
    yield case("gelu_head16", lengths, states=True, hidden_act="gelu", seed=11)
    yield case("gelu_new_head32", lengths, states=True, hidden_act="gelu_new", hidden=64, heads=2, seed=12)
    yield case("relu_head64", [3, 40, 1], states=True, hidden_act="relu", hidden=64, heads=1, intermediate=96, seed=13)
    yield case("gelu_tanh_head24", [5, 1, 19], states=True, hidden_act="gelu_pytorch_tanh", hidden=72, heads=3,
               intermediate=80, layers=3, seed=14)
    yield case("odd_head5", [17, 4], states=True, hidden=35, heads=7, intermediate=41, seed=15)
    yield case("large_eps_one_type", [9, 30], states=True, layer_norm_eps=1e-5, type_vocab=1, seed=16)
    yield case("four_layers_silu", [64, 1], states=True, hidden_act="silu", layers=4, heads=4, seed=17)
    yield case("longest", [80], states=True, max_positions=80, hidden=32, heads=2, seed=18)


def poolings():
    lengths, plain = [1, 2, 9, 31], ("embed", True, 0, "")
    for i, mode in enumerate(Pooling.POOLING_MODES):
        yield case(f"pooling_{mode}", lengths, pooled=[plain, ("embed", False, 0, "")], pooling=[mode], seed=30 + i)
    yield case("pooling_all_at_once", lengths, pooled=[plain, ("embed", False, 0, "")], pooling=list(Pooling.POOLING_MODES), seed=40)
    yield case("without_normalize", lengths, pooled=[plain], normalize=False, seed=41)
    yield case("masked_lm_body", lengths, pooled=[plain], head="masked_lm", pooling=["cls"], seed=42)
    yield case("dense_tanh", lengths, pooled=[plain], seed=43,
               dense=[dict(out=16, activation="torch.nn.modules.activation.Tanh", bias=True)])
    yield case("dense_chain", lengths, pooled=[plain, ("embed", False, 0, "")], seed=44, pooling=["cls", "max"],
               dense=[dict(out=48, activation="torch.nn.modules.activation.GELU", bias=True),
                      dict(out=24, activation="torch.nn.modules.activation.ReLU", bias=False),
                      dict(out=20, activation="torch.nn.modules.linear.Identity", bias=True)])
    yield case("matryoshka", lengths, pooled=[plain, ("embed", True, 8, ""), ("embed", False, 8, ""), ("embed", True, 20, "")],
               matryoshka=[8, 20, 32], seed=45)


def without_prompts():
    lengths, plain = [4, 9, 31, 5], ("embed", True, 0, "")
    for i, mode in enumerate(Pooling.POOLING_MODES):
        yield case(f"without_prompt_{mode}", lengths, pooled=[plain], pooling=[mode], skip=3, seed=80 + i)
    yield case("without_prompt_all_at_once", lengths, pooled=[plain], pooling=list(Pooling.POOLING_MODES), skip=2, seed=90)


def prompted(directory):
    """all-MiniLM-L6-v2 as an instruction model: texts behind a prompt whose tokens take no part in pooling."""
    prompt = "Represent this sentence for searching: "
    model = SentenceTransformer(directory, device="cpu", prompts={"query": prompt})
    model[1].include_prompt = False
    texts = [text for text in TEXTS if text.strip()][:12]
    vectors32 = model.encode(texts, prompt_name="query", batch_size=1)
    model = model.double()
    rows, sequences_, length = [], [], 0
    for text in texts:
        features = model.preprocess([text], prompt=prompt)
        length = features["prompt_length"]
        sequences_.append({"ids": features["input_ids"][0].tolist(), "type_ids": features["token_type_ids"][0].tolist()})
        with torch.inference_mode():
            rows.append(model(features)["sentence_embedding"][0].numpy())
    vectors64 = np.stack(rows)
    error = float(np.abs(vectors32.astype(np.float64) - vectors64).max())
    print("  all-MiniLM-L6-v2 with a prompt", error)
    return {"prompt": prompt, "prompt_length": length, "texts": texts, "sequences": sequences_,
            "dim": 384, "values": packed(vectors64), "fp32_error": error}


def heads():
    lengths = [1, 2, 9, 31]

    def both_ways(task, activation):
        return [(task, True, 0, activation), (task, False, 0, activation)]

    yield case("classify_2", lengths, pooled=both_ways("classify", "softmax"), head="classify", labels=2, seed=60)
    yield case("classify_many", lengths, pooled=both_ways("classify", "softmax"), head="classify", labels=77, seed=61)
    yield case("classify_1", lengths, pooled=both_ways("classify", "sigmoid"), head="classify", labels=1, seed=62)
    yield case("multi_label", lengths, pooled=both_ways("classify", "sigmoid"), head="classify", labels=5,
               problem_type="multi_label_classification", seed=63)
    yield case("regression", lengths, pooled=both_ways("classify", "identity"), head="classify", labels=1,
               problem_type="regression", seed=64)
    yield case("tokens", lengths, pooled=both_ways("token_classify", "softmax"), head="token_classify", labels=3, seed=65)


def cross_encoders(minilm):
    """Pair scores by sentence-transformers' CrossEncoder itself, checked against the plain logits."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(minilm)
    # Batches, as CrossEncoder encodes: a single call takes an empty second text for none.
    encoded = [tokenizer([q], [d], truncation=True, max_length=512) for q, d in PAIRS]
    pairs = [{"ids": list(e["input_ids"][0]), "type_ids": list(e["token_type_ids"][0])} for e in encoded]
    for seed, activation in ((70, ""), (71, "torch.nn.modules.linear.Identity"), (72, "torch.nn.modules.activation.Sigmoid")):
        name = {"": "sigmoid", "torch.nn.modules.linear.Identity": "identity"}.get(activation, "sigmoid")
        result = case(f"cross_encoder_{seed}", [], pooled=[("score", True, 0, name), ("score", False, 0, name)], pairs=pairs,
                      head="score", vocab_size=30522, hidden=16, heads=2, intermediate=32, ce_activation=activation, seed=seed)
        folder = HERE / f".cross_encoder_{seed}"
        build(result["model"]).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        scores = CrossEncoder(str(folder), device="cpu").predict(PAIRS)
        ours = np.frombuffer(base64.b64decode(result["pooled"][0]["values"]), "<f4")
        assert np.abs(scores - ours).max() < 1e-5, (scores, ours)
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
        yield result


def minilm(directory):
    model = SentenceTransformer(directory, device="cpu")
    vectors32 = model.encode(TEXTS, batch_size=32)  # sorted and padded, as people use it
    model = model.double()
    rows, sequences_ = [], []
    for text in TEXTS:
        features = model.preprocess([text])
        sequences_.append({"ids": features["input_ids"][0].tolist(), "type_ids": features["token_type_ids"][0].tolist()})
        with torch.inference_mode():
            rows.append(model(features)["sentence_embedding"][0].numpy())
    vectors64 = np.stack(rows)
    error = float(np.abs(vectors32.astype(np.float64) - vectors64).max())
    print("  all-MiniLM-L6-v2", error)
    return {"versions": VERSIONS, "model": "all-MiniLM-L6-v2", "texts": TEXTS, "sequences": sequences_,
            "dim": 384, "values": packed(vectors64), "fp32_error": error}


def write(name, content):
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":"))
    (HERE / name).write_text(text.replace('{"name"', '\n{"name"') + "\n")
    print(name, len(text) // 1024, "KiB")


def main():
    directory = sys.argv[1]
    torch.manual_seed(0)
    write("minilm.json", minilm(directory))
    write("hidden.json", {"versions": VERSIONS, "cases": list(shapes())})
    write("pooling.json", {"versions": VERSIONS, "cases": list(poolings())})
    write("prompts.json", {"versions": VERSIONS, "cases": list(without_prompts()), "minilm": prompted(directory)})
    write("heads.json", {"versions": VERSIONS, "cases": list(heads()) + list(cross_encoders(directory))})


if __name__ == "__main__":
    main()

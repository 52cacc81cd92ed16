"""The token ids that every engine runs: Debian package descriptions in random (= arrival) order, and equal lengths cut from them."""

import json
import pathlib
import random

from tokenizers import Tokenizer


def write_sets(model, descriptions, folder, documents, batch):
    """Writes one file per set, a sequence of ids a line; returns {name: list of sequences}."""
    tokenizer = Tokenizer.from_file(str(pathlib.Path(model) / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    lines = pathlib.Path(descriptions).read_text().splitlines()
    random.Random(7).shuffle(lines)
    ragged, pool = [], []
    for line in lines[: documents * 3]:
        ids = tokenizer.encode(json.loads(line)["text"]).ids
        if len(ragged) < documents:
            ragged.append(ids)
        pool.extend(ids[1:-1])
    first, last = ragged[0][0], ragged[0][-1]

    def equal(length, count):
        body = length - 2
        return [[first, *pool[i * body : (i + 1) * body], last] for i in range(count)]

    tokens = sum(map(len, ragged))
    mean = round(sum(len(s) ** 2 for s in ragged) / tokens)  # token-weighted: the length that an average token sees
    sets = {"equal128": equal(128, 2 * batch), "ragged": ragged, "sorted": sorted(ragged, key=len),
            "equal_mean": equal(mean, max(batch, tokens // mean // batch * batch))}
    for name, sequences in sets.items():
        (pathlib.Path(folder) / f"{name}.ids").write_text("".join(" ".join(map(str, s)) + "\n" for s in sequences))
    return sets


def read_batches(path, size):
    """Padded (ids, mask) int64 arrays, and how many real tokens they hold."""
    import numpy as np

    sequences = [list(map(int, line.split())) for line in pathlib.Path(path).read_text().splitlines()]
    batches = []
    for at in range(0, len(sequences), size):
        group = sequences[at : at + size]
        longest = max(map(len, group))
        ids = np.zeros((len(group), longest), np.int64)
        mask = np.zeros_like(ids)
        for row, sequence in enumerate(group):
            ids[row, : len(sequence)] = sequence
            mask[row, : len(sequence)] = 1
        batches.append((ids, mask))
    return batches, sum(map(len, sequences))

#!/usr/bin/env python3
"""Writes documents.json beside it: what sentence-transformers makes, in fp64, of the documents that tests stream through all-MiniLM-L6-v2.

  pip install torch==2.15.0 transformers==5.23.0 sentence-transformers==6.2.0 numpy==2.4.6
  tests/golden/generate_documents.py <directory of all-MiniLM-L6-v2> <descriptions.jsonl>

3 000 vectors of 384 floats would be 4.6 MB. Each is kept as 16 projections on Walsh functions (signs, over sqrt(384)), which every one of its
values takes part in, under the FNV-1a hash of its text. `fp32_error` is the largest distance of the reference's own fp32 projections.
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
from sentence_transformers import SentenceTransformer

COUNT, LONGEST, DIM, PROJECTIONS = 3000, 2000, 384, 16


def signs():
    rows = [[(-1.0) ** bin((1 + 31 * k) & d).count("1") for d in range(DIM)] for k in range(PROJECTIONS)]
    return np.array(rows) / np.sqrt(DIM)


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value


def main():
    directory, descriptions = sys.argv[1:]
    with open(descriptions, encoding="utf-8") as lines:
        texts = [json.loads(line)["text"].encode()[:LONGEST].decode(errors="ignore") for line, _ in zip(lines, range(COUNT))]
    model = SentenceTransformer(directory, device="cpu")
    vectors32 = model.encode(texts, batch_size=32).astype(np.float64)
    model = model.double()
    rows = []
    for i, text in enumerate(texts):  # each alone: no padding takes part
        with torch.inference_mode():
            rows.append(model(model.preprocess([text]))["sentence_embedding"][0].numpy())
        if i % 500 == 499:
            print(i + 1, "of", len(texts), file=sys.stderr)
    exact = np.stack(rows) @ signs().T
    error = float(np.abs(vectors32 @ signs().T - exact).max())
    content = {
        "versions": {"torch": torch.__version__.split("+")[0], "transformers": transformers.__version__,
                     "sentence_transformers": sentence_transformers.__version__},
        "count": len(texts), "projections": PROJECTIONS, "fp32_error": error,
        "hashes": base64.b64encode(np.array([fnv1a(t.encode()) for t in texts], "<u8").tobytes()).decode(),
        "values": base64.b64encode(exact.astype("<f4").tobytes()).decode()}
    (Path(__file__).parent / "documents.json").write_text(json.dumps(content, separators=(",", ":")) + "\n")
    print("largest error of the reference's fp32:", error)


if __name__ == "__main__":
    main()

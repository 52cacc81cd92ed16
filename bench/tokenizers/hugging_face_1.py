#!/usr/bin/env python3
"""The next Hugging Face tokenizers, in a process of its own since it has the name of today's: its side of race.py.

    hugging_face_1.py TOKENIZER.JSON FILE ROUNDS      FILE: u32 length and bytes of each text. Prints MB/s of both halves as weir's program does
"""
import json
import struct
import sys
import time

import tokenizers


def read(file):
    with open(file, "rb") as f:
        data = f.read()
    at = 0
    while at < len(data):
        size = struct.unpack_from("<I", data, at)[0]
        yield data[at + 4:at + 4 + size].decode()
        at += 4 + size


def main():
    texts = list(read(sys.argv[2]))
    halves = texts[:len(texts) // 2], texts[len(texts) // 2:]
    best = [0.0, 0.0]
    for _ in range(int(sys.argv[3])):
        tok = tokenizers.Tokenizer.from_file(sys.argv[1])
        for i, part in enumerate(halves):
            begin = time.perf_counter()
            [e.ids for at in range(0, len(part), 1000) for e in tok.encode_batch(part[at:at + 1000])]
            best[i] = max(best[i], sum(len(text.encode()) for text in part) / 1e6 / (time.perf_counter() - begin))
    print(json.dumps({"cold": best[0], "warm": best[1], "version": tokenizers.__version__}))


if __name__ == "__main__":
    main()

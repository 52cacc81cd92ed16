#!/usr/bin/env python3
"""Races weir's WordPiece against Hugging Face tokenizers and nanotoken: one thread each, the same distinct texts, in turn.

    race.py --weir PROGRAM --model DIR --texts FILE.jsonl [--count N] [--rounds N]

Prints MB of text a second and the ratios. `cold` is weir's first half of the texts with an empty word cache, `warm` the second half.
"""
import argparse
import json
import os
import random
import struct
import subprocess
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
import tokenizers  # noqa: E402

SCRIPTS = [(0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x17F), (0x391, 0x3C9), (0x410, 0x44F), (0x5D0, 0x5EA), (0x621, 0x64A), (0x905, 0x939), (0xE01, 0xE2E),
           (0x3041, 0x3096), (0x4E00, 0x4F00), (0xAC00, 0xAD00)]


def mixed(rng, count):
    for _ in range(count):
        words = []
        for _ in range(rng.randrange(20, 60)):
            low, high = rng.choice(SCRIPTS)
            words.append("".join(chr(rng.randint(low, high)) for _ in range(rng.randrange(2, 9))))
        yield " ".join(words)


def hugging_face(tok, texts):
    begin = time.perf_counter()
    tokens = 0
    for i in range(0, len(texts), 1000):
        tokens += sum(len(e.ids) for e in tok.encode_batch_fast(texts[i:i + 1000]))
    return time.perf_counter() - begin, tokens


def nano(tok, texts):
    half = len(texts) // 2
    times = []
    for part in (texts[:half], texts[half:]):
        begin = time.perf_counter()
        tok.encode_batch(part, parallel=False)
        times.append(time.perf_counter() - begin)
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--texts", required=True)
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    flags = next(line for line in open("/proc/cpuinfo") if line.startswith("flags"))
    print(f"cpu: {'AVX-512' if 'avx512bw' in flags else 'AVX2'}; tokenizers {tokenizers.__version__}; one thread; best of {args.rounds}")
    texts = list(dict.fromkeys(json.loads(line)["text"] for line in open(args.texts)))[: args.count]
    rng = random.Random(3)
    sets = {"English descriptions": texts, "60 bytes": [t[:60] for t in texts], "mixed scripts": list(mixed(rng, args.count // 5))}
    hf = tokenizers.Tokenizer.from_file(f"{args.model}/tokenizer.json")
    hf.no_truncation()
    hf.no_padding()
    try:
        import nanotoken
    except ImportError:
        nanotoken = None
    for name, some in sets.items():
        size = sum(len(t.encode()) for t in some) / 1e6
        weir = {"cold": 0.0, "warm": 0.0}
        best_hf, best_nano, tokens = 0.0, [0.0, 0.0], 0
        with tempfile.NamedTemporaryFile() as file:
            for text in some:
                data = text.encode()
                file.write(struct.pack("<I", len(data)) + data)
            file.flush()
            for _ in range(args.rounds):
                seconds, tokens = hugging_face(hf, some)
                best_hf = max(best_hf, size / seconds)
                if nanotoken:
                    for i, seconds in enumerate(nano(make_nano(nanotoken, args.model), some)):
                        best_nano[i] = max(best_nano[i], size / 2 / seconds)
                out = json.loads(subprocess.run([args.weir, args.model, "texts", file.name, "2"], check=True, capture_output=True).stdout)
                for key in weir:
                    weir[key] = max(weir[key], out[key])
                assert out["tokens"] == tokens, f"weir made {out['tokens']} tokens, Hugging Face {tokens}"
        line = f"{name:<22} weir cold {weir['cold']:.1f} warm {weir['warm']:.1f} MB/s; Hugging Face {best_hf:.2f}: ratio cold {weir['cold'] / best_hf:.1f} warm {weir['warm'] / best_hf:.1f}"
        if nanotoken:
            line += f"; nanotoken cold {best_nano[0]:.1f} warm {best_nano[1]:.1f}: ratio {weir['cold'] / best_nano[0]:.2f} {weir['warm'] / best_nano[1]:.2f}"
        print(line, flush=True)
    print(subprocess.run([args.weir, args.model, "growth"], check=True, capture_output=True, text=True).stdout, end="")


def make_nano(nanotoken, model):
    return nanotoken.Tokenizer(f"{model}/tokenizer.json")


if __name__ == "__main__":
    main()

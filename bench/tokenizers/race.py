#!/usr/bin/env python3
"""Races weir's tokenizers against others: one thread on one processor core, the same distinct texts, in turn.

    race.py --weir PROGRAM --cache DIR [--tokenizers NAME...] [--count N] [--rounds N] [--callgrind]

Prints MB of text a second and ratios. `cold` is the first half of the texts by a tokenizer that has just been loaded, `warm` the second
half. Then, for weir alone: what loading costs beside Hugging Face, the growth of time with length, the gain of a second thread, and with
--callgrind the instructions a token, which no other load on the machine changes.
"""
import argparse
import importlib.metadata
import json
import os
import random
import re
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ |= {"TOKENIZERS_PARALLELISM": "false", "RAYON_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests/tokenizers/reference"))
import peers  # noqa: E402
import texts as corpus  # noqa: E402


def text_sets(cache, count):
    english = list(dict.fromkeys(json.loads(line)["text"] for line in open(cache / "text/descriptions.jsonl", encoding="utf-8")))
    rng = random.Random(3)
    rng.shuffle(english)
    languages = [text for some in corpus.of_languages().values() for text in some] + corpus.of_locales()
    rng.shuffle(languages)
    mixed = [" ".join(languages[i:i + 12]) for i in range(0, len(languages), 12)]
    return {"English": english[:count], "mixed scripts": list(dict.fromkeys(mixed))[:count], "60 bytes": list(dict.fromkeys(text[:60] for text in english))[:2 * count]}


def written(texts, file):
    for text in texts:
        data = text.encode()
        file.write(struct.pack("<I", len(data)) + data)
    file.flush()


def size(texts):
    return sum(len(text.encode()) for text in texts) / 1e6


def run_peer(make, folder, name, texts, rounds):
    """MB/s of the halves, best of the rounds; a slow one gets one round."""
    halves = texts[:len(texts) // 2], texts[len(texts) // 2:]
    best = [0.0, 0.0]
    for _ in range(rounds):
        encode = make(folder, name)
        for i, part in enumerate(halves):
            begin = time.perf_counter()
            encode(part)
            seconds = time.perf_counter() - begin
            best[i] = max(best[i], size(part) / seconds)
        if seconds > 0.5:
            break
    return best


def next_hugging_face(folder, file, rounds):
    program = Path(__file__).resolve().parent / "hugging_face_1.py"
    environment = os.environ | {"PYTHONPATH": str(Path(sys.prefix) / "hugging-face-1")}
    made = json.loads(subprocess.run([sys.executable, program, folder / "tokenizer.json", file, str(rounds)], env=environment, capture_output=True, check=True, text=True).stdout)
    if not made["version"].startswith("1."):
        raise ValueError(f"its version is {made['version']}")
    return [made["cold"], made["warm"]]


def weir(args, *arguments):
    done = subprocess.run([args.weir, *map(str, arguments)], capture_output=True, text=True)
    if done.stderr:
        print("   " + done.stderr.strip().replace("\n", "\n   "))
    return json.loads(done.stdout) if done.returncode == 0 else None


def race(args, folder, name, sets):
    for title, texts in sets.items():
        with tempfile.NamedTemporaryFile() as file:
            written(texts, file)
            first = weir(args, folder, "texts", file.name, args.rounds)
            if first is None:
                return
            rates, notes = {}, []
            for peer, make in peers.PEERS[name].items():
                try:
                    rates[peer] = run_peer(make, folder, name, texts, args.rounds)
                except BaseException as error:
                    notes.append(f"{peer} failed: {str(error).splitlines()[0][:80] if str(error) else type(error).__name__}")
            try:
                rates["Hugging Face 1"] = next_hugging_face(folder, file.name, args.rounds)
            except (OSError, ValueError, subprocess.CalledProcessError) as error:
                notes.append(f"Hugging Face 1 failed: {getattr(error, 'stderr', None) or error}"[-200:])
            second = weir(args, folder, "texts", file.name, args.rounds)
        ours = [max(first[key], second[key]) for key in ("cold", "warm")]
        tokens = sum(len(ids) for ids in peers.hugging_face(folder, name)(texts[:300]))
        with tempfile.NamedTemporaryFile() as file:
            written(texts[:300], file)
            if (made := weir(args, folder, "pass", file.name)["tokens"]) != tokens:
                notes.append(f"weir makes {made} tokens of the first 300 texts, Hugging Face {tokens}")
        print(f"{name:<13} {title:<14} {'weir':<16} cold {ours[0]:7.1f} warm {ours[1]:7.1f} MB/s, {size(texts):.1f} MB, {first['tokens']} tokens")
        for peer, rate in rates.items():
            print(f"{'':<28} {peer:<16} cold {rate[0]:7.1f} warm {rate[1]:7.1f} MB/s: weir is {ours[0] / rate[0]:6.2f} x and {ours[1] / rate[1]:6.2f} x as fast")
        for note in notes:
            print(f"{'':<28} {note}")
        sys.stdout.flush()



HF_LOAD = """
import sys, time, re, json
from pathlib import Path
import tokenizers
resident = lambda field: float(re.search(field + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
before, begin = resident("VmRSS"), time.perf_counter()
tok = tokenizers.Tokenizer.from_file(sys.argv[1])
print(json.dumps({"seconds": time.perf_counter() - begin, "stay": resident("VmRSS") - before, "highest": resident("VmHWM") - before}))
"""


def loading(args, folder, name):
    ours = min((weir(args, folder, "load") for _ in range(3)), key=lambda r: r["seconds"])
    theirs = min((json.loads(subprocess.run([sys.executable, "-c", HF_LOAD, str(folder / "tokenizer.json")], capture_output=True, check=True).stdout) for _ in range(2)), key=lambda r: r["seconds"])
    print(f"{name:<13} load: weir {ours['seconds'] * 1e3:.0f} ms, {ours['stay']:.0f} MiB stay, {ours['highest']:.0f} at the highest; Hugging Face {theirs['seconds'] * 1e3:.0f} ms, {theirs['stay']:.0f}, "
          f"{theirs['highest']:.0f}: {theirs['seconds'] / ours['seconds']:.1f} x as fast, {ours['stay'] / theirs['stay']:.2f} of the memory")


def alone(args, folder, name, texts, cores):
    grown = weir(args, folder, "growth")
    if grown:
        print(f"{name:<13} hard texts of 1 MiB: time(2n)/time(n) {grown['ratio']:.2f} at worst of {grown['families']} families ({grown['family']}); the slowest runs at {grown['slowest']} MB/s")
    with tempfile.NamedTemporaryFile() as file:
        written(texts, file)
        os.sched_setaffinity(0, cores)
        pair = weir(args, folder, "threads", file.name)
        os.sched_setaffinity(0, {min(cores)})
        if pair:
            print(f"{name:<13} two threads do {pair['speedup']:.2f} x the work of one")
    if args.callgrind:
        print(f"{name:<13} {instructions(args, folder, texts[:300])}")


def instructions(args, folder, texts):
    with tempfile.TemporaryDirectory() as work:
        with open(f"{work}/texts", "wb") as file:
            written(texts, file)
        command = ["valgrind", "--tool=callgrind", "--toggle-collect=weir::measured_pass*", f"--callgrind-out-file={work}/out", args.weir, str(folder), "pass", f"{work}/texts"]
        try:
            done = subprocess.run(command, capture_output=True, text=True)
        except FileNotFoundError:
            return "valgrind is not installed: no instruction counts"
        found = re.search(r"Collected : (\d+)", done.stderr)
        if not found or done.returncode != 0:
            return f"callgrind failed: {done.stderr[-200:]}"
        tokens = json.loads(done.stdout)["tokens"]
        return f"{int(found[1]) / tokens:.0f} instructions a token from a cold cache ({tokens} tokens, callgrind)"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", required=True)
    parser.add_argument("--cache", required=True, type=Path)
    parser.add_argument("--tokenizers", nargs="+", default=list(peers.PEERS))
    parser.add_argument("--count", type=int, default=4000, help="texts of each set")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--callgrind", action="store_true")
    args = parser.parse_args()
    cpu = Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*:\s*(.*)", cpu)[1]
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    print(f"{model}, {'AVX-512' if 'avx512bw' in cpu else 'AVX2'}; one thread on one core, best of {args.rounds}; load of the machine {os.getloadavg()[0]:.1f}")
    print("; ".join(f"{p} {importlib.metadata.version(p)}" for p in ("tokenizers", "nanotoken", "tiktoken", "tokie", "iree-tokenizer", "kitoken", "bpe-qwen", "flash-tokenizer", "budtiktok")))
    sets = text_sets(args.cache, args.count)
    for name in args.tokenizers:
        source = args.cache / ("models/all-MiniLM-L6-v2" if name == "bert-uncased" else f"tokenizers/{name}")
        with tempfile.TemporaryDirectory() as work:
            folder = Path(work)
            parts = json.loads((source / "tokenizer.json").read_text(encoding="utf-8")) | {"truncation": None, "padding": None}
            (folder / "tokenizer.json").write_text(json.dumps(parts, ensure_ascii=False), encoding="utf-8")
            if (source / "vocab.txt").exists():
                (folder / "vocab.txt").write_text((source / "vocab.txt").read_text(encoding="utf-8"), encoding="utf-8")
            if weir(args, folder, "load") is None:
                continue
            race(args, folder, name, sets)
            loading(args, folder, name)
            alone(args, folder, name, sets["English"], cores)


if __name__ == "__main__":
    main()

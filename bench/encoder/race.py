"""Runs weir's encoder and its peers on the same ids and weights, interleaved, and prints every ratio. See bench/encoder/run."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

from texts import write_sets

HERE = pathlib.Path(__file__).resolve().parent
PEERS = ("onnxruntime", "openvino", "torch")


class Engine:
    """A process that waits for commands; it computes only while it is asked to."""

    def __init__(self, name, command, environment):
        self.name, self.best = name, {}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                        env=environment)
        self.info = self.ask("info")

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        while True:
            answer = self.process.stdout.readline()
            if not answer:
                sys.exit(f"{self.name} ended at: {line}")
            if answer.startswith("{"):
                return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def start_engines(args, threads):
    environment = dict(os.environ, HF_HUB_OFFLINE="1", OMP_NUM_THREADS=str(threads), TOKENIZERS_PARALLELISM="false")
    weir = [args.weir, "--model", args.model, "--threads", str(threads)]
    if args.isa == "avx2":
        environment.update(DNNL_MAX_CPU_ISA="AVX2", ONEDNN_MAX_CPU_ISA="AVX2", ATEN_CPU_CAPABILITY="avx2")
        weir += ["--isa", "avx2"]
    engines = [Engine("weir", weir, environment)]
    for name in args.peers:
        command = [sys.executable, str(HERE / "peer.py"), name, "--model", args.model, "--threads", str(threads)]
        engines.append(Engine(name, command, environment))
    return engines


def check_outputs(engines, folder, batch, hidden):
    """Largest difference of any hidden value from weir's, over the equal and the first ragged batch."""
    differences = {}
    for name in ("equal128", "check"):
        outputs = {}
        for engine in engines:
            path = pathlib.Path(folder) / f"{engine.name}.out"
            engine.ask(f"dump {folder}/{name}.ids {batch} {path}")
            outputs[engine.name] = np.fromfile(path, np.float32).reshape(-1, hidden)
        for engine in engines[1:]:
            difference = float(np.abs(outputs[engine.name] - outputs["weir"]).max())
            differences[engine.name] = max(differences.get(engine.name, 0.0), difference)
    for name, difference in differences.items():
        if difference > 2e-4:
            sys.exit(f"{name} and weir differ by {difference:.2e}: nothing to race")
    return differences


def race(args, threads, folder, hidden):
    engines = start_engines(args, threads)
    weir, peers = engines[0], engines[1:]
    differences = check_outputs(engines, folder, args.batch, hidden)
    gemm, gflop = 0.0, 0.0
    for _ in range(args.rounds):
        gemm = max(gemm, weir.ask("gemm 2")["gflops"])
        for engine in engines:
            for name in ("equal128", "ragged", "equal_mean" if engine is weir else "sorted"):
                answer = engine.ask(f"run {folder}/{name}.ids {args.batch}")
                # On one thread CPU time: it leaves out what other programs took from this core.
                seconds = answer["cpu" if threads == 1 else "wall"]
                engine.best[name] = max(engine.best.get(name, 0.0), answer["tokens"] / seconds)
                if engine is weir and name == "equal128":
                    gflop = answer["gflop"] / answer["tokens"]
    for engine in engines:
        engine.close()

    def best(name):
        return max(peers, key=lambda peer: peer.best[name]) if peers else None

    result = {"threads": threads, "isa": weir.info["isa"], "kernels": weir.info["kernels"], "device": weir.info["device"],
              "tokens_per_second": {e.name: {k: round(v) for k, v in e.best.items()} for e in engines},
              "versions": {p.name: p.info["version"] for p in peers}, "largest_difference": differences,
              "gemm_gflops": gemm, "model_gflops": round(gflop * weir.best["equal128"], 1), "ratios": {}}
    ratios = result["ratios"]
    ratios["model over gemm rate (goal 0.92, floor 0.85)"] = gflop * weir.best["equal128"] / gemm
    ratios["ragged over equal length (goal 0.95, floor 0.90)"] = weir.best["ragged"] / weir.best["equal_mean"]
    if peers:
        goal = "goal 1.10, floor 1.0" if threads == 1 else "goal 1.15, floor 1.0"
        ratios[f"equal lengths over {best('equal128').name} ({goal})"] = weir.best["equal128"] / best("equal128").best["equal128"]
        ratios[f"ragged over {best('ragged').name} in arrival order (goal 2.3, floor 2.0)"] = weir.best["ragged"] / best("ragged").best["ragged"]
        ratios[f"ragged over {best('sorted').name} sorted (goal 1.05, floor 0.95)"] = weir.best["ragged"] / best("sorted").best["sorted"]
    return result


def print_table(result):
    print(f"\n{result['device']}, {result['isa']} (weir's kernels: {result['kernels']}), {result['threads']} thread(s); tokens/s, best of all rounds")
    names = ("equal128", "ragged", "sorted", "equal_mean")
    print(f"{'':14}" + "".join(f"{n:>12}" for n in names))
    for engine, rates in result["tokens_per_second"].items():
        print(f"{engine:14}" + "".join(f"{rates.get(n, ''):>12}" for n in names))
    print(f"matrix products alone {result['gemm_gflops']:.1f} GFLOP/s, whole model {result['model_gflops']:.1f}")
    for name, ratio in result["ratios"].items():
        print(f"  {ratio:5.2f}  {name}")
    print(json.dumps(result), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--weir", required=True, help="weir_encoder_bench")
    parser.add_argument("--model", required=True)
    parser.add_argument("--texts", required=True, help="JSON Lines with a field text")
    parser.add_argument("--documents", type=int, default=512)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--peers", nargs="*", default=list(PEERS), choices=PEERS)
    parser.add_argument("--isa", choices=["best", "avx2"], default="best", help="avx2 holds weir, torch and OpenVINO to AVX2 (onnxruntime cannot be)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sets = write_sets(args.model, args.texts, folder, args.documents, args.batch)
        (pathlib.Path(folder) / "check.ids").write_text("".join(" ".join(map(str, s)) + "\n" for s in sets["ragged"][: args.batch]))
        hidden = json.loads((pathlib.Path(args.model) / "config.json").read_text())["hidden_size"]
        tokens = sum(map(len, sets["ragged"]))
        padded = sum(max(map(len, sets["ragged"][i : i + args.batch])) * len(sets["ragged"][i : i + args.batch]) for i in range(0, args.documents, args.batch))
        print(f"{args.documents} documents, {tokens} tokens; padded / real in arrival order {padded / tokens:.2f}; equal_mean is {len(sets['equal_mean'][0])} tokens")
        for threads in args.threads:
            print_table(race(args, threads, folder, hidden))


main()

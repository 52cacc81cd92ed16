"""Runs a tool over many files, in parallel, and remembers what was clean: a file is looked at again only when it, a header of ours
that it includes, the tool or its settings changed."""

import concurrent.futures
import hashlib
import os
import pathlib
import subprocess
import sys

import tree


class Fingerprints:
    """Hashes a file together with everything of ours that it includes, directly or not. `roots` are the include folders."""

    def __init__(self, roots, salt):
        self.roots, self.salt, self.includes, self.digests = [pathlib.Path(r) for r in roots], salt, {}, {}

    def find(self, name):
        return next((root / name for root in self.roots if (root / name).is_file()), None)

    def scan(self, path):
        if path not in self.includes:
            text = path.read_text(encoding="utf-8", errors="replace")
            self.digests[path] = hashlib.sha256(text.encode()).hexdigest()
            found = [self.find(match.group(2)) for match in tree.INCLUDE.finditer(text)]
            self.includes[path] = [p for p in found if p]
        return self.includes[path]

    def of(self, path):
        seen, queue = set(), [path]
        while queue:
            if (current := queue.pop()) not in seen:
                seen.add(current)
                queue += self.scan(current)
        return hashlib.sha256("".join([self.salt] + sorted(self.digests[p] for p in seen)).encode()).hexdigest()


def version_of(tool):
    return subprocess.run([tool, "--version"], capture_output=True, text=True, check=True).stdout


def run(kind, jobs, parallel=None):
    """jobs: (name, fingerprint, command, folder). Returns the output of each command that failed."""
    store = pathlib.Path(os.environ.get("WEIR_CACHE", pathlib.Path(__file__).resolve().parents[2] / ".cache")) / "checks" / kind
    store.mkdir(parents=True, exist_ok=True)
    waiting = [job for job in jobs if not (store / job[1]).exists()]
    failures, done = [], 0

    def work(job):
        finished = subprocess.run(job[2], cwd=job[3], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if finished.returncode == 0:
            (store / job[1]).touch()
        return job[0], finished

    with concurrent.futures.ThreadPoolExecutor(parallel or os.cpu_count()) as pool:
        for name, finished in pool.map(work, waiting):
            done += 1
            if sys.stderr.isatty():
                print(f"\r{kind}: {done}/{len(waiting)}\033[K", end="\n" if done == len(waiting) else "", file=sys.stderr, flush=True)
            if finished.returncode != 0:
                failures.append(f"{name}: {kind} failed (exit {finished.returncode})\n{finished.stdout.rstrip()}")
    print(f"{kind}: {len(waiting)} of {len(jobs)} looked at, the others are unchanged since they were clean")
    return failures

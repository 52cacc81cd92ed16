"""Holds the files of deploy/ true: units verify, YAML parses, paths exist, names and ports agree with each other and the configs."""

import os
import pathlib
import re
import shutil
import site
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
CACHE = pathlib.Path(os.environ.get("WEIR_CACHE", ROOT / ".cache"))
for folder in CACHE.glob("venv/lib/python*/site-packages"):
    site.addsitedir(str(folder))
import yaml  # noqa: E402  (from the environment that tools/setup makes)

CONTAINERFILE = (DEPLOY / "container/Containerfile").read_text()
COMPOSE = yaml.safe_load((DEPLOY / "compose/compose.yaml").read_text())
EMBED = (ROOT / "configs/embed.yaml").read_text()


def listed(name):
    lines = (DEPLOY / name).read_text().splitlines()
    return {line for line in lines if line and not line.startswith("#")}


class Systemd(unittest.TestCase):
    def test_unit_verifies(self):
        self.assertTrue(shutil.which("systemd-analyze"), "systemd-analyze is missing: run tools/setup --for test")
        unit = (DEPLOY / "systemd/weir@.service").read_text()
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder) / "weir@.service"
            copy.write_text(unit.replace("ExecStart=/usr/local/bin/weir", "ExecStart=/bin/true"))
            finished = subprocess.run(["systemd-analyze", "verify", "--man=no", f"{folder}/weir@embed.service"], capture_output=True, text=True)
        self.assertEqual((finished.returncode, finished.stdout + finished.stderr), (0, ""))

    def test_variables_are_those_of_the_config(self):
        unit = (DEPLOY / "systemd/weir@.service").read_text()
        for name in re.findall(r"^Environment=(\w+)=", unit, re.M):
            self.assertIn("${" + name, EMBED)


class Container(unittest.TestCase):
    def test_copied_paths_exist(self):
        sources = [source for line in re.findall(r"^COPY (?!--from)(.+)$", CONTAINERFILE, re.M) for source in line.split()[:-1]]
        self.assertIn("configs/", sources)
        for source in sources:
            self.assertTrue((ROOT / source).exists(), source)

    def test_variables_and_the_default_dataflow_are_those_of_the_configs(self):
        for name in re.findall(r"(WEIR_\w+)=", CONTAINERFILE):
            self.assertIn("${" + name, EMBED)
        dataflow = re.search(r'CMD \["run", "/etc/weir/([\w.-]+)"\]', CONTAINERFILE).group(1)
        self.assertTrue((ROOT / "configs" / dataflow).exists())

    def test_runtime_packages_are_those_of_the_program(self):
        program = sys.argv[1]
        needed = re.findall(r"NEEDED\s+(\S+)", subprocess.run(["objdump", "-p", program], capture_output=True, text=True, check=True).stdout)
        owners = set()
        for library in needed:
            found = subprocess.run(["dpkg", "-S", f"*/{library}"], capture_output=True, text=True)
            names = {line.split(":")[0] for line in found.stdout.splitlines()}
            self.assertTrue(names, f"no Debian package holds {library}")
            owners.add(sorted(names, key=len)[0])
        owners -= {"libc6", "libgcc-s1"}  # in every Debian image
        self.assertEqual(owners, listed("container/runtime-packages.txt"))


class Compose(unittest.TestCase):
    def test_paths_exist(self):
        build = COMPOSE["services"]["weir"]["build"]
        context = (DEPLOY / "compose" / build["context"]).resolve()
        self.assertEqual(context, ROOT)
        self.assertTrue((context / build["dockerfile"]).exists())

    def test_variables_are_those_of_the_config(self):
        for name in COMPOSE["services"]["weir"]["environment"]:
            self.assertIn("${" + name, EMBED)

    def test_ports_agree(self):
        weir = COMPOSE["services"]["weir"]
        port = re.search(r"WEIR_LISTEN=0\.0\.0\.0:(\d+)", CONTAINERFILE).group(1)
        self.assertEqual(weir["ports"], [f"127.0.0.1:{port}:{port}"])
        self.assertIn(f"/dev/tcp/127.0.0.1/{port}", weir["healthcheck"]["test"][-1])
        self.assertIn(f"EXPOSE {port}", CONTAINERFILE)
        server = weir["environment"]["KAFKA_BOOTSTRAP_SERVERS"]
        self.assertIn(f"INTERNAL://{server}", COMPOSE["services"]["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"])

    def test_mounts_are_where_the_image_looks(self):
        models = re.search(r"WEIR_MODELS=(\S+)", CONTAINERFILE).group(1)
        self.assertEqual([volume.split(":")[1] for volume in COMPOSE["services"]["weir"]["volumes"]], [models])


class Readmes(unittest.TestCase):
    def test_paths_in_commands_exist(self):
        for readme in DEPLOY.rglob("README.md"):
            for path in re.findall(r"\b(?:deploy|configs|tools)/[\w./@-]+", readme.read_text()):
                self.assertTrue((ROOT / path.rstrip(".")).exists(), f"{readme}: {path}")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

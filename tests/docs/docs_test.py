"""Holds the documentation true: the sample class of CONTRIBUTING.md works, links lead somewhere, and the metrics page names exactly
the metrics that the program declares."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = sorted(path for path in ROOT.glob("**/*.md") if not {"build", ".cache", ".git"} & set(path.relative_to(ROOT).parts[:1]))


class Contributing(unittest.TestCase):
    def test_sample_class_compiles_and_passes_its_test(self):
        text = (ROOT / "CONTRIBUTING.md").read_text()
        blocks = re.findall(r"`([\w/]+\.[ch]pp)`\n\n```cpp\n(.*?)```", text, re.S)
        self.assertEqual([name for name, _ in blocks], ["base/rate.hpp", "base/rate.cpp", "tests/base/rate_test.cpp"])
        with tempfile.TemporaryDirectory() as folder:
            for name, code in blocks:
                path = pathlib.Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(code)
            command = ["g++", "-std=c++20", "-Wall", "-Wextra", "-Werror", f"-I{folder}", f"-I{ROOT}", f"{folder}/base/rate.cpp",
                       f"{folder}/tests/base/rate_test.cpp", "-lgtest", "-lgtest_main", "-pthread", "-o", f"{folder}/rate_test"]
            compiled = subprocess.run(command, capture_output=True, text=True)
            self.assertEqual(compiled.returncode, 0, compiled.stderr)
            ran = subprocess.run([f"{folder}/rate_test"], capture_output=True, text=True)
            self.assertEqual(ran.returncode, 0, ran.stdout)


class Readme(unittest.TestCase):
    def test_shows_the_main_example_as_it_is(self):
        shown = re.search(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.S).group(1)
        self.assertEqual(shown, (ROOT / "configs/embed.yaml").read_text())


class Links(unittest.TestCase):
    def test_links_lead_somewhere(self):
        broken = []
        for page in PAGES:
            text = re.sub(r"```.*?```", "", page.read_text(), flags=re.S)
            for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
                if "://" not in target and not (page.parent / target).exists():
                    broken.append(f"{page.relative_to(ROOT)}: {target}")
        self.assertEqual(broken, [])

    def test_paths_in_code_exist(self):
        """In prose, `folder/file.ext` in backticks is a path from the root (or from the page's own folder)."""
        broken = []
        for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
            text = re.sub(r"```.*?```", "", page.read_text(), flags=re.S)
            for path in re.findall(r"`((?:[\w.-]+/)+[\w.-]*\.(?:hpp|cpp|yaml|tsv|md|py|fbs|cmake|txt))`", text):
                if not (ROOT / path).exists() and not (page.parent / path).exists():
                    broken.append(f"{page.relative_to(ROOT)}: {path}")
        self.assertEqual(broken, [])


class MetricsPage(unittest.TestCase):
    def test_is_what_the_sources_declare(self):
        finished = subprocess.run([sys.executable, str(ROOT / "tools/metrics_page.py"), "--check"], capture_output=True, text=True)
        self.assertEqual(finished.returncode, 0, finished.stdout + finished.stderr)


if __name__ == "__main__":
    unittest.main()

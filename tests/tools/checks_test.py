"""Feeds each check of tools/checks a small tree that breaks its rule, and sees it caught."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Checks(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = pathlib.Path(folder.name)
        self.write("tools/rooms.tsv", (ROOT / "tools/rooms.tsv").read_text())
        self.write("tools/suppressions.txt", "0")

    def write(self, name, text):
        path = self.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run_check(self, check, *options):
        command = [sys.executable, str(ROOT / "tools/checks" / f"{check}.py"), "--root", str(self.tree), *options]
        environment = dict(os.environ, WEIR_CACHE=str(self.tree / "cache"))
        return subprocess.run(command, capture_output=True, text=True, env=environment)

    def passes(self, check, *options):
        finished = self.run_check(check, *options)
        self.assertEqual(finished.returncode, 0, finished.stdout + finished.stderr)
        return finished.stdout

    def catches(self, check, *expected, options=()):
        finished = self.run_check(check, *options)
        self.assertEqual(finished.returncode, 1, finished.stdout + finished.stderr)
        for text in expected:
            self.assertIn(text, finished.stdout)
        return finished.stdout

    def test_rooms_include_what_the_table_allows(self):
        self.write("kafka/a.hpp", '#include <string>\n#include <sys/mman.h>\n#include <librdkafka/rdkafka.h>\n'
                   '#include "pipeline/delivery/ports.hpp"\n#include "base/error.hpp"\n')
        self.write("models/a.cpp", '#include <nlohmann/json.hpp>\n#include <fmt/format.h>\n')
        self.write("app/main.cpp", '#include <CLI/CLI.hpp>\n#include "kafka/a.hpp"\n')
        self.passes("includes")

    def test_forbidden_rooms_are_all_reported(self):
        self.write("pipeline/flow/a.hpp", '\n#include "pipeline/delivery/ports.hpp"\n#include "models/bert.hpp"\n')
        self.write("base/a.cpp", '#include "messages/job.hpp"\n')
        self.catches("includes", "pipeline/flow/a.hpp:2: pipeline/flow may not include pipeline/delivery",
                     "pipeline/flow/a.hpp:3:", "base/a.cpp:1:")

    def test_types_of_one_name_are_caught(self):
        self.write("actors/a.hpp", "namespace weir {\nstruct Parts {\n};\nclass Port;\nstruct Out::Inner {\n};\n}  // namespace weir\n")
        self.write("files/a.cpp", "namespace weir {\nnamespace {\nstruct Parts {};\n}  // namespace\nstruct Out {\n};\n}  // namespace weir\n")
        self.write("kafka/a.hpp", "namespace weir::kafka {\nstruct Parts {\n};\n}  // namespace weir::kafka\n")
        self.passes("type_names")
        self.write("tokenizers/a.hpp", "namespace weir {\nclass Parts final : public Base {\n};\n}  // namespace weir\n")
        self.catches("type_names", "tokenizers/a.hpp:2: weir::Parts is also defined in actors/a.hpp")

    def test_libraries_stay_in_their_rooms(self):
        self.write("actors/a.cpp", "#include <librdkafka/rdkafka.h>\n#include <boost/any.hpp>\n")
        self.write("models/a.hpp", "#include <nlohmann/json.hpp>\n")
        self.catches("includes", "a.cpp:1: <librdkafka/rdkafka.h> lives in kafka only",
                     "a.cpp:2: <boost/any.hpp> is a library", "models/a.hpp:1:")

    def test_includes_start_at_the_root(self):
        self.write("kafka/a.cpp", '#include "a.hpp"\n#include <base/error.hpp>\n')
        self.catches("includes", "a.cpp:1:", "a.cpp:2:")

    def test_link_lines_repeat_the_table(self):
        self.write("kafka/CMakeLists.txt", "weir_room(kafka SOURCES a.cpp LINK weir_base weir_pipeline_delivery)\n")
        self.passes("links")
        self.write("models/CMakeLists.txt", "weir_room(models SOURCES a.cpp LINK weir_base)\n"
                   "target_link_libraries(weir_models PRIVATE weir_kafka)\n")
        self.catches("links", "models/CMakeLists.txt:2: models may not link kafka")

    def test_text_rules(self):
        self.write("base/good.hpp", '#pragma once\n#ifdef __AVX2__\n#endif\n// exit(1) in a comment\n'
                   'void on_exit(int);\nconst char* text = "abort()";\n')
        self.passes("text_rules")
        self.write("base/bad.hpp", "#if defined(WEIR_CUDA)\n#endif\nusing namespace std;\n")
        self.write("base/bad.cpp", "void f() {\n  std::abort();\n  if (!getenv(name)) ::exit(1);\n}\n")
        self.write("kafka/utils/a.txt", "")
        self.catches("text_rules", "bad.hpp:1: a header starts", "bad.hpp:1: a header does not", "bad.hpp:3:",
                     "bad.cpp:2:", "getenv", "exit(", "kafka/utils/a.txt:1: a drawer")

    def test_unfinished_work_skips_and_sleeps(self):
        self.write("tests/base/a_test.cpp", "void f() {\n  std::this_thread::sleep_for(1s);\n  GTEST_SKIP();\n}\n// TODO: more\n")
        self.write("base/b.cpp", "TEST(A, DISABLED_b) {}\n")
        self.catches("text_rules", "a_test.cpp:2: a test does not sleep", "a_test.cpp:3:", "a_test.cpp:5: finish it", "b.cpp:1: a test is never skipped")

    def test_lengths(self):
        self.write("base/a.cpp", "class A {\n  void f() const {\n" + "    call([] { g(); });\n" * 130 + "  }\n};\n")
        self.write("base/b.cpp", "int x;\n" * 601)
        self.write("base/c.cpp", "struct Table {\n" + "  int x;\n" * 450 + "};\n")
        output = self.catches("lengths", "a.cpp:2: f has 132 lines", "b.cpp:1: the file has 601 lines")
        self.assertIn("warning: base/c.cpp:1: the file has 452", output)
        self.write("tools/long_files.tsv", "base/a.cpp:f\tone table\nbase/b.cpp\tgenerated\n")
        self.passes("lengths")
        self.write("tools/long_files.tsv", "base/a.cpp:f\tone table\nbase/b.cpp\tgenerated\nbase/c.cpp\tno need\n")
        self.catches("lengths", "base/c.cpp is short enough")

    def test_folder_map_is_true_both_ways(self):
        for room in ("base", "pipeline/flow", "tools"):
            self.write(f"{room}/README.md", "what is here")
        good = "| `base/` | x |\n| `pipeline/` | x |\n| `pipeline/flow/` | x |\n| `tools/` | x |\n"
        self.write("README.md", good)
        self.passes("folder_map")
        self.write("kafka/README.md", "line\n" * 26)
        self.write("README.md", "| `base/` | x |\n| `gone/` | x |\n| `pipeline/` | x |\n")
        self.catches("folder_map", "README.md:2: the map names gone/", "does not name kafka/",
                     "does not name pipeline/flow/", "does not name tools/", "kafka/README.md: 26 lines")

    def test_rooms_have_a_readme(self):
        self.write("base/a.hpp", "")
        self.write("README.md", "| `base/` | x |\n| `tools/` | x |\n")
        self.catches("folder_map", "base/README.md: missing")

    def test_suppressions_may_only_shrink(self):
        self.passes("suppressions")
        self.write("base/a.cpp", "int x;  // NOLINT(bugprone-x)\n")
        self.catches("suppressions", "says 0, the tree has 1")
        self.write("tools/suppressions.txt", "2")
        self.catches("suppressions", "write 1 there")

    def test_format(self):
        self.write(".clang-format", "BasedOnStyle: Google\n")
        self.write("base/a.cpp", "int x;\n")
        self.passes("format")
        self.write("base/b.cpp", "int   x ;\n")
        self.catches("format", "base/b.cpp:1:")

    def test_headers_compile_alone_and_clean_ones_are_remembered(self):
        self.write("base/a.hpp", "#pragma once\n#include <string>\nstd::string f();\n")
        self.assertIn("1 of 1", self.passes("headers"))
        self.assertIn("0 of 1", self.passes("headers"))
        self.write("base/b.hpp", '#pragma once\n#include "base/a.hpp"\nstd::vector<int> g();\n')
        self.catches("headers", "base/b.hpp: headers failed", "1 of 2")
        self.write("base/a.hpp", "#pragma once\n#include <string>\n#include <vector>\nstd::string f();\n")
        self.assertIn("2 of 2", self.passes("headers"))

    def test_tidy(self):
        self.write(".clang-tidy", "Checks: '-*,bugprone-use-after-move'\nWarningsAsErrors: '*'\n")
        self.write("base/a.cpp", "#include <utility>\n#include <string>\nvoid g(std::string);\n"
                   "void f(std::string s) { g(std::move(s)); g(s); }\n")
        path = self.tree / "base/a.cpp"
        self.write("build/compile_commands.json",
                   f'[{{"directory": "{self.tree}", "file": "{path}", "command": "g++ -std=c++20 -c {path}"}}]')
        self.catches("tidy", "bugprone-use-after-move")


if __name__ == "__main__":
    unittest.main()

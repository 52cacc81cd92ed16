#include "pooling/inspect.hpp"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/exit_codes.hpp"
#include "app/verbs.hpp"
#include "pooling/read_facts.hpp"
#include "tokenizers/tokenizer.hpp"

namespace weir {
namespace {

int failed(const Error& error) {
  fmt::print(stderr, "weir: {}\n", error.message);
  return exit_code_of(error);
}

int inspect_directory(const std::filesystem::path& dir) {
  TokenizerOptions options;
  if (std::filesystem::exists(dir / "config.json")) {
    const auto facts = read_model_facts(dir);
    if (!facts) return failed(facts.error());
    std::string section;
    for (const auto& line : inspect(*facts)) {
      if (line.section != section) fmt::print("{}{}\n", section.empty() ? "" : "\n", line.section);
      section = line.section;
      fmt::print("  {:<22} {}{}\n", line.name, line.value,
                 line.origin.empty() ? "" : fmt::format("  [{}]", line.origin));
    }
    options.lower_case = facts->lower_case;
  } else {
    fmt::print("model\n  none: there is no config.json\n");
  }
  const auto tokenizer = Tokenizer::load(dir, options);
  if (!tokenizer) return failed(tokenizer.error());
  fmt::print("\ntokenizer\n");
  for (const auto& part : (*tokenizer)->describe()) fmt::print("  {:<22} {}\n", part.name, part.value);
  return exit_ok;
}

}  // namespace

void add_inspect(CLI::App& app, int& exit_code) {
  auto* verb =
      app.add_subcommand("inspect", "Say what weir does with a model directory, and where each setting came from");
  auto dir = std::make_shared<std::string>();
  verb->add_option("DIR", *dir, "Hugging Face model directory, or one with a tokenizer alone")->required();
  verb->footer("Example:\n  weir inspect .cache/models/all-MiniLM-L6-v2");
  verb->callback([dir, &exit_code] { exit_code = inspect_directory(*dir); });
}

}  // namespace weir

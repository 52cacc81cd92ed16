#include "pipeline/spec/schema.hpp"

#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/spec_context.hpp"
#include "app/verbs.hpp"

namespace weir {

void add_schema(CLI::App& app, int& exit_code) {
  (void)exit_code;  // printing a table cannot fail
  auto* verb =
      app.add_subcommand("schema", "Print the JSON Schema of dataflow files, or the reference of their options");
  auto format = std::make_shared<std::string>("json");
  verb->add_option("--format", *format, "json or markdown")
      ->check(CLI::IsMember({"json", "markdown"}))
      ->capture_default_str();
  verb->footer("Examples:\n  weir schema > docs/weir.schema.json\n  weir schema --format markdown > docs/options.md");
  verb->callback([format] {
    const auto options = all_options();
    fmt::print("{}", *format == "json" ? json_schema(options) : option_reference(options));
  });
}

}  // namespace weir

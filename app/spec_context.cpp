#include "app/spec_context.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "kafka/properties.hpp"
#include "kafka/property_rules.hpp"
#include "pipeline/spec/options.hpp"

namespace weir {
namespace {

std::optional<std::string> environment(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value ? std::optional<std::string>(value) : std::nullopt;
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorCode::not_found, "it does not exist or is not readable");
  std::ostringstream text;
  text << in.rdbuf();
  if (!in || in.bad()) return fail(ErrorCode::io_error, "it cannot be read to its end");
  return text.str();
}

// What weir sets of librdkafka unless the file does.
void add_defaults(kafka::Role role, std::string_view text, std::vector<Option>& options) {
  for (const auto& [name, value] : kafka::default_properties(role)) {
    const auto same = std::find_if(options.begin(), options.end(),
                                   [&, n = name](const Option& o) { return o.section == "kafka" && o.name == n; });
    if (same != options.end())
      same->text = "weir's default.";
    else
      options.push_back(
          {.section = "kafka", .name = name, .type = OptionType::string, .text = text, .fallback = value});
  }
}

}  // namespace

std::vector<Option> all_options() {
  const Options options = spec_options();
  std::vector<Option> all(options.begin(), options.end());
  add_defaults(kafka::Role::consumer, "weir's default for consumers.", all);
  add_defaults(kafka::Role::producer, "weir's default for producers.", all);
  return all;
}

SpecContext spec_context(ModelProbe probe) {
  SpecContext context;
  context.options = all_options();
  context.env = environment;
  context.read_file = read_file;
  context.probe_model = std::move(probe);
  context.properties = {kafka::check_property, kafka::check_properties, kafka::is_secret};
  return context;
}

}  // namespace weir

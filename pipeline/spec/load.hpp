#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "base/option.hpp"
#include "pipeline/spec/plan.hpp"
#include "pipeline/spec/probes.hpp"
#include "pipeline/spec/spec_error.hpp"

namespace weir {

// What planning may ask of the world. Everything is a parameter: a test needs no environment, no file and no model.
struct SpecContext {
  std::vector<Option> options;  // spec_options() and those of the rooms behind it (kafka, files)
  std::function<std::optional<std::string>(std::string_view)> env;   // ${NAME}; empty: no variable is set
  std::function<Result<std::string>(const std::string&)> read_file;  // ${file:PATH}; empty: refused
  ModelProbe probe_model;                                            // empty: models are not looked at
  PropertyRules properties;                                          // empty: properties are taken as they are
};

using SpecErrors = std::vector<SpecError>;

// Parses, interpolates, checks and plans one dataflow file: syntax (tier 0), options (1), graph (2) and models (3).
// Returns every error there is, in the order of the file; only a syntax error stands alone. `file` is the name that
// errors carry.
tl::expected<Plan, SpecErrors> load_plan(const std::string& file, std::string_view text, const SpecContext& context);

// The same for a file on disk ("-" is not special).
tl::expected<Plan, SpecErrors> load_plan_file(const std::string& path, const SpecContext& context);

}  // namespace weir

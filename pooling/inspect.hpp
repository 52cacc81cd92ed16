#pragma once

#include <string>
#include <vector>

#include "base/model_facts.hpp"

namespace weir {

// One setting of a model and where it came from, ready to be printed by `weir inspect` and `weir check`.
struct InspectLine {
  std::string section;  // "model", or the name of a task
  std::string name;
  std::string value;
  std::string origin;  // to_string(Origin), or empty where there is only one possibility
};

// What weir does with a model, setting by setting, in the order to print.
std::vector<InspectLine> inspect(const ModelFacts& facts);

}  // namespace weir

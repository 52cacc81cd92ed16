#pragma once

#include <string>
#include <vector>

#include "pipeline/spec/load.hpp"
#include "pipeline/spec/yaml_tree.hpp"

namespace weir {

// Replaces ${NAME}, ${NAME:-default}, ${NAME:?message}, ${file:PATH} and $$ in every value of the tree. This happens
// after parsing, so a value never adds structure; what is put in is not interpolated again. Values from files are
// marked secret and collected in `secrets`. A value that cannot be resolved is reported and marked failed.
void interpolate(YamlNode& node, const SpecContext& context, ErrorList& errors, std::vector<std::string>& secrets);

}  // namespace weir

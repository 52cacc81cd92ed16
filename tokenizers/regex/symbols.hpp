#pragma once

#include "tokenizers/regex/program.hpp"

namespace weir::regex {

// Fills what a program knows of characters; its states stand already.
Result<void> assign_symbols(const Syntax& syntax, Program& program);

}  // namespace weir::regex

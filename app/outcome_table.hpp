#pragma once

#include <cstdio>

namespace weir {

// Prints the JSON outcomes of a file, one a line, as a table for people.
void print_outcomes(std::FILE* file);

}  // namespace weir

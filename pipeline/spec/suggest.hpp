#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir {

// The candidate that a person most likely meant (Damerau-Levenshtein distance of at most a third of the length, case
// and
// `-`/`_` aside); empty when none is near.
std::string nearest(std::string_view text, const std::vector<std::string_view>& candidates);

// "did you mean 'topics'?" or, when nothing is near, "one of: a, b, c".
std::string suggest(std::string_view text, const std::vector<std::string_view>& candidates);

}  // namespace weir

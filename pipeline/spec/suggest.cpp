#include "pipeline/spec/suggest.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace weir {
namespace {

std::string fold(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '-') c = '_';
  }
  return out;
}

// Edits, a swap of neighbours counting as one; three rows of the usual table.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::string nearest(std::string_view text, const std::vector<std::string_view>& candidates) {
  constexpr size_t longest = 64;  // of a word worth comparing
  if (text.empty() || text.size() > longest) return "";
  const std::string word = fold(text);
  const size_t most = std::max<size_t>(1, text.size() / 3);
  size_t best = (most + 1) * longest;
  std::string_view found;
  for (const auto& candidate : candidates) {
    const size_t edits = distance(word, fold(candidate));
    const size_t other_length = std::max(text.size(), candidate.size()) - std::min(text.size(), candidate.size());
    const size_t cost = edits * longest + other_length;  // of equally near words the one as long
    if (edits <= most && cost < best) {
      best = cost;
      found = candidate;
    }
  }
  return std::string(found);
}

std::string suggest(std::string_view text, const std::vector<std::string_view>& candidates) {
  if (candidates.empty()) return "";
  if (const auto near = nearest(text, candidates); !near.empty()) return fmt::format("did you mean '{}'?", near);
  return fmt::format("one of: {}", fmt::join(candidates, ", "));
}

}  // namespace weir

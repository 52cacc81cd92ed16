#include "tokenizers/regex/char_set.hpp"

#include <algorithm>

#include "tokenizers/unicode/case_folds.hpp"

namespace weir::regex {

CharSet::CharSet(std::vector<CodeRange> ranges) {
  std::sort(ranges.begin(), ranges.end());
  for (const auto& range : ranges) {
    if (!ranges_.empty() && range.first <= ranges_.back().last + 1) {
      ranges_.back().last = std::max(ranges_.back().last, range.last);
    } else {
      ranges_.push_back(range);
    }
  }
}

CharSet CharSet::of(unicode::PropertySet property) {
  std::vector<CodeRange> ranges;
  const auto add = [&](char32_t first, char32_t last) {
    if (!ranges.empty() && ranges.back().last + 1 == first) {
      ranges.back().last = last;
    } else {
      ranges.push_back({first, last});
    }
  };
  bool uniform = false;  // the last block is all in or all out
  bool inside = false;
  for (char32_t begin = 0; begin <= last_code; begin += unicode::block) {
    if (uniform && unicode::same_block(begin, begin - unicode::block)) {
      if (inside) add(begin, begin + unicode::block - 1);
      continue;
    }
    uniform = true;
    inside = property.contains(begin);
    for (char32_t c = begin; c < begin + unicode::block; ++c) {
      const bool in = property.contains(c);
      uniform = uniform && in == inside;
      if (in) add(c, c);
    }
  }
  return CharSet(std::move(ranges));
}

CharSet CharSet::unite(const CharSet& other) const {
  auto ranges = ranges_;
  ranges.insert(ranges.end(), other.ranges_.begin(), other.ranges_.end());
  return CharSet(std::move(ranges));
}

CharSet CharSet::intersect(const CharSet& other) const { return complement().unite(other.complement()).complement(); }

CharSet CharSet::complement() const {
  CharSet result;
  char32_t from = 0;
  for (const auto& range : ranges_) {
    if (range.first > from) result.ranges_.push_back({from, range.first - 1});
    from = range.last + 1;
  }
  if (from <= last_code) result.ranges_.push_back({from, last_code});
  return result;
}

CharSet CharSet::with_other_case() const {
  std::vector<char32_t> kinds;
  for (const auto& fold : unicode::folds())
    if (contains(fold.code)) kinds.push_back(fold.kind);
  std::sort(kinds.begin(), kinds.end());
  auto ranges = ranges_;
  for (const auto& fold : unicode::folds())
    if (std::binary_search(kinds.begin(), kinds.end(), fold.kind)) ranges.push_back({fold.code, fold.code});
  return CharSet(std::move(ranges));
}

bool CharSet::contains(char32_t code) const {
  const auto after = std::upper_bound(ranges_.begin(), ranges_.end(), code,
                                      [](char32_t c, const CodeRange& range) { return c < range.first; });
  return after != ranges_.begin() && code <= std::prev(after)->last;
}

CharSet lone_word() {
  return CharSet::of(*unicode::find_property("\\w")).unite(CharSet({{0xB2, 0xB3}, {0xB9, 0xB9}, {0xBC, 0xBE}}));
}

}  // namespace weir::regex

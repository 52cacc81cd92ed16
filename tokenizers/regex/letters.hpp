#pragma once

#include <map>

#include "tokenizers/regex/syntax.hpp"

namespace weir::regex {

// The sets of a pattern, each but once.
class Sets {
 public:
  uint32_t add(CharSet set);
  size_t size() const { return sets_.size(); }
  // More places than a pattern can be compiled with: classes under (?i) may have a hundred each.
  bool full() const { return uses_ > 100'000; }
  std::vector<CharSet> take() { return std::move(sets_); }

 private:
  size_t uses_ = 0;
  std::vector<CharSet> sets_;
  std::map<CharSet, uint32_t> known_;
};

// Makes sets of the letters below `node`. Where (?i) holds, a letter may stand for several (U+00DF for "ss") and
// several neighbours for one; Oniguruma looks at three of them first, then at two, from the left. Also finds out what
// is nullable, and joins sequences in sequences.
void resolve_letters(Node& node, Sets& sets);

// A class under (?i): one of `members`, or the letters that one of them stands for.
Node with_unfolded(const CharSet& members, Sets& sets);

}  // namespace weir::regex

#include "tokenizers/readers/derived_merges.hpp"

#include <algorithm>

#include "tokenizers/utf8.hpp"
#include "tokenizers/vocabulary.hpp"

namespace weir {

LargeVector<Merge> derived_merges(const Vocabulary& vocabulary, SplitOrder order) {
  LargeVector<Merge> merges;
  for (int32_t id = 0; id < static_cast<int32_t>(vocabulary.size()); ++id) {
    const auto token = vocabulary.token(id);
    if (!token || vocabulary.find(*token) != id) continue;
    const auto first = static_cast<std::ptrdiff_t>(merges.size());
    uint64_t hash = Vocabulary::hash_start;
    for (size_t at = 1; at < token->size(); ++at) {
      hash = Vocabulary::hash_next(hash, (*token)[at - 1]);
      if (utf8::is_continuation((*token)[at])) continue;
      const auto left = vocabulary.find(token->substr(0, at), hash);
      if (!left) continue;
      if (const auto right = vocabulary.find(token->substr(at))) merges.push_back({*left, *right, id});
    }
    if (order == SplitOrder::lowest_ids)
      std::sort(merges.begin() + first, merges.end(),
                [](const Merge& a, const Merge& b) { return std::pair(a.left, a.right) < std::pair(b.left, b.right); });
  }
  return merges;
}

}  // namespace weir

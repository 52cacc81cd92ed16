#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "tokenizers/large_pages.hpp"
#include "tokenizers/models/merge_table.hpp"
#include "tokenizers/vocabulary.hpp"

namespace weir {

// A merge by its tokens.
using MergePair = std::pair<std::string_view, std::string_view>;

// Looks up the tokens of merges, in the order of their ranks, some at a time. One thread; the vocabulary stays.
class MergeReader {
 public:
  // `prefix`: how many bytes the right token loses in the result (continuing_subword_prefix). `expected`: how many
  // merges come, about. `place` names their list.
  MergeReader(const Vocabulary& vocabulary, size_t prefix, size_t expected, std::string place);

  // The texts stay until finish(). corrupt: the vocabulary lacks a token of a merge up to here.
  Result<void> add(MergePair pair);
  Result<LargeVector<Merge>> finish();

 private:
  static constexpr size_t block = 32;

  Result<void> look_up();
  tl::unexpected<Error> missing(std::string_view token) const;

  const Vocabulary& vocabulary_;
  size_t prefix_;
  std::string place_;
  std::array<std::string_view, 2 * block> texts_;  // of the merges that wait
  size_t waiting_ = 0;
  int32_t last_ = -1;  // the result before
  std::string joined_;
  LargeVector<Merge> merges_;
};

}  // namespace weir

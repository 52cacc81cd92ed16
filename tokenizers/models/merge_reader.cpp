#include "tokenizers/models/merge_reader.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace weir {

MergeReader::MergeReader(const Vocabulary& vocabulary, size_t prefix, size_t expected, std::string place)
    : vocabulary_(vocabulary), prefix_(prefix), place_(std::move(place)) {
  merges_.reserve(expected);
}

Result<void> MergeReader::add(MergePair pair) {
  texts_[2 * waiting_] = pair.first;
  texts_[2 * waiting_ + 1] = pair.second;
  return ++waiting_ < block ? Result<void>() : look_up();
}

Result<LargeVector<Merge>> MergeReader::finish() {
  if (auto done = look_up(); !done) return fail(std::move(done.error()));
  return std::move(merges_);
}

Result<void> MergeReader::look_up() {
  std::array<int32_t, 2 * block> ids;
  vocabulary_.find_all(std::span(texts_).first(2 * waiting_), ids);
  for (size_t i = 0; i < waiting_; ++i) {
    const auto left = texts_[2 * i];
    const auto right = texts_[2 * i + 1];
    if (ids[2 * i] < 0) return missing(left);
    if (ids[2 * i + 1] < 0) return missing(right);
    const auto rest = right.substr(std::min(prefix_, right.size()));
    const auto is_result = [&](int32_t id) {
      const auto token = vocabulary_.token(id);
      return token && token->size() == left.size() + rest.size() && token->starts_with(left) && token->ends_with(rest);
    };
    // Files list the results in the order of their ids, nearly always.
    if (!is_result(last_) && !is_result(++last_)) {
      joined_.assign(left).append(rest);
      const auto found = vocabulary_.find(joined_);
      if (!found) return missing(joined_);
      last_ = *found;
    }
    merges_.push_back({ids[2 * i], ids[2 * i + 1], last_});
  }
  waiting_ = 0;
  return {};
}

tl::unexpected<Error> MergeReader::missing(std::string_view token) const {
  return fail(ErrorCode::corrupt, fmt::format("{}/{}: '{}' is not in the vocabulary", place_, merges_.size(), token));
}

}  // namespace weir

#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tokenizers/model.hpp"

namespace weir {

// A word is a token or unknown. Immutable; for any thread.
class WordLevel final : public Model {
 public:
  WordLevel(Vocabulary vocabulary, std::string unk_token)
      : vocabulary_(std::move(vocabulary)), unk_token_(std::move(unk_token)), unk_(vocabulary_.find(unk_token_)) {}

  Result<void> encode(std::string_view word, EncodeBuffers& buffers, std::vector<int32_t>& ids,
                      std::vector<uint32_t>* ends) const override;
  const Vocabulary& vocabulary() const override { return vocabulary_; }
  std::string describe() const override;

 private:
  Vocabulary vocabulary_;
  std::string unk_token_;
  std::optional<int32_t> unk_;
};

}  // namespace weir

#pragma once

#include <cstdint>

#include "tokenizers/normalizer.hpp"

namespace weir {

// NFC, NFD, NFKC and NFKD (Unicode 3.11 and annex 15), each by the tables of the pinned Hugging Face version. Text that
// is stable in the form is passed over without a copy; a run of n marks costs O(n log n).
class UnicodeForm final : public Normalizer {
 public:
  enum class Kind : uint8_t { nfc, nfd, nfkc, nfkd };

  explicit UnicodeForm(Kind kind);

  bool apply(TextView in, EncodeBuffers& buffers, NormalizedText& out) const override;
  std::string describe() const override;

 private:
  const char* first_unstable(const char* p, const char* end) const;

  const Kind kind_;
  const bool compatible_;
  const bool composes_;
  const uint8_t stable_;  // the bit of unicode::forms
};

}  // namespace weir

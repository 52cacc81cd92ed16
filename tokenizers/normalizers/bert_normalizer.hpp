#pragma once

#include <string_view>

#include "tokenizers/normalizer.hpp"

namespace weir {

// Hugging Face's BertNormalizer: its four steps, in this order.
class BertNormalizer final : public Normalizer {
 public:
  struct Options {
    bool clean_text = true;            // control characters go, every white space becomes a blank
    bool handle_chinese_chars = true;  // blanks around each
    bool strip_accents = true;         // NFD, then the marks go
    bool lowercase = true;
  };

  explicit BertNormalizer(const Options& options) : options_(options) {}

  bool apply(TextView in, EncodeBuffers& buffers, NormalizedText& out) const override;
  std::string describe() const override;

 private:
  // ASCII [p, stop) to `at`; returns where it ends. The second is for many.
  char* write_ascii(const char* p, const char* stop, char* at) const;
  char* write_blocks(const char* p, const char* stop, char* at) const;
  void apply_other(char32_t c, TokenSpan origin, bool traced, EncodeBuffers& buffers, NormalizedText& out) const;
  void emit(char32_t c, TokenSpan origin, bool traced, NormalizedText& out) const;
  void flush_run(bool traced, EncodeBuffers& buffers, NormalizedText& out) const;

  const Options options_;
};

}  // namespace weir

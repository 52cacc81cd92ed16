#pragma once

#include <string_view>

#include "tokenizers/encode_buffers.hpp"

namespace weir {

// Hugging Face's BertNormalizer: its four steps, in this order.
struct BertNormalizer {
  bool clean_text = true;            // control characters go, every white space becomes a blank
  bool handle_chinese_chars = true;  // blanks around each
  bool strip_accents = true;         // NFD, then the marks go
  bool lowercase = true;

  // Appends the normal form of well-formed UTF-8 to `out`. `origin`: the code point of the original where `text`
  // begins; origins are kept only when asked for.
  void apply(std::string_view text, bool origins, uint32_t origin, EncodeBuffers& buffers, NormalizedText& out) const;

 private:
  void apply_other(char32_t c, bool origins, uint32_t origin, EncodeBuffers& buffers, NormalizedText& out) const;
  void emit(char32_t c, bool origins, uint32_t origin, NormalizedText& out) const;
  void flush_run(bool origins, EncodeBuffers& buffers, NormalizedText& out) const;
};

}  // namespace weir

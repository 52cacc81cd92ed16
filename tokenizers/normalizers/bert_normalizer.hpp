#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "tokenizers/normalizer.hpp"

namespace weir {

// Hugging Face's BertNormalizer: its four steps, in this order. Characters that do not look at their neighbours, nearly
// all, are written by a table or by a few properties.
class BertNormalizer final : public Normalizer {
 public:
  struct Options {
    bool clean_text = true;            // control characters go, every white space becomes a blank
    bool handle_chinese_chars = true;  // blanks around each
    bool strip_accents = true;         // NFD, then the marks go
    bool lowercase = true;
  };

  explicit BertNormalizer(const Options& options);

  bool apply(TextView in, EncodeBuffers& buffers, NormalizedText& out) const override;
  std::string describe() const override;

 private:
  // What becomes of a character that has nothing to do with those around it.
  struct Form {
    static constexpr uint8_t most = 15;
    static constexpr uint8_t nothing = 16;  // and it does not part a letter from its marks
    static constexpr uint8_t unknown = 17;  // what is around it counts, or the form is too long

    char text[most] = {};
    uint8_t size = unknown;  // of the text, or one of these
  };
  Form form_of(char32_t c) const;
  Form found_form(char32_t c, EncodeBuffers& buffers, NormalizedText& out) const;

  void apply_plain(std::string_view in, EncodeBuffers& buffers, NormalizedText& out) const;
  void apply_traced(TextView in, EncodeBuffers& buffers, NormalizedText& out) const;
  // ASCII [p, stop) to `at`; returns where it ends. The second is for many.
  char* write_ascii(const char* p, const char* stop, char* at) const;
  char* write_blocks(const char* p, const char* stop, char* at) const;
  // Any character, with those before it that wait in EncodeBuffers::run.
  void apply_any(char32_t c, TokenSpan origin, bool traced, EncodeBuffers& buffers, NormalizedText& out) const;
  void emit(char32_t c, TokenSpan origin, bool traced, NormalizedText& out) const;
  void flush_run(bool traced, EncodeBuffers& buffers, NormalizedText& out) const;

  const Options options_;
  std::array<Form, 0x800> forms_;  // of the characters of one or two bytes
};

}  // namespace weir

#include "tokenizers/pre_tokenizers/bert_pre_tokenizer.hpp"

#include <array>
#include <bit>

#include "tokenizers/ascii_words.hpp"
#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/unicode/tables.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

enum Class : uint8_t { letter, blank, mark };

constexpr std::array<uint8_t, 128> make_classes() {
  std::array<uint8_t, 128> classes{};
  for (uint8_t c = 0; c < 128; ++c) {
    const bool white = c == ' ' || (c >= 9 && c <= 13);
    const bool punctuation =
        (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) || (c >= 123 && c <= 126);
    classes[c] = white ? blank : punctuation ? mark : letter;
  }
  return classes;
}
constexpr auto classes = make_classes();

// Where the next byte is that may end a word: all but ASCII letters and digits.
const char* skip_letters(const char* p, const char* end) {
  for (; end - p >= 8; p += 8) {
    const uint64_t bytes = ascii::load(p);
    const uint64_t stops = (bytes & ascii::tops) | (ascii::alphanumeric(bytes & ~ascii::tops) ^ ascii::tops);
    if (stops != 0) return p + std::countr_zero(stops) / 8;
  }
  while (p < end && static_cast<unsigned char>(*p) < 0x80 && classes[static_cast<unsigned char>(*p)] == letter) ++p;
  return p;
}

void split(const char* const start, ByteRange range, std::vector<ByteRange>& out) {
  const char* const end = start + range.end;
  const char* word = start + range.begin;
  const auto flush = [&](const char* until) {
    if (word < until) out.push_back({static_cast<uint32_t>(word - start), static_cast<uint32_t>(until - start)});
  };
  for (const char* p = word;;) {
    p = skip_letters(p, end);
    if (p == end) break;
    const char* const at = p;
    bool is_blank;
    bool is_mark;
    if (static_cast<unsigned char>(*p) < 0x80) {
      const uint8_t kind = classes[static_cast<unsigned char>(*p++)];
      is_blank = kind == blank;
      is_mark = kind == mark;
    } else {
      const uint8_t flags = unicode::flags(utf8::next(p));
      is_blank = flags & unicode::whitespace;
      is_mark = flags & unicode::punct;
    }
    if (!is_blank && !is_mark) continue;
    flush(at);
    word = at;
    if (is_mark) flush(p);
    word = p;
  }
  flush(end);
}

}  // namespace

void BertPreTokenizer::apply(Words& words, EncodeBuffers& buffers) const {
  auto& out = buffers.ranges;
  out.clear();
  for (const ByteRange range : words.words) split(words.text.text.data(), range, out);
  words.words.swap(out);
}

}  // namespace weir

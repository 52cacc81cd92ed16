#include "tokenizers/pre_tokenizers/simple_splits.hpp"

#include <array>

#include <fmt/format.h>

#include "tokenizers/ascii.hpp"
#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/unicode/scripts.hpp"
#include "tokenizers/unicode/tables.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

// Replaces each word by what `split(p, end, push)` makes of it; push(from, until) appends a word.
template <typename Split>
void split_each(Words& words, EncodeBuffers& buffers, Split split) {
  auto& out = buffers.ranges;
  out.clear();
  const char* const text = words.text.text.data();
  const auto push = [&](const char* from, const char* until) {
    out.push_back({static_cast<uint32_t>(from - text), static_cast<uint32_t>(until - text)});
  };
  for (const ByteRange word : words.words) split(text + word.begin, text + word.end, push);
  words.words.swap(out);
}

enum class Class : uint8_t { blank, word, other };

Class wide_class_of(char32_t c) {
  const uint8_t flags = unicode::flags(c);
  return flags & unicode::word ? Class::word : flags & unicode::blank ? Class::blank : Class::other;
}

constexpr std::array<Class, 128> make_ascii() {
  std::array<Class, 128> classes{};
  for (uint8_t c = 0; c < 128; ++c) {
    const bool word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
    classes[c] = word ? Class::word : c == ' ' || (c >= 9 && c <= 13) ? Class::blank : Class::other;
  }
  return classes;
}
constexpr auto ascii_classes = make_ascii();

Class next_class(const char*& p) {
  return ascii::is_ascii(*p) ? ascii_classes[static_cast<unsigned char>(*p++)] : wide_class_of(utf8::next(p));
}

}  // namespace

void Whitespace::apply(Words& words, EncodeBuffers& buffers) const {
  split_each(words, buffers, [](const char* p, const char* end, auto push) {
    const char* from = p;
    Class run = Class::blank;
    while (p < end) {
      const char* const at = p;
      const Class now = next_class(p);
      if (now == run) continue;
      if (run != Class::blank) push(from, at);
      from = at;
      run = now;
    }
    if (run != Class::blank) push(from, end);
  });
}

void UnicodeScripts::apply(Words& words, EncodeBuffers& buffers) const {
  split_each(words, buffers, [](const char* p, const char* end, auto push) {
    const char* from = nullptr;
    uint8_t run = 0;
    while (p < end) {
      const char* const at = p;
      const uint8_t script = unicode::split_script(utf8::next(p));
      if (script == 0 || script == run) continue;
      if (from != nullptr) push(from, at);
      from = at;
      run = script;
    }
    if (from != nullptr) push(from, end);
  });
}

void FixedLength::apply(Words& words, EncodeBuffers& buffers) const {
  split_each(words, buffers, [this](const char* p, const char* end, auto push) {
    while (p < end) {
      const char* const from = p;
      for (uint32_t i = 0; i < length_ && p < end; ++i) utf8::next(p);
      push(from, p);
    }
  });
}

std::string FixedLength::describe() const { return fmt::format("FixedLength: {}", length_); }

}  // namespace weir

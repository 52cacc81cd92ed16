#include "tokenizers/pre_tokenizers/metaspace.hpp"

#include <cstring>

#include <fmt/format.h>

#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

std::string text_of(char32_t c) {
  std::string text;
  utf8::append(text, c);
  return text;
}

}  // namespace

Metaspace::Metaspace(char32_t mark, Prepend prepend, bool split)
    : mark_(text_of(mark)), prepend_(prepend), split_(split) {}

void Metaspace::apply(Words& words, EncodeBuffers& buffers) const {
  auto& ranges = buffers.ranges;
  auto& out = buffers.rewritten;
  const TextView in = words.text;
  const size_t width = mark_.size();
  ranges.clear();
  out.clear();
  size_t longest = 0;
  for (const ByteRange word : words.words) longest += (word.end - word.begin + size_t{1}) * width;
  out.text.resize(longest);
  char* const start = out.text.data();
  char* at = start;
  for (const ByteRange word : words.words) {
    const char* p = in.text.data() + word.begin;
    const char* const end = in.text.data() + word.end;
    char* from = at;
    const auto cut = [&] {  // what was written since `from` is a word
      if (from < at) ranges.push_back({static_cast<uint32_t>(from - start), static_cast<uint32_t>(at - start)});
      from = at;
    };
    const auto is_mark = [&] {
      return *p == mark_[0] && std::string_view(p, static_cast<size_t>(end - p)).starts_with(mark_);
    };
    const auto put_mark = [&] {
      if (split_) cut();
      std::memcpy(at, mark_.data(), width);
      at += width;
    };
    const auto trace = [&](size_t count, size_t origin) {
      if (in.traced()) out.origins.resize(out.origins.size() + count, in.origins[origin]);
    };
    const bool wanted =
        prepend_ == Prepend::always || (prepend_ == Prepend::first && words.at_start && word.begin == 0);
    if (wanted && *p != ' ' && !is_mark()) {
      put_mark();
      trace(width, word.begin);
    }
    while (p < end) {
      const auto origin = static_cast<size_t>(p - in.text.data());
      if (*p == ' ') {
        put_mark();
        ++p;
        trace(width, origin);
      } else if (is_mark()) {
        put_mark();
        p += width;
        trace(width, origin);
      } else {
        *at++ = *p++;
        trace(1, origin);
      }
    }
    cut();
  }
  out.text.resize(static_cast<size_t>(at - start));
  words.words.swap(ranges);
  words.rewrite(out);
}

std::string Metaspace::describe() const {
  constexpr const char* names[] = {"in front of every word", "in front of the first word", "none in front"};
  return fmt::format("Metaspace: \"{}\", {}{}", mark_, names[static_cast<size_t>(prepend_)],
                     split_ ? "" : ", no split");
}

}  // namespace weir

#include "tokenizers/normalizers/bert_normalizer.hpp"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "tokenizers/ascii_words.hpp"
#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/unicode/tables.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

const char* ascii_end(const char* p, const char* end) {
  while (end - p >= 8 && ascii::all_ascii(ascii::load(p))) p += 8;
  return std::find_if(p, end, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

}  // namespace

bool BertNormalizer::apply(TextView in, EncodeBuffers& buffers, NormalizedText& out) const {
  out.clear();
  const bool traced = in.traced();
  const char* p = in.text.data();
  const char* const begin = p;
  const char* const end = p + in.text.size();
  const auto origin_at = [&](const char* at) {
    return traced ? in.origins[static_cast<size_t>(at - begin)] : TokenSpan{};
  };
  // ASCII in, at most as much ASCII out: written through a pointer, the rest through emit.
  while (p < end) {
    if (static_cast<unsigned char>(*p) >= 0x80) {
      const TokenSpan origin = origin_at(p);
      apply_other(utf8::next(p), origin, traced, buffers, out);
      continue;
    }
    if (!buffers.run.empty()) {
      // What clean_text drops does not part a letter from its marks.
      if (options_.clean_text && (unicode::flags(static_cast<unsigned char>(*p)) & unicode::drop)) {
        ++p;
        continue;
      }
      flush_run(traced, buffers, out);
    }
    const char* const stop = ascii_end(p, end);
    const size_t before = out.text.size();
    out.text.resize(before + static_cast<size_t>(stop - p));
    char* at = out.text.data() + before;
    if (traced) {
      for (; p < stop; ++p) {
        char* const next = write_ascii(p, p + 1, at);
        if (next != at) out.origins.push_back(origin_at(p));
        at = next;
      }
    }
    at = write_blocks(p, stop, at);
    p = stop;
    out.text.resize(static_cast<size_t>(at - out.text.data()));
  }
  flush_run(traced, buffers, out);
  return true;
}

char* BertNormalizer::write_ascii(const char* p, const char* stop, char* at) const {
  for (; p < stop; ++p) {
    char c = *p;
    if (options_.clean_text && (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)) {
      if (c != '\t' && c != '\n' && c != '\r') continue;
      c = ' ';
    }
    if (options_.lowercase && c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    *at++ = c;
  }
  return at;
}

char* BertNormalizer::write_blocks(const char* p, const char* stop, char* at) const {
  for (; stop - p >= 8; p += 8) {
    const uint64_t bytes = ascii::load(p);
    if (options_.clean_text && ascii::control(bytes) != 0) {
      at = write_ascii(p, p + 8, at);
      continue;
    }
    ascii::store(options_.lowercase ? ascii::lower(bytes) : bytes, at);
    at += 8;
  }
  return write_ascii(p, stop, at);
}

std::string BertNormalizer::describe() const {
  const auto yes_no = [](bool value, std::string_view what) { return fmt::format("{}{}", value ? "" : "no ", what); };
  return fmt::format("BertNormalizer: {}, {}, {}, {}", yes_no(options_.clean_text, "clean text"),
                     yes_no(options_.handle_chinese_chars, "blanks around Chinese characters"),
                     yes_no(options_.strip_accents, "stripping of accents"), yes_no(options_.lowercase, "lower case"));
}

void BertNormalizer::apply_other(char32_t c, TokenSpan origin, bool traced, EncodeBuffers& buffers,
                                 NormalizedText& out) const {
  const uint8_t flags = unicode::flags(c);
  if (options_.clean_text && (flags & unicode::drop)) return;
  if (options_.clean_text && (flags & unicode::space)) {
    flush_run(traced, buffers, out);
    return emit(' ', origin, traced, out);
  }
  const bool chinese = options_.handle_chinese_chars && (flags & unicode::chinese);
  if (chinese) {
    flush_run(traced, buffers, out);
    emit(' ', origin, traced, out);
  }
  if (!options_.strip_accents) {
    emit(c, origin, traced, out);
  } else {
    const auto parts = unicode::decompose(c);
    for (uint32_t i = 0; i < parts.count; ++i) {
      if (unicode::combining_rank(parts.at[i]) == 0) flush_run(traced, buffers, out);
      const bool first = i == 0 || buffers.run.empty();
      buffers.run.push_back({parts.at[i], first});
      if (first) buffers.run_origins.push_back(origin);
    }
  }
  if (chinese) {
    flush_run(traced, buffers, out);
    emit(' ', origin, traced, out);
  }
}

// A starter and what combines with it, in canonical order, without the marks. Origins do not move along: as in Hugging
// Face, the first code point of a decomposition takes the next original one, the others repeat it.
void BertNormalizer::flush_run(bool traced, EncodeBuffers& buffers, NormalizedText& out) const {
  auto& run = buffers.run;
  if (run.empty()) return;
  const auto below = [](const EncodeBuffers::Combining& a, const EncodeBuffers::Combining& b) {
    return unicode::combining_rank(a.code) < unicode::combining_rank(b.code);
  };
  if (run.size() > 1 && !std::is_sorted(run.begin(), run.end(), below)) std::stable_sort(run.begin(), run.end(), below);
  size_t next = 0;
  TokenSpan origin = buffers.run_origins.empty() ? TokenSpan{} : buffers.run_origins.front();
  for (const auto& [code, first] : run) {
    if (first) origin = buffers.run_origins[next++];
    if (!(unicode::flags(code) & unicode::mark)) emit(code, origin, traced, out);
  }
  run.clear();
  buffers.run_origins.clear();
}

void BertNormalizer::emit(char32_t c, TokenSpan origin, bool traced, NormalizedText& out) const {
  const auto write = [&](char32_t code) {
    const size_t before = out.text.size();
    utf8::append(out.text, code);
    if (traced) out.origins.resize(out.origins.size() + (out.text.size() - before), origin);
  };
  if (!options_.lowercase) return write(c);
  const auto lowered = unicode::lower(c);
  for (uint32_t i = 0; i < lowered.count; ++i) write(lowered.at[i]);
}

}  // namespace weir

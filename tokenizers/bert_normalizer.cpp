#include "tokenizers/bert_normalizer.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "tokenizers/unicode/tables.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

constexpr std::ptrdiff_t block = 16;

const char* ascii_end(const char* p, const char* end) {
  for (; end - p >= 8; p += 8) {
    uint64_t bytes;
    std::memcpy(&bytes, p, sizeof bytes);
    if (bytes & 0x8080808080808080u) break;
  }
  return std::find_if(p, end, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

// One block of ASCII; false when there is a control character in it. Loops of a fixed length without branches: the
// compiler makes vectors of them.
bool write_plain(const char* p, uint8_t lower_bit, char* out) {
  uint8_t control = 0;
  for (std::ptrdiff_t i = 0; i < block; ++i) {
    const auto c = static_cast<uint8_t>(p[i]);
    control |= static_cast<uint8_t>((c < 0x20) | (c == 0x7f));
    const auto capital = static_cast<uint8_t>(static_cast<uint8_t>(c - 'A') < 26 ? lower_bit : 0);
    out[i] = static_cast<char>(c | capital);
  }
  return control == 0;
}

}  // namespace

void BertNormalizer::apply(std::string_view text, bool origins, uint32_t origin, EncodeBuffers& buffers,
                           NormalizedText& out) const {
  const char* p = text.data();
  const char* const end = p + text.size();
  // ASCII in, at most as much ASCII out: written through a pointer, the rest through emit.
  while (p < end) {
    if (static_cast<unsigned char>(*p) >= 0x80) {
      apply_other(utf8::next(p), origins, origin++, buffers, out);
      continue;
    }
    if (!buffers.run.empty()) flush_run(origins, buffers, out);
    const char* const stop = ascii_end(p, end);
    const size_t before = out.text.size();
    out.text.resize(before + static_cast<size_t>(stop - p));
    char* at = out.text.data() + before;
    for (; p < stop; ++p, ++origin) {
      while (!origins && stop - p >= block && write_plain(p, lowercase ? 0x20 : 0, at)) {
        p += block;
        at += block;
        origin += block;
      }
      if (p == stop) break;
      char c = *p;
      if (clean_text && (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)) {
        if (c != '\t' && c != '\n' && c != '\r') continue;
        c = ' ';
      }
      if (lowercase && c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
      *at++ = c;
      if (origins) out.origins.push_back({origin, origin + 1});
    }
    out.text.resize(static_cast<size_t>(at - out.text.data()));
  }
  flush_run(origins, buffers, out);
}

void BertNormalizer::apply_other(char32_t c, bool origins, uint32_t origin, EncodeBuffers& buffers,
                                 NormalizedText& out) const {
  const uint8_t flags = unicode::flags(c);
  if (clean_text && (flags & unicode::drop)) return;
  if (clean_text && (flags & unicode::space)) {
    flush_run(origins, buffers, out);
    return emit(' ', origins, origin, out);
  }
  const bool chinese = handle_chinese_chars && (flags & unicode::chinese);
  if (chinese) {
    flush_run(origins, buffers, out);
    emit(' ', origins, origin, out);
  }
  if (!strip_accents) {
    emit(c, origins, origin, out);
  } else {
    const auto parts = unicode::decompose(c);
    for (uint32_t i = 0; i < parts.count; ++i) {
      if (unicode::combining_rank(parts.at[i]) == 0) flush_run(origins, buffers, out);
      const bool first = i == 0 || buffers.run.empty();
      buffers.run.push_back({parts.at[i], first});
      if (first) buffers.run_origins.push_back(origin);
    }
  }
  if (chinese) {
    flush_run(origins, buffers, out);
    emit(' ', origins, origin, out);
  }
}

// A starter and what combines with it, in canonical order, without the marks. Origins do not move along: as in Hugging
// Face, the first code point of a decomposition takes the next original one, the others repeat it.
void BertNormalizer::flush_run(bool origins, EncodeBuffers& buffers, NormalizedText& out) const {
  auto& run = buffers.run;
  if (run.empty()) return;
  const auto below = [](const EncodeBuffers::Combining& a, const EncodeBuffers::Combining& b) {
    return unicode::combining_rank(a.code) < unicode::combining_rank(b.code);
  };
  if (run.size() > 1 && !std::is_sorted(run.begin(), run.end(), below)) std::stable_sort(run.begin(), run.end(), below);
  size_t next = 0;
  uint32_t origin = buffers.run_origins.empty() ? 0 : buffers.run_origins.front();
  for (const auto& [code, first] : run) {
    if (first) origin = buffers.run_origins[next++];
    if (!(unicode::flags(code) & unicode::mark)) emit(code, origins, origin, out);
  }
  run.clear();
  buffers.run_origins.clear();
}

void BertNormalizer::emit(char32_t c, bool origins, uint32_t origin, NormalizedText& out) const {
  const auto write = [&](char32_t code) {
    const size_t before = out.text.size();
    utf8::append(out.text, code);
    if (origins) out.origins.resize(out.origins.size() + (out.text.size() - before), TokenSpan{origin, origin + 1});
  };
  if (!lowercase) return write(c);
  const auto lowered = unicode::lower(c);
  for (uint32_t i = 0; i < lowered.count; ++i) write(lowered.at[i]);
}

}  // namespace weir

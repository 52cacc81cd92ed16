#include "tokenizers/bert_normalizer.hpp"

#include <algorithm>

#include "tokenizers/unicode/tables.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {

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
    const size_t before = out.text.size();
    out.text.resize(before + static_cast<size_t>(end - p));
    char* at = out.text.data() + before;
    for (; p < end && static_cast<unsigned char>(*p) < 0x80; ++p, ++origin) {
      char c = *p;
      if (clean_text && (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)) {
        if (c != '\t' && c != '\n' && c != '\r') continue;
        c = ' ';
      }
      if (lowercase && c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
      *at++ = c;
      if (origins) out.origins.push_back(origin);
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
      buffers.run.push_back(parts.at[i]);
      buffers.run_origins.push_back(origin);
    }
  }
  if (chinese) {
    flush_run(origins, buffers, out);
    emit(' ', origins, origin, out);
  }
}

// A starter and what combines with it, in canonical order, without the marks.
void BertNormalizer::flush_run(bool origins, EncodeBuffers& buffers, NormalizedText& out) const {
  auto& run = buffers.run;
  if (run.empty()) return;
  const auto rank = [&run](size_t i) { return unicode::combining_rank(run[i]); };
  bool sorted = true;
  for (size_t i = 1; i < run.size(); ++i) sorted = sorted && rank(i - 1) <= rank(i);
  if (!sorted) {
    const size_t first = rank(0) == 0 ? 1 : 0;
    std::stable_sort(run.begin() + static_cast<std::ptrdiff_t>(first), run.end(),
                     [](char32_t a, char32_t b) { return unicode::combining_rank(a) < unicode::combining_rank(b); });
  }
  for (size_t i = 0; i < run.size(); ++i)
    if (!(unicode::flags(run[i]) & unicode::mark)) emit(run[i], origins, buffers.run_origins[i], out);
  run.clear();
  buffers.run_origins.clear();
}

void BertNormalizer::emit(char32_t c, bool origins, uint32_t origin, NormalizedText& out) const {
  const auto write = [&](char32_t code) {
    const size_t before = out.text.size();
    utf8::append(out.text, code);
    if (origins) out.origins.resize(out.origins.size() + (out.text.size() - before), origin);
  };
  if (!lowercase) return write(c);
  const auto lowered = unicode::lower(c);
  for (uint32_t i = 0; i < lowered.count; ++i) write(lowered.at[i]);
}

}  // namespace weir

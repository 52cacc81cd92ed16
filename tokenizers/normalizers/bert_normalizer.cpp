#include "tokenizers/normalizers/bert_normalizer.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

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

BertNormalizer::BertNormalizer(const Options& options) : options_(options) {
  EncodeBuffers buffers;
  NormalizedText out;
  for (char32_t c = 0; c < forms_.size(); ++c) forms_[c] = found_form(c, buffers, out);
}

bool BertNormalizer::apply(TextView in, EncodeBuffers& buffers, NormalizedText& out) const {
  out.clear();
  if (in.traced()) {
    apply_traced(in, buffers, out);
  } else {
    apply_plain(in.text, buffers, out);
  }
  return true;
}

// Runs of ASCII eight bytes at a time, other characters one by one.
void BertNormalizer::apply_plain(std::string_view in, EncodeBuffers& buffers, NormalizedText& out) const {
  const char* p = in.data();
  const char* const end = p + in.size();
  const auto& run = buffers.run;
  char some[512];  // on the way to `out`
  char* at = some;
  const auto flush = [&] {
    if (at != some) out.text.append(some, at);
    at = some;
  };
  while (p < end) {
    if (run.empty() && end - p >= 8 && ascii::all_ascii(ascii::load(p))) {
      flush();
      const char* const stop = ascii_end(p, end);
      const size_t before = out.text.size();
      out.text.resize(before + static_cast<size_t>(stop - p));
      const char* const written = write_blocks(p, stop, out.text.data() + before);
      out.text.resize(static_cast<size_t>(written - out.text.data()));
      p = stop;
      continue;
    }
    for (const char* const stop = p + std::min<std::ptrdiff_t>(8, end - p); p < stop;) {
      const char32_t c = utf8::next(p);
      const Form form = c < forms_.size() ? forms_[c] : form_of(c);
      if (form.size <= Form::most && run.empty()) {
        std::memcpy(at, form.text, Form::most);
        at += form.size;
      } else if (form.size != Form::nothing) {
        flush();
        apply_any(c, {}, false, buffers, out);
      }
    }
    if (at > some + sizeof some - 8 * Form::most) flush();
  }
  flush();
  flush_run(false, buffers, out);
}

// The same for `c` alone, from the definition; only for characters below U+0800.
BertNormalizer::Form BertNormalizer::found_form(char32_t c, EncodeBuffers& buffers, NormalizedText& out) const {
  Form form;
  if (options_.clean_text && (unicode::flags(c) & unicode::drop)) return form.size = Form::nothing, form;
  const auto parts = unicode::decompose(c);
  const bool space = options_.clean_text && (unicode::flags(c) & unicode::space);
  if (options_.strip_accents && !space) {
    uint32_t waiting = 0;
    for (uint32_t i = 0; i < parts.count; ++i) {
      if (unicode::combining_rank(parts.at[i]) == 0) continue;
      ++waiting;
      if (!(unicode::flags(parts.at[i]) & unicode::mark)) return form;
    }
    if (waiting == parts.count) return form.size = Form::nothing, form;
    if (unicode::combining_rank(parts.at[0]) != 0) return form;
  }
  out.clear();
  apply_any(c, {}, false, buffers, out);
  flush_run(false, buffers, out);
  if (out.text.size() > Form::most) return form;
  out.text.copy(form.text, Form::most);
  form.size = static_cast<uint8_t>(out.text.size());
  return form;
}

// By the properties of `c`, as far as that is simple.
BertNormalizer::Form BertNormalizer::form_of(char32_t c) const {
  Form form;
  const uint8_t flags = unicode::flags(c);
  if (options_.clean_text && (flags & unicode::drop)) return form.size = Form::nothing, form;
  if (options_.clean_text && (flags & unicode::space)) return form.text[0] = ' ', form.size = 1, form;
  char* at = form.text;
  const auto done = [&] { return form.size = static_cast<uint8_t>(at - form.text), form; };
  if (options_.strip_accents && !(unicode::forms(c) & unicode::nfd_stable)) {
    if (!unicode::is_hangul(c)) return form;
    const auto parts = unicode::decompose_hangul(c);
    for (uint32_t i = 0; i < parts.count; ++i) at += utf8::write(parts.at[i], at);
    return done();
  }
  const bool chinese = options_.handle_chinese_chars && (flags & unicode::chinese);
  if (chinese) *at++ = ' ';
  if (!options_.strip_accents || !(flags & unicode::mark)) {
    const auto lowered = options_.lowercase ? unicode::lower(c) : unicode::Sequence{{c}, 1};
    at += utf8::write(lowered.at[0], at);  // the only longer one is U+0130
  }
  if (chinese) *at++ = ' ';
  return done();
}

void BertNormalizer::apply_traced(TextView in, EncodeBuffers& buffers, NormalizedText& out) const {
  for (const char* p = in.text.data(); p < in.text.data() + in.text.size();) {
    const TokenSpan origin = in.origins[static_cast<size_t>(p - in.text.data())];
    const char32_t c = utf8::next(p);
    if (c >= 0x80) {
      apply_any(c, origin, true, buffers, out);
    } else if (forms_[c].size != Form::nothing) {
      flush_run(true, buffers, out);
      out.text += forms_[c].text[0];
      out.origins.push_back(origin);
    }
  }
  flush_run(true, buffers, out);
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

void BertNormalizer::apply_any(char32_t c, TokenSpan origin, bool traced, EncodeBuffers& buffers,
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

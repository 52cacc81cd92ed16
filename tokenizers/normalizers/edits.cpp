#include "tokenizers/normalizers/edits.hpp"

#include <fmt/format.h>

#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/normalizers/rewriter.hpp"
#include "tokenizers/unicode/tables.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

bool is_white(char32_t c) { return unicode::flags(c) & unicode::whitespace; }

void append(TextView part, NormalizedText& out) {
  out.text.append(part.text);
  out.origins.insert(out.origins.end(), part.origins.begin(), part.origins.end());
}

}  // namespace

bool Strip::apply(TextView in, EncodeBuffers& /*buffers*/, NormalizedText& out) const {
  const char* begin = in.text.data();
  const char* end = begin + in.text.size();
  if (left_) {
    for (const char* p = begin; p < end; begin = p)
      if (!is_white(utf8::next(p))) break;
  }
  if (right_) {
    while (end > begin) {
      const char* const last = utf8::previous(end);
      const char* p = last;
      if (!is_white(utf8::next(p))) break;
      end = last;
    }
  }
  if (static_cast<size_t>(end - begin) == in.text.size()) return false;
  out.clear();
  append(in.sub(static_cast<size_t>(begin - in.text.data()), static_cast<size_t>(end - in.text.data())), out);
  return true;
}

std::string Strip::describe() const {
  return fmt::format("Strip: {}", left_ && right_ ? "both ends" : left_ ? "left" : right_ ? "right" : "nothing");
}

// As in Hugging Face, the first code point that is put takes the place of the first of the text, which is then inserted
// again.
bool Prepend::apply(TextView in, EncodeBuffers& /*buffers*/, NormalizedText& out) const {
  if (in.text.empty()) return false;
  Rewriter writer(in, out);
  int change = 0;
  for (const char* p = what_.data(); p < what_.data() + what_.size(); change = 1) writer.put(utf8::next(p), change);
  const char* p = in.text.data();
  writer.put(utf8::next(p), 1);
  if (change == 0) writer.skip(1);
  writer.copy_until(in.text.size());
  return true;
}

std::string Prepend::describe() const { return fmt::format("Prepend: \"{}\"", what_); }

bool ReplaceString::apply(TextView in, EncodeBuffers& /*buffers*/, NormalizedText& out) const {
  size_t found = in.text.find(what_);
  if (found == std::string_view::npos) return false;
  out.clear();
  size_t copied = 0;
  for (; found != std::string_view::npos; found = in.text.find(what_, copied)) {
    append(in.sub(copied, found), out);
    copied = found + what_.size();
    out.text.append(by_);
    if (in.traced()) out.origins.resize(out.text.size(), in.origins[copied - 1]);
  }
  append(in.sub(copied, in.text.size()), out);
  return true;
}

std::string ReplaceString::describe() const { return fmt::format("Replace: \"{}\" by \"{}\"", what_, by_); }

bool ReplaceRegex::apply(TextView in, EncodeBuffers& buffers, NormalizedText& out) const {
  if (in.text.empty()) return false;
  buffers.matches.clear();
  what_.find_all(in.text, buffers.regex, buffers.matches);
  if (buffers.matches.empty()) return false;
  out.clear();
  size_t copied = 0;
  for (const auto [begin, end] : buffers.matches) {
    append(in.sub(copied, begin), out);
    copied = end;
    out.text.append(by_);
    if (!in.traced()) continue;
    const TokenSpan start{in.origins[0].begin, in.origins[0].begin};
    out.origins.resize(out.text.size(), end == 0 ? start : in.origins[end - 1]);
  }
  append(in.sub(copied, in.text.size()), out);
  return true;
}

std::string ReplaceRegex::describe() const { return fmt::format("Replace: expression \"{}\" by \"{}\"", name_, by_); }

bool NormalizerSequence::apply(TextView in, EncodeBuffers& buffers, NormalizedText& out) const {
  TextView now = in;
  bool changed = false;
  NormalizedText* next = &out;
  NormalizedText* other = &buffers.rewritten;
  for (const auto& step : steps_) {
    if (!step->apply(now, buffers, *next)) continue;
    now = next->view();
    std::swap(next, other);
    changed = true;
  }
  if (changed && other != &out) std::swap(out, buffers.rewritten);
  return changed;
}

std::string NormalizerSequence::describe() const {
  std::vector<std::string> names;
  for (const auto& step : steps_) names.push_back(step->describe());
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace weir

#include "tokenizers/normalizers/edits.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include <fmt/format.h>

#include "tokenizers/ascii.hpp"
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

// Where two blanks stand first, or `end`.
const char* find_blanks(const char* p, const char* end) {
  for (; end - p > ascii::block; p += ascii::block) {
    uint8_t found = 0;
    for (int i = 0; i < ascii::block; ++i) found = static_cast<uint8_t>(found | ((p[i] == ' ') & (p[i + 1] == ' ')));
    if (found != 0) break;
  }
  while (end - p > 1 && !(p[0] == ' ' && p[1] == ' ')) ++p;
  return end - p > 1 ? p : end;
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
  if (what_.size() == 1 && by_.size() <= sizeof(uint32_t) && !in.traced()) {
    replace_byte(in.text, out.text);
    return true;
  }
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

// One byte by at most four, without a branch: each byte is written as four (little-endian), of which the length counts.
void ReplaceString::replace_byte(std::string_view in, std::string& out) const {
  uint32_t by = 0;
  std::memcpy(&by, by_.data(), by_.size());
  const auto what = static_cast<unsigned char>(what_[0]);
  out.resize(in.size() * std::max<size_t>(by_.size(), 1) + sizeof by);
  char* at = out.data();
  for (const char byte : in) {
    const auto c = static_cast<unsigned char>(byte);
    const uint32_t four = c == what ? by : c;
    std::memcpy(at, &four, sizeof four);
    at += c == what ? by_.size() : 1;
  }
  out.resize(static_cast<size_t>(at - out.data()));
}

std::string ReplaceString::describe() const { return fmt::format("Replace: \"{}\" by \"{}\"", what_, by_); }

bool ReplaceBlanks::apply(TextView in, EncodeBuffers& /*buffers*/, NormalizedText& out) const {
  const char* const begin = in.text.data();
  const char* const end = begin + in.text.size();
  const char* found = find_blanks(begin, end);
  if (found == end) return false;
  out.clear();
  const char* copied = begin;
  for (; found < end; found = find_blanks(copied, end)) {
    append(in.sub(static_cast<size_t>(copied - begin), static_cast<size_t>(found - begin)), out);
    copied = std::find_if(found, end, [](char c) { return c != ' '; });
    out.text.append(by_);
    if (in.traced()) out.origins.resize(out.text.size(), in.origins[static_cast<size_t>(copied - begin) - 1]);
  }
  append(in.sub(static_cast<size_t>(copied - begin), in.text.size()), out);
  return true;
}

std::string ReplaceBlanks::describe() const { return fmt::format("Replace: expression \" {{2,}}\" by \"{}\"", by_); }

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

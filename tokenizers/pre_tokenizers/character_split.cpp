#include "tokenizers/pre_tokenizers/character_split.hpp"

#include <fmt/format.h>

#include "tokenizers/ascii.hpp"
#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/unicode/tables.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {

CharacterSplit::CharacterSplit(Kind kind, SplitBehavior behavior, char32_t delimiter)
    : kind_(kind), behavior_(behavior), delimiter_(delimiter) {
  for (char32_t c = 0; c < 128; ++c) ascii_[c] = splits(c);
}

bool CharacterSplit::splits(char32_t c) const {
  switch (kind_) {
    case Kind::whitespace: return unicode::flags(c) & unicode::whitespace;
    case Kind::punctuation: return unicode::flags(c) & unicode::punct;
    case Kind::numeric: return unicode::forms(c) & unicode::numeric;
    case Kind::delimiter: return c == delimiter_;
  }
  return false;
}

void CharacterSplit::apply(Words& words, EncodeBuffers& buffers) const {
  auto& out = buffers.ranges;
  auto& matches = buffers.matches;
  out.clear();
  const char* const text = words.text.text.data();
  const auto place = [text](const char* p) { return static_cast<uint32_t>(p - text); };
  for (const ByteRange word : words.words) {
    matches.clear();
    const char* const end = text + word.end;
    for (const char* p = text + word.begin; p < end;) {
      const char* const at = p;
      const bool match = ascii::is_ascii(*p) ? ascii_[static_cast<unsigned char>(*p++)] : splits(utf8::next(p));
      if (match) matches.push_back({place(at), place(p)});
    }
    append_split(word, matches, behavior_, false, out);
  }
  words.words.swap(out);
}

std::string CharacterSplit::describe() const {
  switch (kind_) {
    case Kind::whitespace: return "WhitespaceSplit";
    case Kind::punctuation: return fmt::format("Punctuation: {}", to_string(behavior_));
    case Kind::numeric: return behavior_ == SplitBehavior::isolated ? "Digits: each alone" : "Digits: in runs";
    case Kind::delimiter: break;
  }
  std::string delimiter;
  utf8::append(delimiter, delimiter_);
  return fmt::format("CharDelimiterSplit: \"{}\"", delimiter);
}

}  // namespace weir

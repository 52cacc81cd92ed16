#include "tokenizers/unicode/graphemes.hpp"

namespace weir::unicode {
namespace data {
#include "tokenizers/unicode/graphemes_data.inc"
}  // namespace data

namespace {

// Whether no boundary is between two neighbours, but for the rules that look further back.
bool joins(Grapheme before, Grapheme after) {
  using enum Grapheme;
  if (before == control || after == control) return false;                                    // GB4, GB5
  if (before == l && (after == l || after == v || after == lv || after == lvt)) return true;  // GB6
  if ((before == lv || before == v) && (after == v || after == t)) return true;               // GB7
  if ((before == lvt || before == t) && after == t) return true;                              // GB8
  return after == extend || after == joiner || after == spacing || before == prepend;         // GB9, GB9a, GB9b
}

}  // namespace

const char* grapheme_end(const char* p, const char* end) {
  char32_t before = 0;
  auto kind = Grapheme::control;
  enum class Conjunct : uint8_t { none, consonant, linked } conjunct = Conjunct::none;
  enum class Picture : uint8_t { none, seen, joined } picture = Picture::none;
  for (bool first = true; p < end; first = false) {
    const char* next = p;
    const char32_t c = utf8::next(next);
    const uint8_t entry = grapheme_entry(c);
    const auto now = static_cast<Grapheme>(entry & 15);
    const bool together =
        first || joins(kind, now) || (before == '\r' && c == '\n') ||                               // GB3
        (conjunct == Conjunct::linked && (entry & conjunct_consonant)) ||                           // GB9c
        (picture == Picture::joined && kind == Grapheme::joiner && now == Grapheme::pictographic);  // GB11
    if (!together) return p;
    if (entry & conjunct_consonant) {
      conjunct = Conjunct::consonant;
    } else if ((entry & conjunct_linker) && conjunct != Conjunct::none) {
      conjunct = Conjunct::linked;
    } else if (!(entry & (conjunct_extend | conjunct_linker))) {
      conjunct = Conjunct::none;
    }
    if (now == Grapheme::pictographic) {
      picture = Picture::seen;
    } else if (now == Grapheme::joiner && picture == Picture::seen) {
      picture = Picture::joined;
    } else if (now != Grapheme::extend || picture == Picture::joined) {
      picture = Picture::none;
    }
    before = c;
    kind = now;
    p = next;
  }
  return end;
}

}  // namespace weir::unicode

#include "tokenizers/pre_tokenizers/word_scanner.hpp"

#include <algorithm>
#include <iterator>
#include <string>

#include "tokenizers/pre_tokenizers/character_kinds.hpp"

// All these expressions try, at each place, first contractions and words, then numbers, other characters, white space.
// Each machine decides by the character there and the next one; comments quote the part of the expression.
namespace weir {
namespace {

using kind::Character;
using kind::Eyes;

// Behind 's 't 're 've 'm 'll 'd; `p` itself if none is here. `any_case` has U+017F for s, too.
template <bool any_case>
const char* skip_contraction(const char* p, const char* end) {
  if (end - p < 2 || *p != '\'') return p;
  const auto folded = [](char c) { return any_case ? static_cast<char>(c | 0x20) : c; };
  const char first = folded(p[1]);
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return p + 2;
  if (end - p < 3) return p;
  if (any_case && static_cast<unsigned char>(p[1]) == 0xC5 && static_cast<unsigned char>(p[2]) == 0xBF) return p + 3;
  const char second = folded(p[2]);
  const bool pair = ((first == 'r' || first == 'v') && second == 'e') || (first == 'l' && second == 'l');
  return pair ? p + 3 : p;
}

// `\s+(?!\S)|\s+` at white space: all of it at the end of the text; else all but the last, which belongs to what
// follows; else that one. `after`: behind the white space; `last`: where its last character begins.
const char* end_of_white(const char* p, const char* after, const char* last, const char* end) {
  return after == end || last == p ? after : last;
}

struct White {
  const char* after;          // behind the run
  const char* last;           // its last character
  const char* after_newline;  // behind its last \r or \n; null: it has none
};

template <typename SomeEyes>
White read_white(const SomeEyes& eyes, const char* p) {
  White white{p, p, nullptr};
  for (Character c = eyes.at(p); (c.kind & kind::white) != 0; c = eyes.at(white.after)) {
    white.last = white.after;
    white.after += c.size;
    if (c.kind == kind::newline) white.after_newline = white.after;
  }
  return white;
}

// Repeats `next`, which takes the place where a word begins and returns where it ends.
template <typename Next>
void scan_with(std::string_view text, uint32_t offset, std::vector<ByteRange>& words, Next next) {
  const char* const begin = text.data();
  const Eyes eyes(begin + text.size());
  for (const char* p = begin; p < eyes.end();) {
    const char* const end = next(eyes, p);
    words.push_back({static_cast<uint32_t>(p - begin) + offset, static_cast<uint32_t>(end - begin) + offset});
    p = end;
  }
}

// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
void scan_gpt2(std::string_view text, uint32_t offset, std::vector<ByteRange>& words) {
  scan_with(text, offset, words, [](const Eyes& eyes, const char* p) {
    if (*p == '\'')
      if (const char* const end = skip_contraction<false>(p, eyes.end()); end != p) return end;
    const char* const body = p + (*p == ' ');
    const Character c = eyes.at(body);
    if ((c.kind & kind::letter) != 0) return eyes.skip_letters(body + c.size);
    if ((c.kind & kind::number) != 0) return eyes.skip(body + c.size, kind::number);
    if (c.size != 0 && (c.kind & kind::white) == 0)
      return eyes.skip_none_of(body + c.size, kind::letter | kind::number | kind::white);
    const White white = read_white(eyes, p);
    return end_of_white(p, white.after, white.last, eyes.end());
  });
}

// 's|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+, which leaves white space out
void scan_clip(std::string_view text, uint32_t offset, std::vector<ByteRange>& words) {
  const char* const begin = text.data();
  const Eyes eyes(begin + text.size());
  for (const char* p = eyes.skip(begin, kind::white); p < eyes.end(); p = eyes.skip(p, kind::white)) {
    const char* const from = p;
    const Character c = eyes.at(p);
    if (*p == '\'') p = skip_contraction<false>(p, eyes.end());
    if (p == from) {
      p += c.size;
      if ((c.kind & kind::letter) != 0) {
        p = eyes.skip_letters(p);
      } else if ((c.kind & kind::number) == 0) {
        p = eyes.skip_none_of(p, kind::letter | kind::number | kind::white);
      }
    }
    words.push_back({static_cast<uint32_t>(from - begin) + offset, static_cast<uint32_t>(p - begin) + offset});
  }
}

// What the expressions after GPT-2's differ in.
struct Style {
  size_t digits;              // \p{N}{1,digits}; 0: any number of them
  bool marks = false;         // a word has \p{M}, too
  bool slashes = false;       // / after the line breaks behind other characters
  bool rest_at_once = false;  // \s++$ comes before \s*[\r\n]
  bool contractions = true;
};

template <Style style>
const char* skip_number(const Eyes& eyes, const char* p) {
  if (style.digits == 0) return eyes.skip(p, kind::number);
  for (size_t i = 0; i < style.digits; ++i) {
    const Character c = eyes.at(p);
    if ((c.kind & kind::number) == 0) break;
    p += c.size;
  }
  return p;
}

// [\r\n]* or [\r\n/]*
template <Style style>
const char* skip_newlines(const Eyes& eyes, const char* p) {
  while (p < eyes.end() && (*p == '\r' || *p == '\n' || (style.slashes && *p == '/'))) ++p;
  return p;
}

// \p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+ where no word begins. `c`: the character at p; `next`:
// the one after it.
template <Style style>
const char* skip_no_word(const Eyes& eyes, const char* p, Character c, Character next) {
  constexpr uint8_t no_other = kind::letter | kind::number | kind::white | (style.marks ? kind::mark : 0);
  if ((c.kind & kind::number) != 0) return skip_number<style>(eyes, p);
  if ((c.kind & kind::white) == 0) return skip_newlines<style>(eyes, eyes.skip_none_of(p + c.size, no_other));
  if (*p == ' ' && next.size != 0 && (next.kind & no_other) == 0)
    return skip_newlines<style>(eyes, eyes.skip_none_of(p + 1 + next.size, no_other));
  const White white = read_white(eyes, p);
  if (style.rest_at_once && white.after == eyes.end()) return white.after;
  if (white.after_newline != nullptr) return white.after_newline;
  return end_of_white(p, white.after, white.last, eyes.end());
}

// (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|... as above
template <Style style>
void scan_llama3(std::string_view text, uint32_t offset, std::vector<ByteRange>& words) {
  scan_with(text, offset, words, [](const Eyes& eyes, const char* p) {
    constexpr uint8_t word = kind::letter | (style.marks ? kind::mark : 0);
    if (style.contractions && *p == '\'')
      if (const char* const end = skip_contraction<true>(p, eyes.end()); end != p) return end;
    const Character c = eyes.at(p);
    if ((c.kind & word) != 0) return eyes.skip_letters(p + c.size, word);
    const Character next = eyes.at(p + c.size);
    if ((c.kind & (kind::newline | kind::number)) == 0 && (next.kind & word) != 0)
      return eyes.skip_letters(p + c.size + next.size, word);
    return skip_no_word<style>(eyes, p, c, next);
  });
}

struct CasedWord {
  const char* end;      // where it began: there is none
  bool needs_no_upper;  // U*L+ matched, which is tried first
};

// U*L+|U+L* with U = [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}] and L = [\p{Ll}\p{Lm}\p{Lo}\p{M}].
CasedWord skip_cased_word(const Eyes& eyes, const char* p) {
  constexpr uint8_t either = kind::caseless | kind::mark;
  const char* after_either = nullptr;
  Character c = eyes.at(p);
  for (; (c.kind & (kind::upper | either)) != 0; c = eyes.at(p)) {
    p += c.size;
    if ((c.kind & either) != 0) after_either = p;
  }
  if (c.kind == kind::lower) {
    p = eyes.skip_ascii_lower(p);
    if (p < eyes.end() && static_cast<unsigned char>(*p) >= 0x80) p = eyes.skip(p, either | kind::lower);
    return {p, true};
  }
  // U* gives back what it took, up to what L+ can take.
  if (after_either != nullptr) return {after_either, true};
  return {p, false};
}

// [^\r\n\p{L}\p{N}]?U*L+(?i:'s|...)?|[^\r\n\p{L}\p{N}]?U+L*(?i:'s|...)?|... as above
template <Style style>
void scan_o200k(std::string_view text, uint32_t offset, std::vector<ByteRange>& words) {
  scan_with(text, offset, words, [](const Eyes& eyes, const char* p) {
    const Character c = eyes.at(p);
    if ((c.kind & (kind::number | kind::newline)) != 0) return skip_no_word<style>(eyes, p, c, eyes.at(p + c.size));
    const char* const body = (c.kind & kind::letter) != 0 ? p : p + c.size;
    auto word = skip_cased_word(eyes, body);
    // A mark may lead a word, but before U+L* is tried it is one itself.
    if (c.kind == kind::mark && !word.needs_no_upper)
      word.end = p + c.size;
    else if (word.end == body)
      return skip_no_word<style>(eyes, p, c, eyes.at(body));
    return style.contractions ? skip_contraction<true>(word.end, eyes.end()) : word.end;
  });
}

// The characters of [一-龥぀-ゟ゠-ヿ].
bool is_deepseek_cjk(char32_t c) { return (c >= 0x4E00 && c <= 0x9FA5) || (c >= 0x3040 && c <= 0x30FF); }

// Eyes for which a text ends where a number or one of these characters begins: the first two expressions have made
// words of them, and the third sees each word, and what is between, alone.
class DeepseekEyes : public Eyes {
 public:
  using Eyes::Eyes;
  Character at(const char* p) const {
    const Character c = Eyes::at(p);
    if ((c.kind & kind::number) != 0 || is_cjk(p)) return {};
    return c;
  }
  bool is_cjk(const char* p) const {
    if (p == end() || static_cast<unsigned char>(*p) < 0xE3 || static_cast<unsigned char>(*p) > 0xE9) return false;
    return is_deepseek_cjk(utf8::next(p));
  }
  const char* skip(const char* p, uint8_t kinds) const {
    for (Character c = at(p); (c.kind & kinds) != 0; c = at(p)) p += c.size;
    return p;
  }
};

// [!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*
// |\s*[\r\n]+|\s+(?!\S)|\s+
template <typename AnyEyes>
const char* skip_deepseek_word(const AnyEyes& eyes, const char* p) {
  constexpr uint8_t word = kind::letter | kind::mark;
  constexpr Style style{.digits = 3};
  const Character c = eyes.at(p);
  if ((c.kind & word) != 0) return eyes.skip(eyes.skip_ascii_letters(p), word);
  const Character next = eyes.at(p + c.size);
  if (c.kind == kind::sign) {
    if (c.size == 1 && next.size == 1 && (next.kind & kind::letter) != 0) return eyes.skip_ascii_letters(p + 1);
    return skip_newlines<style>(eyes, eyes.skip(p + c.size, kind::sign));
  }
  if (c.kind != kind::newline && (next.kind & word) != 0) return eyes.skip(eyes.skip_ascii_letters(p + c.size), word);
  if (*p == ' ' && next.kind == kind::sign) return skip_newlines<style>(eyes, eyes.skip(p + 1, kind::sign));
  if ((c.kind & kind::white) != 0) {
    const White white = read_white(eyes, p);
    if (white.after_newline != nullptr) return white.after_newline;
    return eyes.at(white.after).size == 0 ? white.after : end_of_white(p, white.after, white.last, eyes.end());
  }
  // No match begins here; what is up to the next one is one word.
  for (Character none = c, after = next; none.size != 0 && none.kind == 0 && (after.kind & word) == 0;) {
    p += none.size;
    none = after;
    after = eyes.at(p + none.size);
  }
  return p;
}

void scan_deepseek3(std::string_view text, uint32_t offset, std::vector<ByteRange>& words) {
  const DeepseekEyes deepseek(text.data() + text.size());
  scan_with(text, offset, words, [&](const Eyes& eyes, const char* p) {
    if ((eyes.at(p).kind & kind::number) != 0) return skip_number<Style{.digits = 3}>(eyes, p);
    if (!deepseek.is_cjk(p)) return skip_deepseek_word(deepseek, p);
    const char* end = p;
    while (deepseek.is_cjk(end)) utf8::next(end);
    return skip_deepseek_word(Eyes(end), p);  // the third expression splits these words, too: at U+30FB
  });
}

// The parts that expressions share.
#define CONTRACTIONS "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
#define WHITE "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
#define OTHERS "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
#define U "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]"
#define L "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]"
#define LEAD "[^\\r\\n\\p{L}\\p{N}]?"

struct Known {
  std::string_view expression;
  WordScanner scanner;
};

const Known known[] = {
    {R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)", {"GPT-2", false, scan_gpt2}},
    {R"('s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+)", {"CLIP", true, scan_clip}},
    {CONTRACTIONS "|" LEAD R"(\p{L}+|\p{N}{1,3})" OTHERS WHITE, {"Llama 3", false, scan_llama3<Style{.digits = 3}>}},
    {CONTRACTIONS "|" LEAD R"(\p{L}+|\p{N})" OTHERS WHITE, {"Qwen2", false, scan_llama3<Style{.digits = 1}>}},
    {CONTRACTIONS "|" LEAD R"([\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*)" WHITE,
     {"Qwen3.5", false, scan_llama3<Style{.digits = 1, .marks = true}>}},
    {R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+)",
     {"cl100k", false, scan_llama3<Style{.digits = 3}>}},
    // Possessive braces are an invention of others: to Oniguruma, \p{N}{1,3}+ is any number of digits.
    {R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s)",
     {"cl100k", false, scan_llama3<Style{.digits = 0, .rest_at_once = true}>}},
    {LEAD U "*" L "+" CONTRACTIONS "?|" LEAD U "+" L "*" CONTRACTIONS
            R"(?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*)" WHITE,
     {"o200k", false, scan_o200k<Style{.digits = 3, .slashes = true}>}},
    {LEAD U "*" L "+|" LEAD U "+" L R"(*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*)" WHITE,
     {"Tekken", false, scan_o200k<Style{.digits = 1, .slashes = true, .contractions = false}>}},
};

#undef CONTRACTIONS
#undef WHITE
#undef OTHERS
#undef U
#undef L
#undef LEAD

const std::string_view deepseek3[] = {
    R"(\p{N}{1,3})", "[一-龥\u3040-ゟ゠-ヿ]+",
    R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"};

// Line breaks in it are taken for \r and \n, which mean the same in all of these.
bool same(std::string_view expression, std::string_view known_expression) {
  std::string escaped;
  for (char c : expression) {
    if (c == '\r' || c == '\n') {
      escaped += c == '\r' ? "\\r" : "\\n";
    } else {
      escaped += c;
    }
  }
  return escaped == known_expression;
}

}  // namespace

const WordScanner* find_word_scanner(std::string_view expression) {
  const auto* const found =
      std::find_if(std::begin(known), std::end(known), [&](const Known& k) { return same(expression, k.expression); });
  return found == std::end(known) ? nullptr : &found->scanner;
}

const WordScanner* find_word_scanner(std::string_view first, std::string_view second, std::string_view third) {
  static const WordScanner scanner{"DeepSeek V3", false, scan_deepseek3};
  const bool known_to_it = same(first, deepseek3[0]) && same(second, deepseek3[1]) && same(third, deepseek3[2]);
  return known_to_it ? &scanner : nullptr;
}

}  // namespace weir

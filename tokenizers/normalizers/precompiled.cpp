#include "tokenizers/normalizers/precompiled.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "tokenizers/ascii.hpp"
#include "tokenizers/normalizers/rewriter.hpp"
#include "tokenizers/unicode/graphemes.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

constexpr size_t longest_whole = 5;  // bytes of a grapheme that is looked up as one

// The fields of a unit, as darts-clone packs them.
bool has_leaf(uint32_t unit) { return unit >> 8 & 1; }
uint32_t value(uint32_t unit) { return unit & 0x7FFFFFFF; }
uint32_t label(uint32_t unit) { return unit & 0x800000FF; }
uint32_t offset(uint32_t unit) { return (unit >> 10) << ((unit & 512) >> 6); }

// Puts code points; the last one waits, since what is removed behind it changes what it stands for.
class Pending {
 public:
  explicit Pending(Rewriter& out) : out_(out) {}

  void put(char32_t c, int change) {
    flush();
    code_ = c;
    change_ = change;
    waiting_ = true;
  }

  // `before` code points become the text `by`: as many as can take a place, the rest is inserted or left out.
  void replace(int before, std::string_view by) {
    const auto after = static_cast<int>(utf8::count(by));
    int at = 0;
    for (const char* p = by.data(); p < by.data() + by.size(); ++at) put(utf8::next(p), at < before ? 0 : 1);
    if (after < before && waiting_) change_ += after - before;
  }

  void flush() {
    if (waiting_) out_.put(code_, change_);
    waiting_ = false;
  }

 private:
  Rewriter& out_;
  char32_t code_ = 0;
  int change_ = 0;
  bool waiting_ = false;
};

// What stands in [p, end) stays. The last code point waits: it may come to stand for what is removed behind it.
void keep(const char* p, const char* end, const char* begin, Rewriter& writer, Pending& pending) {
  if (p == end) return;
  pending.flush();
  const char* last = utf8::previous(end);
  if (writer.at() == static_cast<size_t>(p - begin)) {
    writer.copy_until(static_cast<size_t>(last - begin));
    p = last;
  }
  while (p < end) pending.put(utf8::next(p), 0);
}

bool is_printable_block(const char* p) {
  uint8_t other = 0;
  for (int i = 0; i < ascii::block; ++i) {
    const auto c = static_cast<uint8_t>(p[i]);
    other = static_cast<uint8_t>(other | (c < 0x20) | (c > 0x7E));
  }
  return other == 0;
}

}  // namespace

Result<CharacterMap> CharacterMap::parse(std::string_view map) {
  uint32_t bytes = 0;
  if (map.size() < sizeof bytes) return fail(ErrorCode::corrupt, "the character map is cut off");
  std::memcpy(&bytes, map.data(), sizeof bytes);
  map.remove_prefix(sizeof bytes);
  if (bytes > map.size() || bytes % 4 != 0)
    return fail(ErrorCode::corrupt,
                fmt::format("the double array of the character map has {} bytes, there are {}", bytes, map.size()));
  CharacterMap parsed;
  parsed.units_.resize(bytes / 4);
  if (bytes > 0) std::memcpy(parsed.units_.data(), map.data(), bytes);
  parsed.replacements_ = map.substr(bytes);
  if (!utf8::valid(parsed.replacements_))
    return fail(ErrorCode::corrupt, "the replacements of the character map are not UTF-8");
  return parsed;
}

// Calls `found` with each beginning of `text` that the map has, until it says false.
template <typename Found>
void CharacterMap::walk(std::string_view text, Found found) const {
  if (units_.empty()) return;
  uint32_t node = offset(units_[0]);
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    node ^= c;
    if (c == 0 || node >= units_.size() || label(units_[node]) != c) return;
    const uint32_t unit = units_[node];
    node ^= offset(unit);
    if (!has_leaf(unit)) continue;
    if (node >= units_.size() || value(units_[node]) > replacements_.size()) return;
    const auto rest = std::string_view(replacements_).substr(value(units_[node]));
    if (!found(Match{rest.substr(0, rest.find('\0')), i + 1})) return;
  }
}

std::optional<std::string_view> CharacterMap::find(std::string_view text) const {
  std::optional<std::string_view> first;
  walk(text, [&](const Match& match) {
    first = match.replacement;
    return false;
  });
  return first;
}

std::optional<CharacterMap::Match> CharacterMap::find_longest(std::string_view text) const {
  std::optional<Match> last;
  walk(text, [&](const Match& match) {
    last = match;
    return true;
  });
  return last;
}

Precompiled::Precompiled(CharacterMap map) : map_(std::move(map)), mapped_(0x10000) {
  for (char32_t c = 0; c < mapped_.size(); ++c) {
    char bytes[4];
    mapped_[c] = map_.find({bytes, utf8::write(c, bytes)}).has_value();
  }
  plain_ascii_ = std::find(mapped_.begin() + 0x20, mapped_.begin() + 0x7F, 1) == mapped_.begin() + 0x7F;
}

// The start of the first grapheme that changes, or `end`.
const char* Precompiled::first_changed(const char* p, const char* end) const {
  while (p < end) {
    // A printable letter before another one is a grapheme of its own.
    while (plain_ascii_ && end - p > ascii::block && is_printable_block(p) && ascii::is_ascii(p[ascii::block]))
      p += ascii::block;
    const char* next = p;
    const char32_t c = utf8::next(next);
    const char* ahead = next;
    const bool alone =
        unicode::grapheme_entry(c) == 0 && (next == end || unicode::grapheme_entry(utf8::next(ahead)) == 0);
    if (alone && !maps(c)) {
      p = next;
      continue;
    }
    if (!alone) next = unicode::grapheme_end(p, end);
    if (static_cast<size_t>(next - p) <= longest_whole && map_.find({p, static_cast<size_t>(next - p)})) return p;
    for (const char* at = p; at < next;) {
      const char* const code = at;
      if (maps(utf8::next(at)) && map_.find({code, static_cast<size_t>(at - code)})) return p;
    }
    p = next;
  }
  return end;
}

bool Precompiled::apply(TextView in, EncodeBuffers& /*buffers*/, NormalizedText& out) const {
  const char* const begin = in.text.data();
  const char* const end = begin + in.text.size();
  const char* p = first_changed(begin, end);
  if (p == end) return false;
  Rewriter writer(in, out);
  Pending pending(writer);
  const char* done = begin;
  while (p < end) {
    keep(done, p, begin, writer, pending);
    done = unicode::grapheme_end(p, end);
    const std::string_view whole(p, static_cast<size_t>(done - p));
    if (const auto by = whole.size() <= longest_whole ? map_.find(whole) : std::nullopt) {
      pending.replace(static_cast<int>(utf8::count(whole)), *by);
    } else {
      while (p < done) {
        const char* const at = p;
        const char32_t c = utf8::next(p);
        if (const auto one = map_.find({at, static_cast<size_t>(p - at)})) {
          pending.replace(1, *one);
        } else {
          pending.put(c, 0);
        }
      }
    }
    p = first_changed(done, end);
  }
  keep(done, end, begin, writer, pending);
  pending.flush();
  return true;
}

std::string Precompiled::describe() const {
  return fmt::format("Precompiled: a character map of {} units", map_.size());
}

}  // namespace weir

#include "tokenizers/normalizers/code_point_maps.hpp"

#include <cstring>

#include "tokenizers/ascii.hpp"
#include "tokenizers/byte_alphabet.hpp"
#include "tokenizers/unicode/tables.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

// What a map is: `kept(c)` says whether it leaves a code point alone, `kept_block` whether it leaves alone 16 bytes
// (which are ASCII then), `write(c, at)` writes what it makes of one and returns how many bytes, at most `growth` times
// its length; `write_block` does so for 16 bytes of ASCII, one for one, or returns false.

template <typename Map>
const char* first_changed(const char* p, const char* end) {
  while (p < end) {
    while (end - p >= ascii::block && ascii::is_ascii(*p) && Map::kept_block(p)) p += ascii::block;
    if (p == end) break;
    const char* const at = p;
    if (!Map::kept(utf8::next(p))) return at;
  }
  return end;
}

template <typename Map>
bool map_text(TextView in, NormalizedText& out) {
  const char* const begin = in.text.data();
  const char* const end = begin + in.text.size();
  const char* p = first_changed<Map>(begin, end);
  if (p == end) return false;
  out.clear();
  const auto before = static_cast<size_t>(p - begin);
  out.text.resize(before + Map::growth * static_cast<size_t>(end - p) + ascii::block);
  std::memcpy(out.text.data(), begin, before);
  if (in.traced()) out.origins.assign(in.origins.begin(), in.origins.begin() + static_cast<std::ptrdiff_t>(before));
  char* at = out.text.data() + before;
  while (p < end) {
    if (!in.traced() && end - p >= ascii::block && ascii::is_ascii(*p) && Map::write_block(p, at)) {
      p += ascii::block;
      at += ascii::block;
      continue;
    }
    const auto from = static_cast<size_t>(p - begin);
    const size_t wrote = Map::write(utf8::next(p), at);
    at += wrote;
    if (in.traced()) out.origins.resize(out.origins.size() + wrote, in.origins[from]);
  }
  out.text.resize(static_cast<size_t>(at - out.text.data()));
  return true;
}

// Whether all 16 bytes are such that `other` is 0 for them and they are ASCII.
template <typename Other>
bool block_without(const char* p, Other other) {
  uint8_t found = 0;
  for (int i = 0; i < ascii::block; ++i) {
    const auto c = static_cast<uint8_t>(p[i]);
    found = static_cast<uint8_t>(found | (c & 0x80) | other(c));
  }
  return found == 0;
}

bool copy_block(const char* p, char* at, bool good) {
  if (good) std::memcpy(at, p, ascii::block);
  return good;
}

struct LowercaseMap {
  static constexpr size_t growth = 2;
  static bool kept(char32_t c) {
    const auto lower = unicode::lower(c);
    return lower.count == 1 && lower.at[0] == c;
  }
  static bool kept_block(const char* p) {
    return block_without(p, [](uint8_t c) { return static_cast<uint8_t>(c - 'A') < 26; });
  }
  static size_t write(char32_t c, char* at) {
    const auto lower = unicode::lower(c);
    size_t wrote = utf8::write(lower.at[0], at);
    if (lower.count > 1) wrote += utf8::write(lower.at[1], at + wrote);
    return wrote;
  }
  static bool write_block(const char* p, char* at) {
    uint8_t other = 0;
    for (int i = 0; i < ascii::block; ++i) {
      const auto c = static_cast<uint8_t>(p[i]);
      other |= c & 0x80;
      at[i] = static_cast<char>(c | (static_cast<uint8_t>(c - 'A') < 26 ? 0x20 : 0));
    }
    return other == 0;
  }
};

struct AccentMap {
  static constexpr size_t growth = 1;
  static bool kept(char32_t c) { return !(unicode::forms(c) & unicode::accent); }
  static bool kept_block(const char* p) {
    return block_without(p, [](uint8_t) { return 0; });
  }
  static size_t write(char32_t c, char* at) { return kept(c) ? utf8::write(c, at) : 0; }
  static bool write_block(const char* p, char* at) { return copy_block(p, at, kept_block(p)); }
};

struct NmtMap {
  static constexpr size_t growth = 1;
  static bool kept(char32_t c) { return !(unicode::forms(c) & (unicode::nmt_drop | unicode::nmt_space)); }
  static bool kept_block(const char* p) {
    return block_without(p, [](uint8_t c) { return (c < 0x20) | (c == 0x7F); });
  }
  static size_t write(char32_t c, char* at) {
    const uint8_t forms = unicode::forms(c);
    if (forms & unicode::nmt_drop) return 0;
    return utf8::write(forms & unicode::nmt_space ? ' ' : c, at);
  }
  static bool write_block(const char* p, char* at) { return copy_block(p, at, kept_block(p)); }
};

struct ByteLetterMap {
  static constexpr size_t growth = 2;
  static bool kept(char32_t c) { return c > 0x20 && c < 0x7F; }
  static bool kept_block(const char* p) {
    return block_without(p, [](uint8_t c) { return (c <= 0x20) | (c == 0x7F); });
  }
  static size_t write(char32_t c, char* at) {
    char bytes[4];
    const size_t count = utf8::write(c, bytes);
    size_t wrote = 0;
    for (size_t i = 0; i < count; ++i) wrote += utf8::write(byte_letters[static_cast<uint8_t>(bytes[i])], at + wrote);
    return wrote;
  }
  static bool write_block(const char* p, char* at) { return copy_block(p, at, kept_block(p)); }
};

}  // namespace

bool Lowercase::apply(TextView in, EncodeBuffers&, NormalizedText& out) const {
  return map_text<LowercaseMap>(in, out);
}
bool StripAccents::apply(TextView in, EncodeBuffers&, NormalizedText& out) const {
  return map_text<AccentMap>(in, out);
}
bool Nmt::apply(TextView in, EncodeBuffers&, NormalizedText& out) const { return map_text<NmtMap>(in, out); }
bool ByteLetters::apply(TextView in, EncodeBuffers&, NormalizedText& out) const {
  return map_text<ByteLetterMap>(in, out);
}

}  // namespace weir

#include "tokenizers/pre_tokenizers/bert_pre_tokenizer.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tokenizers/pre_tokenizers/bert_pre_tokenizer.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/unicode/tables.hpp"
#include "tokenizers/utf8.hpp"

HWY_BEFORE_NAMESPACE();
namespace weir::bert_words::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = hn::CappedTag<int8_t, 64>;
using Vector = hn::Vec<Tag>;
using Mask = hn::Mask<Tag>;

// Bytes of a block of text, one bit each.
struct Bits {
  uint64_t letters = 0;  // all of words but marks
  uint64_t first = 0;    // first bytes of marks
  uint64_t last = 0;
  uint64_t others = 0;  // no ASCII
};

constexpr size_t block = 64;

HWY_INLINE Mask between(Vector v, char low, char high) {
  const Tag d;
  return hn::And(hn::Gt(v, hn::Set(d, static_cast<int8_t>(low - 1))),
                 hn::Lt(v, hn::Set(d, static_cast<int8_t>(high + 1))));
}

HWY_INLINE uint64_t bits_of(Mask mask, size_t at) {
  uint8_t bytes[8] = {};
  hn::StoreMaskBits(Tag(), mask, bytes);
  uint64_t bits;
  std::memcpy(&bits, bytes, sizeof bits);
  return bits << at;
}

// The ASCII of a block; the others are taken for letters.
HWY_INLINE Bits look_at(const char* p) {
  const Tag d;
  uint64_t blanks = 0;
  Bits bits;
  for (size_t i = 0; i < block; i += hn::Lanes(d)) {
    const auto v = hn::LoadU(d, reinterpret_cast<const int8_t*>(p) + i);
    const auto alphanumeric = hn::Or(between(hn::Or(v, hn::Set(d, 0x20)), 'a', 'z'), between(v, '0', '9'));
    blanks |= bits_of(hn::Or(hn::Eq(v, hn::Set(d, ' ')), between(v, '\t', '\r')), i);
    bits.first |= bits_of(hn::AndNot(alphanumeric, between(v, '!', '~')), i);
    bits.others |= bits_of(hn::Lt(v, hn::Zero(d)), i);
  }
  bits.last = bits.first;
  bits.letters = ~(blanks | bits.first);
  return bits;
}

// Character by character, the ones that look_at could not know.
HWY_INLINE void look_at_others(const char* p, size_t size, Bits& bits) {
  while (bits.others != 0) {
    const auto at = static_cast<size_t>(std::countr_zero(bits.others));
    if (at >= size) return;
    const char* after = p + at;
    const uint8_t flags = unicode::flags(utf8::next(after));
    const auto length = static_cast<size_t>(after - p) - at;
    const uint64_t all = ((uint64_t{1} << length) - 1) << at;
    bits.others &= ~all;
    if (!(flags & (unicode::whitespace | unicode::punct))) continue;
    bits.letters &= ~all;
    if (flags & unicode::whitespace) continue;
    bits.first |= uint64_t{1} << at;
    bits.last |= uint64_t{1} << (at + length - 1);
  }
}

// Words begin and end where bits change: a block of text at a time (after the structural indexes of Langdale and
// Lemire, Parsing gigabytes of JSON per second, 2019).
void split(const char* const start, ByteRange range, std::vector<ByteRange>& out) {
  size_t begins = out.size();  // of the words whose begin is known
  size_t ends = begins;
  uint64_t letter_before = 0;
  uint64_t mark_before = 0;
  size_t size = 0;
  for (uint32_t at = range.begin; at < range.end; at += static_cast<uint32_t>(size)) {
    const char* p = start + at;
    size = range.end - at;
    char copy[block];
    if (size < block) {
      std::fill(std::copy_n(p, size, copy), copy + block, ' ');
      p = copy;
    } else if (size > block) {
      size = block;
      while (utf8::is_continuation(p[size])) --size;  // whole characters
    }
    Bits bits = look_at(p);
    if (bits.others != 0) look_at_others(p, size, bits);
    const uint64_t here = ~uint64_t{0} >> (block - size);
    const uint64_t behind_letter = bits.letters << 1 | letter_before;
    uint64_t first = (bits.first | (bits.letters & ~behind_letter)) & here;
    uint64_t behind = (bits.last << 1 | mark_before | (behind_letter & ~bits.letters)) & here;
    letter_before = bits.letters >> (size - 1) & 1;
    mark_before = bits.last >> (size - 1) & 1;
    out.resize(begins + static_cast<size_t>(std::popcount(first)));
    for (; first != 0; first &= first - 1) out[begins++].begin = at + static_cast<uint32_t>(std::countr_zero(first));
    for (; behind != 0; behind &= behind - 1) out[ends++].end = at + static_cast<uint32_t>(std::countr_zero(behind));
  }
  if (ends < begins) out[ends].end = range.end;
}

}  // namespace weir::bert_words::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weir {
namespace bert_words {
HWY_EXPORT(split);

void run(const char* start, ByteRange range, std::vector<ByteRange>& out) {
  HWY_DYNAMIC_DISPATCH(split)(start, range, out);
}
}  // namespace bert_words

void BertPreTokenizer::apply(Words& words, EncodeBuffers& buffers) const {
  auto& out = buffers.ranges;
  out.clear();
  for (const ByteRange range : words.words) bert_words::run(words.text.text.data(), range, out);
  words.words.swap(out);
}

}  // namespace weir
#endif

#pragma once

#include <cstddef>
#include <string_view>

#include "tokenizers/normalized_text.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {

// Writes a text from another one as NormalizedString::transform of Hugging Face does: each code point that is put has a
// `change` that says what it stands for. 0: it takes the place, and so the origin, of the next code point of the
// input. 1: it is inserted, with the origin of the byte before that. -n: as 0, and n more code points of the input are
// left out. The changes need not add up: then origins shift, and so they do there.
class Rewriter {
 public:
  Rewriter(TextView in, NormalizedText& out) : in_(in), out_(out) { out.clear(); }

  // Copies the input from where it stands up to byte `end`.
  void copy_until(size_t end) {
    out_.text.append(in_.text.substr(at_, end - at_));
    if (in_.traced())
      out_.origins.insert(out_.origins.end(), in_.origins.begin() + offset(at_), in_.origins.begin() + offset(end));
    at_ = end;
  }

  void put(char32_t c, int change) {
    utf8::append(out_.text, c);
    if (in_.traced()) out_.origins.resize(out_.text.size(), origin(change));
    if (change <= 0) skip(1 - change);
  }

  // Leaves out so many code points of the input.
  void skip(int count) {
    for (; count > 0 && at_ < in_.text.size(); --count) at_ += utf8::length_at(in_.text[at_]);
  }

  // The byte of the input where the next code point stands.
  size_t at() const { return at_; }

 private:
  static std::ptrdiff_t offset(size_t at) { return static_cast<std::ptrdiff_t>(at); }

  TokenSpan origin(int change) const {
    if (change > 0 && at_ == 0) return {in_.origins[0].begin, in_.origins[0].begin};
    if (change > 0 || at_ == in_.text.size()) return in_.origins[at_ - 1];
    return in_.origins[at_];
  }

  TextView in_;
  NormalizedText& out_;
  size_t at_ = 0;
};

}  // namespace weir

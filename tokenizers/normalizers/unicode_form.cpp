#include "tokenizers/normalizers/unicode_form.hpp"

#include <algorithm>

#include "tokenizers/ascii.hpp"
#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/normalizers/rewriter.hpp"
#include "tokenizers/unicode/forms.hpp"

namespace weir {
namespace {

using Part = FormBuffers::Part;

constexpr const char* names[] = {"NFC", "NFD", "NFKC", "NFKD"};
constexpr uint8_t stable_bits[] = {unicode::nfc_stable, unicode::nfd_stable, unicode::nfkc_stable,
                                   unicode::nfkd_stable};

// Puts what a decomposition gives, composed again or not. A composed part stands for all that went into it, so that
// the changes (Rewriter) add up.
class Composer {
 public:
  Composer(bool composes, std::vector<Part>& blocked, Rewriter& out)
      : composes_(composes), blocked_(blocked), out_(out) {}

  void add(const Part& part) {
    if (!composes_) return put(part);
    if (!has_starter_) {
      if (part.rank != 0) return put(part);
      return start(part);
    }
    // A mark is blocked from the starter by one of its own class, or a higher one, that stays between them.
    if (blocked_.empty() || blocked_.back().rank < part.rank) {
      if (const char32_t composed = unicode::compose(starter_.code, part.code)) {
        starter_.code = composed;
        starter_.change += part.change - 1;
        return;
      }
    }
    if (part.rank != 0) return blocked_.push_back(part);
    finish();
    start(part);
  }

  void finish() {
    if (has_starter_) put(starter_);
    for (const Part& part : blocked_) put(part);
    blocked_.clear();
    has_starter_ = false;
  }

 private:
  void put(const Part& part) { out_.put(part.code, part.change); }
  void start(const Part& part) {
    starter_ = part;
    has_starter_ = true;
  }

  const bool composes_;
  bool has_starter_ = false;
  Part starter_{};
  std::vector<Part>& blocked_;
  Rewriter& out_;
};

// Marks in the order of their classes. Nearly always they are, or there are few.
void sort_marks(std::vector<Part>& marks) {
  const auto below = [](const Part& a, const Part& b) { return a.rank < b.rank; };
  if (marks.size() < 2 || std::is_sorted(marks.begin(), marks.end(), below)) return;
  if (marks.size() > 16) return std::stable_sort(marks.begin(), marks.end(), below);
  for (size_t i = 1; i < marks.size(); ++i)
    for (size_t j = i; j > 0 && below(marks[j], marks[j - 1]); --j) std::swap(marks[j], marks[j - 1]);
}

// Decomposes code points and hands them on in canonical order.
class Decomposer {
 public:
  Decomposer(bool compatible, std::vector<Part>& marks, Composer& next)
      : compatible_(compatible), marks_(marks), next_(next) {}

  void add(char32_t c) {
    if (unicode::is_hangul(c)) {
      const auto parts = unicode::decompose_hangul(c);
      for (uint32_t i = 0; i < parts.count; ++i) add_part(parts.at[i], i > 0);
      return;
    }
    const auto parts = unicode::decomposition(c, compatible_);
    if (parts.empty()) return add_part(c, 0);
    for (size_t i = 0; i < parts.size(); ++i) add_part(parts[i], i > 0);
  }

  void finish() {
    sort_marks(marks_);
    for (const Part& mark : marks_) next_.add(mark);
    marks_.clear();
    next_.finish();
  }

 private:
  void add_part(char32_t c, int change) {
    const uint8_t rank = unicode::combining_rank(c);
    if (rank != 0) return marks_.push_back({c, change, rank});
    sort_marks(marks_);
    for (const Part& mark : marks_) next_.add(mark);
    marks_.clear();
    next_.add({c, change, 0});
  }

  const bool compatible_;
  std::vector<Part>& marks_;
  Composer& next_;
};

}  // namespace

UnicodeForm::UnicodeForm(Kind kind)
    : kind_(kind),
      compatible_(kind == Kind::nfkc || kind == Kind::nfkd),
      composes_(kind == Kind::nfc || kind == Kind::nfkc),
      stable_(stable_bits[static_cast<size_t>(kind)]) {}

bool UnicodeForm::apply(TextView in, EncodeBuffers& buffers, NormalizedText& out) const {
  const char* const begin = in.text.data();
  const char* const end = begin + in.text.size();
  const char* p = first_unstable(begin, end);
  if (p == end) return false;
  Rewriter writer(in, out);
  buffers.form.marks.clear();
  buffers.form.blocked.clear();
  while (p < end) {
    // What stands before may compose with it.
    const char* const from = begin + writer.at();
    if (composes_ && p > from) p = utf8::previous(p);
    writer.copy_until(static_cast<size_t>(p - begin));
    Composer composer(composes_, buffers.form.blocked, writer);
    Decomposer decomposer(compatible_, buffers.form.marks, composer);
    decomposer.add(utf8::next(p));
    for (const char* ahead = p; p < end && !(unicode::forms(utf8::next(ahead)) & stable_); p = ahead)
      decomposer.add(utf8::next(p));
    decomposer.finish();
    p = first_unstable(p, end);
  }
  writer.copy_until(in.text.size());
  return true;
}

std::string UnicodeForm::describe() const { return names[static_cast<size_t>(kind_)]; }

const char* UnicodeForm::first_unstable(const char* p, const char* end) const {
  while (p < end) {
    if (ascii::is_ascii(*p)) {
      p = ascii::run_end(p, end);
      continue;
    }
    const char* const at = p;
    if (!(unicode::forms(utf8::next(p)) & stable_)) return at;
  }
  return end;
}

}  // namespace weir

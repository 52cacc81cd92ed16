// Character classes: [a-z&&[^aeiou]\d[:alpha:]].
#include <fmt/format.h>

#include "tokenizers/regex/cursor.hpp"
#include "tokenizers/regex/syntax.hpp"

namespace weir::regex {
namespace {

class Brackets {
 public:
  Brackets(Cursor& in, size_t begin, uint32_t depth) : in_(in), begin_(begin), depth_(depth) {}

  // All but the final negation.
  CharSet read(bool& negated) {
    negated = in_.take("^");
    if (in_.sees("]")) {
      // Only where another one closes the class is this one a member of it.
      if (!closes_later()) return in_.wrong(begin_, "is an empty class"), CharSet();
      add(in_.next());
    }
    while (!in_.take("]")) {
      if (in_.at_end()) return in_.wrong(begin_, "has no ]"), CharSet();
      read_member();
    }
    end_value();
    CharSet last(std::move(ranges_));
    return conjunct_ ? conjunct_->intersect(last) : last;
  }

 private:
  enum class State : uint8_t { start, value, set_value, range, complete };

  bool closes_later() const {
    const auto rest = in_.rest();
    for (size_t i = 1; i < rest.size(); ++i) {
      if (rest[i] == '\\') {
        ++i;
      } else if (rest[i] == ']') {
        return true;
      }
    }
    return false;
  }

  void end_value() {
    if (state_ == State::value) ranges_.push_back({pending_, pending_});
  }

  void add(char32_t code) {
    if (state_ == State::range) {
      if (pending_ > code) return in_.wrong(begin_, "has a range from high to low");
      ranges_.push_back({pending_, code});
      state_ = State::complete;
      return;
    }
    end_value();
    pending_ = code;
    state_ = State::value;
  }

  void add(const CharSet& set) {
    if (state_ == State::range) return in_.wrong(begin_, "has a range that ends in a class");
    end_value();
    ranges_.insert(ranges_.end(), set.ranges().begin(), set.ranges().end());
  }

  void read_member() {
    const size_t at = in_.at();
    if (in_.take("&&")) return end_conjunct();
    if (in_.take("-")) return read_dash();
    if (in_.take("\\")) return read_class_escape(at);
    if (!in_.take("[")) return add(in_.next());
    if (in_.sees(":") && read_posix(at)) {
      state_ = State::set_value;
      return;
    }
    if (depth_ + 1 > max_nesting) return in_.unsupported(at, "classes nested this deep");
    bool negated = false;
    const auto inner = Brackets(in_, at, depth_ + 1).read(negated);
    add(negated ? inner.complement() : inner);
    state_ = State::complete;
  }

  void end_conjunct() {
    end_value();
    CharSet set(std::move(ranges_));
    ranges_.clear();
    conjunct_ = conjunct_ ? conjunct_->intersect(set) : std::move(set);
    state_ = State::start;
  }

  void read_dash() {
    const bool last = in_.sees("]") || in_.sees("&&");
    if ((state_ == State::value || state_ == State::set_value) && !last) {
      if (state_ == State::set_value) return in_.wrong(begin_, "has a range that begins with a class");
      state_ = State::range;
      return;
    }
    add(U'-');
  }

  void read_class_escape(size_t at) {
    if (in_.take("b")) return add(U'\b');
    auto escape = read_escape(in_, at);
    if (!escape.is_set) return add(escape.code);
    add(escape.set);
    state_ = State::set_value;
  }

  // [:alpha:]; the cursor stands behind "[". False: this is no such thing but an inner class.
  bool read_posix(size_t at) {
    const auto rest = in_.rest();
    const size_t end = rest.find(":]");
    const size_t other = rest.substr(1).find_first_of("[]");
    if (end == std::string_view::npos || end == 0 || (other != std::string_view::npos && other + 1 < end)) return false;
    const bool negated = rest[1] == '^';
    const auto name = rest.substr(negated ? 2 : 1, end - (negated ? 2 : 1));
    const auto property = unicode::find_property(fmt::format("[:{}:]", name));
    if (!property) return in_.wrong(at, "is no POSIX bracket"), true;
    in_.go(in_.at() + end + 2);
    const auto set = CharSet::of(*property);
    add(negated ? set.complement() : set);
    return true;
  }

  Cursor& in_;
  size_t begin_;
  uint32_t depth_;
  State state_ = State::start;
  char32_t pending_ = 0;
  std::vector<CodeRange> ranges_;
  std::optional<CharSet> conjunct_;  // what stands before the last &&
};

}  // namespace

CharSet read_brackets(Cursor& in, size_t begin, bool fold, bool& negated) {
  auto set = Brackets(in, begin, 0).read(negated);
  return fold ? set.with_other_case() : set;
}

}  // namespace weir::regex

#include "tokenizers/chat/string_format.hpp"

#include <cctype>

#include <fmt/format.h>

#include "tokenizers/chat/format_spec.hpp"
#include "tokenizers/chat/operators.hpp"
#include "tokenizers/chat/python_text.hpp"

namespace weir::chat {
namespace {

// Reads a number of digits; fails when it is beyond what a width may be.
int64_t read_number(Run& run, std::string_view text, size_t& at, int64_t absent) {
  if (at >= text.size() || text[at] < '0' || text[at] > '9') return absent;
  int64_t number = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
    number = number * 10 + (text[at] - '0');
    if (number > max_width) run.fail("a width or precision of this size is not supported");
  }
  return number;
}

class PercentFormat {
 public:
  PercentFormat(Run& run, std::string_view text, Value value) : run_(run), text_(text), value_(value) {}

  std::string format() {
    std::string out;
    while (at_ < text_.size()) {
      const size_t percent = std::min(text_.find('%', at_), text_.size());
      out += text_.substr(at_, percent - at_);
      at_ = percent;
      if (at_ == text_.size()) break;
      ++at_;
      conversion(out);
      run_.need_bytes(out.size());
    }
    const bool unused = value_.is(Kind::tuple) ? used_ < value_.items().items.size() : used_ == 0 && !is_mapping();
    if (unused) run_.fail("not all arguments were converted by the format");
    return out;
  }

 private:
  // What Python takes for one: whatever can be subscripted.
  bool is_mapping() const {
    return value_.is(Kind::dict) || value_.is(Kind::list) || value_.is(Kind::undefined) ||
           value_.as<Range>() != nullptr;
  }

  Value next() {
    if (value_.is(Kind::tuple)) {
      if (used_ >= value_.items().items.size()) run_.fail("not enough arguments for the format string");
      return value_.items().items[used_++];
    }
    if (used_++ > 0) run_.fail("not enough arguments for the format string");
    return value_;
  }

  int64_t star_or_number(int64_t absent) {
    if (at_ >= text_.size() || text_[at_] != '*') return read_number(run_, text_, at_, absent);
    ++at_;
    const Integer number = index_of(run_, next());
    if (number > max_width || number < -max_width) run_.fail("a width or precision of this size is not supported");
    return static_cast<int64_t>(number);
  }

  void conversion(std::string& out) {
    FormatSpec spec;
    Value keyed;
    if (at_ < text_.size() && text_[at_] == '(') {
      size_t depth = 1, end = ++at_;
      for (; end < text_.size() && depth > 0; ++end) depth += text_[end] == '(' ? 1 : text_[end] == ')' ? -1 : 0;
      if (depth > 0) run_.fail("the format has an incomplete key");
      if (!value_.is(Kind::dict)) run_.fail("the format requires a mapping");
      const Value* found = value_.dict().find(text_.substr(at_, end - at_ - 1));
      if (found == nullptr)
        run_.fail(fmt::format("the format has no value for '{}'", text_.substr(at_, end - at_ - 1)));
      keyed = *found;
      at_ = end;
      used_ = 1;
    }
    for (; at_ < text_.size() && std::string_view("-+ #0").find(text_[at_]) != std::string_view::npos; ++at_) {
      const char flag = text_[at_];
      if (flag == '-') spec.align = '<';
      if (flag == '0') spec.zero = true;
      if (flag == '#') spec.alternate = true;
      if (flag == '+' || (flag == ' ' && spec.sign != '+')) spec.sign = flag;
    }
    spec.width = star_or_number(0);
    if (spec.width < 0) {
      spec.align = '<';
      spec.width = -spec.width;
    }
    if (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      spec.precision = std::max<int64_t>(star_or_number(0), 0);
    }
    while (at_ < text_.size() && std::string_view("hlL").find(text_[at_]) != std::string_view::npos) ++at_;
    if (at_ >= text_.size()) run_.fail("the format ends in the middle of a conversion");
    const char type = text_[at_++];
    if (type == '%') {
      out += '%';
      return;
    }
    if (std::string_view("srdiuoxXeEfFgGc").find(type) == std::string_view::npos)
      run_.fail(fmt::format("the format character '{}' is not supported", type));
    spec.type = type;
    out += format_printf(run_, keyed.given() ? keyed : next(), spec);
  }

  Run& run_;
  std::string_view text_;
  Value value_;
  size_t at_ = 0, used_ = 0;
};

class BraceFormat {
 public:
  BraceFormat(Run& run, const Arguments& arguments) : run_(run), arguments_(arguments) {}

  std::string format(std::string_view text, int depth) {
    if (depth > 2) run_.fail("max string recursion exceeded");
    std::string out;
    for (size_t at = 0; at < text.size();) {
      const char c = text[at++];
      if (c != '{' && c != '}') {
        out += c;
      } else if (at < text.size() && text[at] == c) {
        out += c;
        ++at;
      } else if (c == '}') {
        run_.fail("single '}' in a format string");
      } else {
        out += field(text, at, depth);
        run_.need_bytes(out.size());
      }
    }
    return out;
  }

 private:
  std::string field(std::string_view text, size_t& at, int depth) {
    size_t nested = 1, end = at;
    for (; end < text.size() && nested > 0; ++end) nested += text[end] == '{' ? 1 : text[end] == '}' ? -1 : 0;
    if (nested > 0) run_.fail("expected '}' before the end of a format string");
    const std::string_view inside = text.substr(at, end - 1 - at);
    at = end;
    size_t name_end = 0;
    bool in_brackets = false;
    for (; name_end < inside.size() && (in_brackets || (inside[name_end] != ':' && inside[name_end] != '!'));
         ++name_end) {
      if (inside[name_end] == '[') in_brackets = true;
      if (inside[name_end] == ']') in_brackets = false;
      if (inside[name_end] == '{') run_.fail("unexpected '{' in field name");
    }
    Value value = named(inside.substr(0, name_end));
    std::string_view rest = inside.substr(name_end);
    if (rest.substr(0, 1) == "!") {
      if (rest.size() < 2 || (rest.size() > 2 && rest[2] != ':')) run_.fail("expected ':' after a conversion");
      if (rest[1] != 's' && rest[1] != 'r') run_.fail(fmt::format("the conversion '{}' is not supported", rest[1]));
      value = rest[1] == 's' ? run_.text(str(run_, value)) : run_.text(repr(run_, value));
      rest.remove_prefix(2);
    }
    const std::string spec = rest.empty() ? std::string() : format(rest.substr(1), depth + 1);
    return format_value(run_, value, spec);
  }

  // first.attribute[item]...; without a first, the next argument.
  Value named(std::string_view name) {
    const size_t first_end = std::min(name.find_first_of(".["), name.size());
    const std::string_view first = name.substr(0, first_end);
    size_t at = 0;
    int64_t index = read_number(run_, first, at, -1);
    Value value;
    if (first.empty() || (index >= 0 && at == first.size())) {
      const bool automatic = first.empty();
      if (numbering_ != Numbering::none && (numbering_ == Numbering::automatic) != automatic)
        run_.fail("a format string either numbers all its fields or none");
      numbering_ = automatic ? Numbering::automatic : Numbering::by_hand;
      if (automatic) index = next_++;
      if (index >= static_cast<int64_t>(arguments_.positional.size()))
        run_.fail("not enough arguments for the format string");
      value = arguments_.positional[static_cast<size_t>(index)];
    } else {
      for (const auto& [key, named] : arguments_.named)
        if (key == first) value = named;
      if (!value.given()) run_.fail(fmt::format("the format has no value for '{}'", first));
    }
    for (std::string_view rest = name.substr(first_end); !rest.empty();) {
      if (rest[0] == '.') {
        const size_t end = std::min(rest.find_first_of(".[", 1), rest.size());
        if (end == 1) run_.fail("empty attribute in a format string");
        value = get_attribute(run_, value, rest.substr(1, end - 1));
        rest.remove_prefix(end);
      } else {
        const size_t end = rest[0] == '[' ? rest.find(']') : std::string_view::npos;
        if (end == std::string_view::npos || end == 1) run_.fail("a malformed index in a format string");
        const std::string_view key = rest.substr(1, end - 1);
        size_t digits = 0;
        const int64_t number = read_number(run_, key, digits, -1);
        value = get_item(run_, value, number >= 0 && digits == key.size() ? Value(Integer{number}) : Value::text(key));
        rest.remove_prefix(end + 1);
      }
    }
    return value;
  }

  enum class Numbering : uint8_t { none, automatic, by_hand };

  Run& run_;
  const Arguments& arguments_;
  Numbering numbering_ = Numbering::none;
  int64_t next_ = 0;
};

}  // namespace

std::string format_percent(Run& run, std::string_view text, Value value) {
  return PercentFormat(run, text, value).format();
}

std::string format_braces(Run& run, std::string_view text, const Arguments& arguments) {
  run.scan(text.size());
  return BraceFormat(run, arguments).format(text, 1);
}

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '\'': out += "&#39;"; break;
      case '"': out += "&#34;"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace weir::chat

#include "tokenizers/chat/text_methods.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tokenizers/chat/operators.hpp"
#include "tokenizers/chat/python_text.hpp"
#include "tokenizers/chat/python_unicode.hpp"
#include "tokenizers/chat/string_format.hpp"

namespace weir::chat {
namespace {

constexpr size_t npos = std::string_view::npos;

// Methods that Markup would escape the arguments of.
void refuse_markup(Run& run, Value self) {
  if (self.is_markup()) run.fail("this method of Markup is not supported");
}

template <std::string (*change)(std::string_view)>
Value changed(Run& run, Value self, const Bound&) {
  run.scan(self.text().size() * 8);
  return run.text(change(self.text()), self.is_markup());
}

template <std::string_view (*cut)(std::string_view, std::optional<std::string_view>)>
Value stripped(Run& run, Value self, const Bound& arguments) {
  std::optional<std::string_view> chars;
  if (is_given(arguments[0])) chars = text_argument(run, "strip", arguments[0]);
  run.scan(self.text().size() * (1 + (chars ? chars->size() / 16 : 0)));
  return Value::text(cut(self.text(), chars), self.is_markup());
}

template <bool (*test)(std::string_view)>
Value tested(Run& run, Value self, const Bound&) {
  run.scan(self.text().size() * 8);
  return test(self.text());
}

template <uint32_t property>
bool all_of_property(std::string_view text) {
  return all_have(text, property);
}
bool all_printable(std::string_view text) { return text.empty() || all_have(text, printable); }
bool all_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

Value identifier(Run& run, Value self, const Bound&) {
  if (!all_ascii(self.text())) run.fail("isidentifier() of a text beyond ASCII is not supported");
  return is_identifier(self.text());
}

// The part of a text between two Python indices, for methods with start and end; none: start lies behind its end.
std::optional<std::string_view> part(Run& run, std::string_view text, Value start, Value end) {
  if (!is_given(start) && !is_given(end)) return text;
  run.scan(text.size());
  const auto size = static_cast<Integer>(count_points(text));
  const auto clamp = [&](Value value, Integer fallback) {
    if (!is_given(value)) return fallback;
    const Integer index = index_of(run, value);
    return index < 0 ? std::max<Integer>(index + size, 0) : index;
  };
  const Integer from = clamp(start, 0), to = std::min(clamp(end, size), size);
  if (from > to) return std::nullopt;
  const size_t byte = byte_of_point(text, static_cast<size_t>(from));
  return text.substr(byte, byte_of_point(text, static_cast<size_t>(to)) - byte);
}

template <bool at_start>
Value has_affix(Run& run, Value self, const Bound& arguments) {
  const auto text = part(run, self.text(), arguments[1], arguments[2]);
  const auto matches = [&](Value affix) {
    const std::string_view wanted = text_argument(run, at_start ? "startswith" : "endswith", affix);
    run.scan(wanted.size());
    if (!text || text->size() < wanted.size()) return false;
    return at_start ? text->substr(0, wanted.size()) == wanted : text->substr(text->size() - wanted.size()) == wanted;
  };
  if (!arguments[0].is(Kind::tuple)) return matches(arguments[0]);
  const auto& affixes = arguments[0].items().items;
  return std::any_of(affixes.begin(), affixes.end(), matches);
}

template <bool first, bool must>
Value position(Run& run, Value self, const Bound& arguments) {
  const std::string_view wanted = text_argument(run, "find", arguments[0]);
  run.scan(self.text().size() * 2);
  const auto text = part(run, self.text(), arguments[1], arguments[2]);
  const size_t at = !text ? npos : first ? find_text(*text, wanted) : find_last(*text, wanted);
  if (at != npos)
    return Integer(count_points(self.text().substr(0, static_cast<size_t>(text->data() - self.text().data()) + at)));
  if (must) run.fail("substring not found");
  return -1;
}

Value count(Run& run, Value self, const Bound& arguments) {
  const std::string_view wanted = text_argument(run, "count", arguments[0]);
  run.scan(self.text().size());
  const auto text = part(run, self.text(), arguments[1], arguments[2]);
  if (!text) return 0;
  if (wanted.empty()) return Integer(count_points(*text)) + 1;
  Integer found = 0;
  for (size_t at = find_text(*text, wanted); at != npos; at = find_text(*text, wanted, at + wanted.size())) ++found;
  return found;
}

Value parts_of(Run& run, const std::vector<std::string_view>& parts, bool markup) {
  run.need_bytes(parts.size() * sizeof(Value));
  std::vector<Value> items;
  items.reserve(parts.size());
  for (const auto& text : parts) items.push_back(Value::text(text, markup));
  return run.list(std::move(items));
}

template <bool right>
Value split_at(Run& run, Value self, const Bound& arguments) {
  std::optional<std::string_view> separator;
  if (is_given(arguments[0])) separator = text_argument(run, "split", arguments[0]);
  if (separator && separator->empty()) run.fail("empty separator");
  const Integer most = arguments[1].given() ? index_of(run, arguments[1]) : Integer{-1};
  const auto cuts = static_cast<int64_t>(std::clamp<Integer>(most, -1, Integer{1} << 60));
  run.scan(self.text().size() * 4);
  run.need_bytes(self.text().size());
  return parts_of(run, right ? split_right(self.text(), separator, cuts) : split(self.text(), separator, cuts),
                  self.is_markup());
}

Value lines(Run& run, Value self, const Bound& arguments) {
  run.scan(self.text().size() * 4);
  return parts_of(run, split_lines(self.text(), arguments[0].given() && truth(run, arguments[0])), self.is_markup());
}

template <bool right>
Value partition(Run& run, Value self, const Bound& arguments) {
  refuse_markup(run, self);
  const std::string_view text = self.text(), separator = text_argument(run, "partition", arguments[0]);
  if (separator.empty()) run.fail("empty separator");
  run.scan(text.size());
  const size_t at = right ? find_last(text, separator) : find_text(text, separator);
  const Value empty = Value::text("");
  if (at == npos) return right ? run.tuple({empty, empty, self}) : run.tuple({self, empty, empty});
  return run.tuple({Value::text(text.substr(0, at)), arguments[0], Value::text(text.substr(at + separator.size()))});
}

template <bool prefix>
Value without(Run& run, Value self, const Bound& arguments) {
  const std::string_view affix = text_argument(run, "removeprefix", arguments[0]), text = self.text();
  run.scan(affix.size());
  if (text.size() < affix.size()) return self;
  if (prefix && text.substr(0, affix.size()) == affix) return Value::text(text.substr(affix.size()), self.is_markup());
  if (!prefix && text.substr(text.size() - affix.size()) == affix)
    return Value::text(text.substr(0, text.size() - affix.size()), self.is_markup());
  return self;
}

Value replace(Run& run, Value self, const Bound& arguments) {
  refuse_markup(run, self);
  return replaced(run, self.text(), text_argument(run, "replace", arguments[0]),
                  text_argument(run, "replace", arguments[1]),
                  arguments[2].given() ? index_of(run, arguments[2]) : Integer{-1});
}

Value join(Run& run, Value self, const Bound& arguments) {
  refuse_markup(run, self);
  std::string out;
  bool first = true;
  Iterator* items = iterate(run, arguments[0]);
  for (Value item; items->next(run, item);) {
    if (!first) out += self.text();
    first = false;
    out += text_argument(run, "join", item);
    run.need_bytes(out.size());
  }
  return run.text(std::move(out));
}

// `left` of the missing places go before the text.
Value padded(Run& run, Value self, Integer width, std::string_view fill,
             Integer (*left)(Integer missing, Integer width)) {
  if (count_points(fill) != 1) run.fail("the fill character must be exactly one character long");
  const Integer missing = width - length(run, self);
  if (missing <= 0) return self;
  if (missing > (Integer{1} << 40)) run.too_much("needs too much memory");
  run.need_bytes(static_cast<uint64_t>(missing) * fill.size() + self.text().size());
  std::string out;
  const Integer before = left(missing, width);
  for (Integer i = 0; i < before; ++i) out += fill;
  out += self.text();
  for (Integer i = before; i < missing; ++i) out += fill;
  return run.text(std::move(out), self.is_markup());
}

std::string_view fill_of(Run& run, Value value) { return value.given() ? text_argument(run, "center", value) : " "; }

Value center(Run& run, Value self, const Bound& arguments) {
  return centered(run, self, index_of(run, arguments[0]), fill_of(run, arguments[1]));
}
Value left_aligned(Run& run, Value self, const Bound& arguments) {
  return padded(run, self, index_of(run, arguments[0]), fill_of(run, arguments[1]),
                [](Integer, Integer) { return Integer{0}; });
}
Value right_aligned(Run& run, Value self, const Bound& arguments) {
  return padded(run, self, index_of(run, arguments[0]), fill_of(run, arguments[1]),
                [](Integer missing, Integer) { return missing; });
}

Value zero_filled(Run& run, Value self, const Bound& arguments) {
  const std::string_view text = self.text();
  const bool sign = !text.empty() && (text[0] == '+' || text[0] == '-');
  const Value digits = Value::text(text.substr(sign));
  const Value filled =
      padded(run, digits, index_of(run, arguments[0]) - sign, "0", [](Integer missing, Integer) { return missing; });
  return run.text(std::string(text.substr(0, sign)) + std::string(filled.text()));
}

Value format(Run& run, Value self, const Arguments& arguments) {
  refuse_markup(run, self);
  return run.text(format_braces(run, self.text(), arguments));
}

constexpr Kind text_kind = Kind::text;
constexpr Method methods[] = {
    {text_kind, "strip", "/chars?", stripped<strip>},
    {text_kind, "lstrip", "/chars?", stripped<strip_left>},
    {text_kind, "rstrip", "/chars?", stripped<strip_right>},
    {text_kind, "split", "sep? maxsplit?", split_at<false>},
    {text_kind, "rsplit", "sep? maxsplit?", split_at<true>},
    {text_kind, "splitlines", "keepends?", lines},
    {text_kind, "startswith", "/prefix start? end?", has_affix<true>},
    {text_kind, "endswith", "/suffix start? end?", has_affix<false>},
    {text_kind, "replace", "/old new count?", replace},
    {text_kind, "upper", "", changed<upper>},
    {text_kind, "lower", "", changed<lower>},
    {text_kind, "title", "", changed<title>},
    {text_kind, "capitalize", "", changed<capitalize>},
    {text_kind, "swapcase", "", changed<swap_case>},
    {text_kind, "find", "/sub start? end?", position<true, false>},
    {text_kind, "rfind", "/sub start? end?", position<false, false>},
    {text_kind, "index", "/sub start? end?", position<true, true>},
    {text_kind, "rindex", "/sub start? end?", position<false, true>},
    {text_kind, "count", "/sub start? end?", count},
    {text_kind, "join", "/iterable", join},
    {text_kind, "partition", "/sep", partition<false>},
    {text_kind, "rpartition", "/sep", partition<true>},
    {text_kind, "removeprefix", "/prefix", without<true>},
    {text_kind, "removesuffix", "/suffix", without<false>},
    {text_kind, "center", "/width fillchar?", center},
    {text_kind, "ljust", "/width fillchar?", left_aligned},
    {text_kind, "rjust", "/width fillchar?", right_aligned},
    {text_kind, "zfill", "/width", zero_filled},
    {text_kind, "format", "", nullptr, format},
    {text_kind, "isalpha", "", tested<all_of_property<alphabetic>>},
    {text_kind, "isalnum", "", tested<all_of_property<alphabetic | decimal_digit | digit | numeric>>},
    {text_kind, "isdecimal", "", tested<all_of_property<decimal_digit>>},
    {text_kind, "isdigit", "", tested<all_of_property<digit>>},
    {text_kind, "isnumeric", "", tested<all_of_property<numeric>>},
    {text_kind, "isspace", "", tested<all_of_property<blank>>},
    {text_kind, "isprintable", "", tested<all_printable>},
    {text_kind, "isascii", "", tested<all_ascii>},
    {text_kind, "islower", "", tested<is_lower>},
    {text_kind, "isupper", "", tested<is_upper>},
    {text_kind, "istitle", "", tested<is_title>},
    {text_kind, "isidentifier", "", identifier},
};

}  // namespace

const Method* find_text_method(std::string_view name) {
  for (const auto& method : methods)
    if (method.name == name) return &method;
  return nullptr;
}

Value centered(Run& run, Value text, Integer width, std::string_view fill) {
  return padded(run, text, width, fill,
                [](Integer missing, Integer wide) { return missing / 2 + (missing & wide & 1); });
}

Value replaced(Run& run, std::string_view text, std::string_view old, std::string_view with, Integer most) {
  run.scan(text.size());
  std::string out;
  size_t from = 0;
  const auto add = [&](std::string_view piece) {
    out += piece;
    run.need_bytes(out.size());
  };
  for (size_t at = 0; most != 0; --most) {
    if (old.empty()) {
      add(with);
      if (at == text.size()) break;
      const size_t next = next_point(text, at);
      add(text.substr(at, next - at));
      from = at = next;
      continue;
    }
    at = find_text(text, old, from);
    if (at == npos) break;
    add(text.substr(from, at - from));
    add(with);
    from = at + old.size();
  }
  add(text.substr(from));
  return run.text(std::move(out));
}

}  // namespace weir::chat

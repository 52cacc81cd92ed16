#include "tokenizers/chat/format_spec.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <fmt/format.h>

#include "tokenizers/chat/operators.hpp"
#include "tokenizers/chat/python_text.hpp"
#include "tokenizers/utf8.hpp"

namespace weir::chat {
namespace {

FormatSpec parse_spec(Run& run, std::string_view text) {
  FormatSpec spec;
  const auto is_align = [](std::string_view rest) {
    return !rest.empty() && std::string_view("<>^=").find(rest[0]) != std::string_view::npos;
  };
  if (!text.empty()) {
    const size_t first = next_point(text, 0);
    if (is_align(text.substr(first))) {
      spec.fill = text.substr(0, first);
      spec.align = text[first];
      text.remove_prefix(first + 1);
    } else if (is_align(text)) {
      spec.align = text[0];
      text.remove_prefix(1);
    }
  }
  const auto skip = [&text](char c) {
    return text.substr(0, 1) == std::string_view(&c, 1) && (text.remove_prefix(1), true);
  };
  for (const char sign : {'+', '-', ' '})
    if (skip(sign)) {
      spec.sign = sign;
      break;
    }
  spec.alternate = skip('#');
  spec.zero = skip('0');
  const auto number = [&](int64_t absent) {
    if (text.empty() || text[0] < '0' || text[0] > '9') return absent;
    int64_t value = 0;
    for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1)) {
      value = value * 10 + (text[0] - '0');
      if (value > max_width) run.fail("a width or precision of this size is not supported");
    }
    return value;
  };
  spec.width = number(0);
  if (skip(',')) spec.grouping = ',';
  if (skip('_')) spec.grouping = '_';
  if (skip('.')) {
    spec.precision = number(-1);
    if (spec.precision < 0) run.fail("the format specifier has no precision behind its point");
  }
  if (text.size() > 1) run.fail("invalid format specifier");
  if (!text.empty()) spec.type = text[0];
  return spec;
}

std::string grouped(const std::string& digits, char separator, size_t size) {
  std::string out;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % size == 0) out += separator;
    out += digits[i];
  }
  return out;
}

// A number's sign, prefix and digits, filled up to the width.
std::string padded_number(const FormatSpec& spec, bool negative, const std::string& prefix, std::string whole,
                          const std::string& rest) {
  const std::string sign = negative ? "-" : spec.sign == '-' ? "" : std::string(1, spec.sign);
  const char align = spec.align != 0 ? spec.align : spec.zero ? '=' : '>';
  const std::string fill = spec.zero && spec.fill == " " ? "0" : spec.fill;
  const size_t group = spec.type == 'b' || spec.type == 'o' || spec.type == 'x' || spec.type == 'X' ? 4 : 3;
  const auto size = [&] { return sign.size() + prefix.size() + whole.size() + rest.size(); };
  const auto width = static_cast<size_t>(spec.width);
  if (spec.grouping != 0) {
    const std::string bare = whole;
    whole = grouped(bare, spec.grouping, group);
    // Zeros that fill up are grouped too.
    if (align == '=' && fill == "0") {
      std::string longer = bare;
      while (size() < width) whole = grouped(longer.insert(0, 1, '0'), spec.grouping, group);
    }
  }
  const size_t missing = size() < width ? width - size() : 0;
  const size_t before = align == '<' ? 0 : align == '^' ? missing / 2 : missing;
  std::string left, right;
  for (size_t i = 0; i < before; ++i) left += fill;
  for (size_t i = before; i < missing; ++i) right += fill;
  if (align == '=') return sign + prefix + left + whole + rest;
  return left + sign + prefix + whole + rest + right;
}

std::string format_text(std::string_view text, const FormatSpec& spec) {
  if (spec.precision >= 0) text = text.substr(0, byte_of_point(text, static_cast<size_t>(spec.precision)));
  const size_t points = count_points(text), width = static_cast<size_t>(spec.width);
  const size_t missing = points < width ? width - points : 0;
  const size_t before = spec.align == '>' ? missing : spec.align == '^' ? missing / 2 : 0;
  const std::string fill = spec.zero && spec.fill == " " ? "0" : spec.fill;
  std::string out;
  for (size_t i = 0; i < before; ++i) out += fill;
  out += text;
  for (size_t i = before; i < missing; ++i) out += fill;
  return out;
}

std::string digits_of(Integer value, int base, bool upper_case) {
  std::string digits;
  __extension__ typedef unsigned __int128 Natural;
  for (auto rest = static_cast<Natural>(value < 0 ? -(value + 1) : value) + (value < 0 ? 1 : 0);
       rest != 0 || digits.empty(); rest /= static_cast<Natural>(base))
    digits +=
        (upper_case ? "0123456789ABCDEF" : "0123456789abcdef")[static_cast<size_t>(rest % static_cast<Natural>(base))];
  return {digits.rbegin(), digits.rend()};
}

std::string format_integer(Integer value, const FormatSpec& spec) {
  const char type = spec.type;
  const int base = type == 'b' ? 2 : type == 'o' ? 8 : type == 'x' || type == 'X' ? 16 : 10;
  const std::string prefix = spec.alternate && base != 10 ? std::string("0") + type : "";
  return padded_number(spec, value < 0, prefix, digits_of(value, base, type == 'X'), "");
}

std::string printed(const char* format, int64_t precision, double value) {
  std::string out(static_cast<size_t>(precision) + 400, '\0');
  const int size = std::snprintf(out.data(), out.size(), format, static_cast<int>(precision), value);
  out.resize(static_cast<size_t>(size));
  return out;
}

std::string format_real(double value, const FormatSpec& spec) {
  const bool negative = std::signbit(value) && !std::isnan(value);
  const double size = std::fabs(value);
  const char type = spec.type;
  std::string digits;
  if (!std::isfinite(value)) {
    digits = std::isnan(value) ? "nan" : "inf";
    if (type == 'F' || type == 'E' || type == 'G') digits = upper(digits);
    if (type == '%') digits += '%';
  } else if (type == 0 && spec.precision < 0) {
    digits = real_text(size);
  } else if (type == 0) {
    digits = printed("%.*g", std::max<int64_t>(spec.precision, 1), size);
    // As repr() has it: a point, or an exponent that leaves no doubt.
    if (digits.find_first_of(".e") == std::string::npos) digits += ".0";
  } else if (type == '%') {
    digits = printed("%.*f", spec.precision < 0 ? 6 : spec.precision, size * 100) + "%";
  } else {
    const char lower_type = static_cast<char>(type == 'n' ? 'g' : type);
    const std::string format = std::string("%") + (spec.alternate ? "#" : "") + ".*" + lower_type;
    const int64_t precision = spec.precision < 0 ? 6 : spec.precision;
    digits = printed(format.c_str(), precision, size);
  }
  const size_t whole = std::min(digits.find_first_not_of("0123456789"), digits.size());
  return padded_number(spec, negative, "", digits.substr(0, whole), digits.substr(whole));
}

bool is_one_of(char c, std::string_view set) { return c != 0 && set.find(c) != std::string_view::npos; }

std::string character(Run& run, Value value) {
  const Integer point = value.integer();
  if (point < 0 || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) run.fail("this number is no character");
  std::string out;
  utf8::append(out, static_cast<char32_t>(point));
  return out;
}

}  // namespace

std::string format_value(Run& run, Value value, std::string_view text) {
  if (value.is(Kind::undefined) && !text.empty()) run.fail("unsupported format string passed to Undefined.__format__");
  if (text.empty()) return str(run, value);
  const FormatSpec spec = parse_spec(run, text);
  run.need_bytes(static_cast<uint64_t>(spec.width) * spec.fill.size());
  const auto refuse = [&] {
    run.fail(fmt::format("the format '{}' is not for objects of type '{}'", text, type_name(value)));
  };
  if (value.is(Kind::text)) {
    if ((spec.type != 0 && spec.type != 's') || spec.sign != '-' || spec.alternate || spec.grouping != 0 ||
        spec.align == '=')
      refuse();
    return format_text(value.text(), spec);
  }
  if (value.is_whole() && (spec.type == 0 || is_one_of(spec.type, "dboxXnc"))) {
    if (spec.precision >= 0) run.fail("precision is not allowed in an integer format specifier");
    if (spec.type == 'c') return format_text(character(run, value), spec);
    return format_integer(value.integer(), spec);
  }
  if (value.is_number() && (spec.type == 0 || is_one_of(spec.type, "eEfFgGn%"))) return format_real(value.real(), spec);
  refuse();
  return {};
}

std::string format_printf(Run& run, Value value, FormatSpec spec) {
  run.need_bytes(static_cast<uint64_t>(spec.width));
  const char type = spec.type;
  if (type == 's' || type == 'r' || (type == 'c' && value.is(Kind::text))) {
    if (type == 'c' && length(run, value) != 1) run.fail("%c requires an integer or a single character");
    if (spec.align == 0) spec.align = '>';
    spec.zero = false;
    return format_text(type == 'r' ? repr(run, value) : str(run, value), spec);
  }
  if (!value.is_number()) {
    if (value.is(Kind::undefined)) run.fail(std::string(value.text()));
    run.fail(fmt::format("%{} format: a number is required, not {}", type, type_name(value)));
  }
  if (spec.align == '<') spec.zero = false;
  if (is_one_of(type, "eEfFgG")) return format_real(value.real(), spec);
  if (type == 'c') {
    spec.zero = false;
    if (spec.align == 0) spec.align = '>';
    return format_text(character(run, value), spec);
  }
  Integer whole = value.is_whole() ? value.integer() : 0;
  if (value.is(Kind::real)) {
    if (type == 'x' || type == 'X' || type == 'o')
      run.fail(fmt::format("%{} format: an integer is required, not float", type));
    if (!(std::fabs(value.real()) < 1.7e38)) run.fail("cannot convert this float to an integer");
    whole = static_cast<Integer>(value.real());
  }
  if (spec.precision > 0) {
    // A precision of an integer is its least number of digits.
    std::string digits = digits_of(whole, type == 'o' ? 8 : type == 'x' || type == 'X' ? 16 : 10, type == 'X');
    const auto least = static_cast<size_t>(spec.precision);
    if (digits.size() < least) digits.insert(0, least - digits.size(), '0');
    const std::string prefix =
        spec.alternate && (type == 'x' || type == 'X' || type == 'o') ? std::string("0") + type : "";
    return padded_number(spec, whole < 0, prefix, digits, "");
  }
  if (type == 'i' || type == 'u') spec.type = 'd';
  return format_integer(whole, spec);
}

}  // namespace weir::chat

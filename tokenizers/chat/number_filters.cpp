#include <cmath>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "tokenizers/chat/filters.hpp"
#include "tokenizers/chat/operators.hpp"
#include "tokenizers/chat/python_text.hpp"

namespace weir::chat {
namespace {

constexpr double beyond = 1.7e38;

Value absolute(Run& run, Value value, const Bound&) {
  if (value.is(Kind::real)) return std::fabs(value.real());
  if (!value.is_whole()) fail_type(run, "has no abs()", value);
  return value.integer() < 0 ? negated(run, value) : Value(value.integer());
}

Value truncated(Run& run, double value, Value fallback) {
  if (std::isnan(value)) return fallback;
  if (std::isfinite(value) && std::fabs(value) >= beyond) run.fail("integers beyond 127 bits are not supported");
  return static_cast<Integer>(value);
}

Value to_integer(Run& run, Value value, const Bound& arguments) {
  const Value fallback = arguments[0].given() ? arguments[0] : Value(0);
  if (value.is(Kind::undefined)) run.fail(std::string(value.text()));
  if (value.is_whole()) return value.integer();
  if (value.is(Kind::real)) {
    if (std::isinf(value.real())) run.fail("cannot convert float infinity to integer");
    return truncated(run, value.real(), fallback);
  }
  if (!value.is(Kind::text)) return fallback;
  const Integer base = arguments[1].given() ? index_of(run, arguments[1]) : Integer{10};
  run.scan(value.text().size());
  if (base == 0 || (base >= 2 && base <= 36)) {
    bool too_large = false;
    const auto whole = parse_integer(value.text(), static_cast<int>(base), too_large);
    if (whole && too_large) run.fail("integers beyond 127 bits are not supported");
    if (whole) return *whole;
  }
  const auto real = parse_real(value.text());
  return real && !std::isinf(*real) ? truncated(run, *real, fallback) : fallback;
}

Value to_real(Run& run, Value value, const Bound& arguments) {
  if (value.is(Kind::undefined)) run.fail(std::string(value.text()));
  if (value.is_number()) return value.real();
  if (value.is(Kind::text)) {
    run.scan(value.text().size());
    if (const auto real = parse_real(value.text())) return *real;
  }
  return arguments[0].given() ? arguments[0] : Value(0.0);
}

Integer power_of_ten(Integer exponent) {
  Integer power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

// To a multiple of 10^digits; a tie goes to the even multiple. `rest`: the value had a fraction.
Integer round_whole(Integer value, Integer digits, bool rest) {
  if (digits > 37) return 0;
  const Integer unit = power_of_ten(digits), size = value < 0 ? -value : value;
  const Integer below = size / unit, left = size % unit;
  const bool up = left > unit - left || (left == unit - left && (rest || below % 2 != 0));
  const Integer rounded = (below + up) * unit;
  return value < 0 ? -rounded : rounded;
}

double round_real(double value, Integer precision) {
  if (!std::isfinite(value) || precision > 330) return value;
  if (precision < 0) {
    if (std::fabs(value) >= 1e37) return value;
    const auto whole = static_cast<Integer>(value);
    const double rounded = static_cast<double>(round_whole(whole, -precision, value != std::trunc(value)));
    return std::copysign(rounded, value);
  }
  // printf rounds the exact value, ties to even, as Python does.
  char digits[1024];
  std::snprintf(digits, sizeof digits, "%.*f", static_cast<int>(precision), value);
  return std::strtod(digits, nullptr);
}

Value rounded(Run& run, Value value, const Bound& arguments) {
  const Value precision = arguments[0].given() ? arguments[0] : Value(0);
  const std::string_view method = arguments[1].given() ? text_argument(run, "round", arguments[1]) : "common";
  if (method != "common" && method != "ceil" && method != "floor") run.fail("method must be common, ceil or floor");
  if (!value.is_number()) fail_type(run, "cannot be rounded", value);
  if (method == "common") {
    const bool bare = precision.is(Kind::none);  // round(x, None): to an integer
    const Integer digits = bare ? Integer{0} : index_of(run, precision);
    if (value.is_whole()) return digits >= 0 ? value.integer() : round_whole(value.integer(), -digits, false);
    if (!bare) return round_real(value.real(), digits);
    const double whole = std::nearbyint(value.real());
    if (!std::isfinite(whole) || std::fabs(whole) >= beyond) run.fail("cannot convert this float to an integer");
    return static_cast<Integer>(whole);
  }
  const Value scale = arithmetic(run, Op::power, 10, precision);
  const Value scaled = arithmetic(run, Op::multiply, value, scale);
  if (scaled.is_whole()) return arithmetic(run, Op::divide, scaled, scale);
  const double whole = method == "ceil" ? std::ceil(scaled.real()) : std::floor(scaled.real());
  if (!std::isfinite(whole) || std::fabs(whole) >= beyond) run.fail("cannot convert this float to an integer");
  return arithmetic(run, Op::divide, static_cast<Integer>(whole), scale);
}

constexpr Filter filters[] = {
    {"abs", "", absolute},
    {"int", "default? base?", to_integer},
    {"float", "default?", to_real},
    {"round", "precision? method?", rounded},
};

}  // namespace

std::span<const Filter> number_filters() { return filters; }

}  // namespace weir::chat

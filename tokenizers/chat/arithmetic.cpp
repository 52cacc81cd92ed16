#include <cmath>

#include <fmt/format.h>

#include "tokenizers/chat/operators.hpp"
#include "tokenizers/chat/string_format.hpp"

namespace weir::chat {
namespace {

__extension__ typedef unsigned __int128 Natural;

constexpr Integer highest = static_cast<Integer>(~Natural{0} >> 1);
constexpr Integer lowest = -highest - 1;

[[noreturn]] void fail_overflow(Run& run) { run.fail("integers beyond 127 bits are not supported"); }

Integer add(Run& run, Integer a, Integer b) {
  if (b > 0 ? a > highest - b : a < lowest - b) fail_overflow(run);
  return a + b;
}

Integer subtract(Run& run, Integer a, Integer b) {
  if (b < 0 ? a > highest + b : a < lowest + b) fail_overflow(run);
  return a - b;
}

Integer multiply(Run& run, Integer a, Integer b) {
  if (a == 0 || b == 0) return 0;
  if (a == lowest || b == lowest) {
    if (a == 1 || b == 1) return lowest;
    fail_overflow(run);
  }
  if ((a < 0 ? -a : a) > highest / (b < 0 ? -b : b)) fail_overflow(run);
  return a * b;
}

Integer floor_divide(Run& run, Integer a, Integer b) {
  if (a == lowest && b == -1) fail_overflow(run);
  const Integer quotient = a / b;
  return quotient - (a % b != 0 && (a % b < 0) != (b < 0));
}

Integer power(Run& run, Integer base, Integer exponent) {
  Integer result = 1;
  while (exponent > 0) {
    if (exponent & 1) result = multiply(run, result, base);
    exponent >>= 1;
    if (exponent > 0) base = base == 1 || base == 0 || base == -1 ? base * base : multiply(run, base, base);
  }
  return result;
}

// Python's float.__mod__ and __floordiv__.
double modulo(double a, double b) {
  double rest = std::fmod(a, b);
  if (rest != 0) {
    if ((b < 0) != (rest < 0)) rest += b;
  } else {
    rest = std::copysign(0.0, b);
  }
  return rest;
}

double floor_divide(double a, double b) {
  double rest = std::fmod(a, b);
  double quotient = (a - rest) / b;
  if (rest != 0 && (b < 0) != (rest < 0)) quotient -= 1;
  if (quotient == 0) return std::copysign(0.0, a / b);
  const double whole = std::floor(quotient);
  return quotient - whole > 0.5 ? whole + 1 : whole;
}

Value whole_numbers(Run& run, Op op, Integer a, Integer b) {
  if ((op == Op::divide || op == Op::floor_divide || op == Op::modulo) && b == 0) run.fail("division by zero");
  switch (op) {
    case Op::add: return add(run, a, b);
    case Op::subtract: return subtract(run, a, b);
    case Op::multiply: return multiply(run, a, b);
    case Op::divide: return static_cast<double>(static_cast<long double>(a) / static_cast<long double>(b));
    case Op::floor_divide: return floor_divide(run, a, b);
    case Op::modulo: return b == -1 ? Integer{0} : a - floor_divide(run, a, b) * b;
    default: break;
  }
  if (b >= 0) return power(run, a, b);
  if (a == 0) run.fail("0.0 cannot be raised to a negative power");
  return std::pow(static_cast<double>(a), static_cast<double>(b));
}

Value numbers(Run& run, Op op, double a, double b) {
  if ((op == Op::divide || op == Op::floor_divide || op == Op::modulo) && b == 0) run.fail("float division by zero");
  switch (op) {
    case Op::add: return a + b;
    case Op::subtract: return a - b;
    case Op::multiply: return a * b;
    case Op::divide: return a / b;
    case Op::floor_divide: return floor_divide(a, b);
    case Op::modulo: return modulo(a, b);
    default: break;
  }
  if (a == 0 && b < 0) run.fail("0.0 cannot be raised to a negative power");
  if (a < 0 && std::isfinite(a) && std::isfinite(b) && b != std::floor(b))
    run.fail("complex numbers are not supported");
  const double result = std::pow(a, b);
  if (std::isinf(result) && std::isfinite(a) && std::isfinite(b)) run.fail("the result of ** is too large");
  return result;
}

Value repeated(Run& run, Value sequence, Integer count) {
  if (count < 0) count = 0;
  if (count > (Integer{1} << 40)) run.too_much("needs too much memory");
  const auto times = static_cast<uint64_t>(count);
  if (sequence.is(Kind::text)) {
    const std::string_view text = sequence.text();
    if (text.empty() || times == 0) return Value::text("", sequence.is_markup());
    run.need_bytes(times > (uint64_t{1} << 60) / text.size() ? ~uint64_t{0} : times * text.size());
    std::string out;
    out.reserve(times * text.size());
    for (uint64_t i = 0; i < times; ++i) out += text;
    return run.text(std::move(out), sequence.is_markup());
  }
  const auto& items = sequence.items().items;
  std::vector<Value> out;
  if (!items.empty()) {
    run.need_bytes(times * items.size() * sizeof(Value));
    out.reserve(times * items.size());
    for (uint64_t i = 0; i < times; ++i) out.insert(out.end(), items.begin(), items.end());
  }
  return sequence.is(Kind::list) ? run.list(std::move(out)) : run.tuple(std::move(out));
}

Value joined(Run& run, Value a, Value b) {
  if (a.is(Kind::text)) {
    const bool markup = a.is_markup() || b.is_markup();
    const auto part = [markup](Value value) {
      return markup && !value.is_markup() ? escape_html(value.text()) : std::string(value.text());
    };
    run.need_bytes(a.text().size() + b.text().size());
    return run.text(part(a) + part(b), markup);
  }
  std::vector<Value> items = collect(run, a);
  const auto& more = b.items().items;
  run.need_bytes((items.size() + more.size()) * sizeof(Value));
  items.insert(items.end(), more.begin(), more.end());
  return a.is(Kind::list) ? run.list(std::move(items)) : run.tuple(std::move(items));
}

}  // namespace

Value arithmetic(Run& run, Op op, Value a, Value b) {
  run.step();
  if (a.is(Kind::text) && op == Op::modulo) {
    if (a.is_markup()) run.fail("formatting Markup is not supported");
    return run.text(format_percent(run, a.text(), b));
  }
  if (a.is_whole() && b.is_whole()) return whole_numbers(run, op, a.integer(), b.integer());
  if (a.is_number() && b.is_number()) return numbers(run, op, a.real(), b.real());
  if (op == Op::add && a.kind() == b.kind() && (a.is(Kind::text) || a.is_sequence())) return joined(run, a, b);
  if (op == Op::multiply) {
    if ((a.is(Kind::text) || a.is_sequence()) && b.is_whole()) return repeated(run, a, b.integer());
    if ((b.is(Kind::text) || b.is_sequence()) && a.is_whole()) return repeated(run, b, a.integer());
  }
  if (a.is(Kind::undefined)) run.fail(std::string(a.text()));
  if (b.is(Kind::undefined)) run.fail(std::string(b.text()));
  static constexpr const char* signs[] = {"+", "-", "*", "/", "//", "%", "**"};
  run.fail(fmt::format("unsupported operand types for {}: '{}' and '{}'",
                       signs[static_cast<size_t>(op) - static_cast<size_t>(Op::add)], type_name(a), type_name(b)));
}

Value negated(Run& run, Value value) {
  if (value.is(Kind::real)) return -value.real();
  if (!value.is_whole()) fail_type(run, "has no negative", value);
  return subtract(run, 0, value.integer());
}

Value positive(Run& run, Value value) {
  if (value.is(Kind::real)) return value;
  if (!value.is_whole()) fail_type(run, "has no sign", value);
  return value.integer();
}

}  // namespace weir::chat

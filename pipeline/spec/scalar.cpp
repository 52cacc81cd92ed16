#include "pipeline/spec/scalar.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace weir {
namespace {

struct Unit {
  std::string_view name;
  int64_t factor;
};

// Largest first: the writers take the first that divides.
constexpr std::array<Unit, 9> size_units{{{"TiB", 1ll << 40},
                                          {"GiB", 1ll << 30},
                                          {"MiB", 1ll << 20},
                                          {"KiB", 1ll << 10},
                                          {"TB", 1'000'000'000'000},
                                          {"GB", 1'000'000'000},
                                          {"MB", 1'000'000},
                                          {"kB", 1'000},
                                          {"B", 1}}};
constexpr std::array<Unit, 5> duration_units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

bool digits_only(std::string_view text) { return !text.empty() && text.find_first_not_of("0123456789") == text.npos; }

// A whole number without sign or leading zeros.
bool plain_digits(std::string_view text) { return digits_only(text) && (text.size() == 1 || text[0] != '0'); }

// `1.5MiB`: digits, at most a fraction, and one of the units; the result must be whole.
template <size_t N>
std::optional<int64_t> read_with_unit(std::string_view text, const std::array<Unit, N>& units) {
  const size_t letters = text.find_first_not_of("0123456789.");
  if (letters == text.npos) return std::nullopt;
  const auto amount = text.substr(0, letters);
  const auto dot = amount.find('.');
  if (!plain_digits(amount.substr(0, dot))) return std::nullopt;
  if (dot != amount.npos && !digits_only(amount.substr(dot + 1))) return std::nullopt;
  const auto value = read_number(amount);
  if (!value) return std::nullopt;
  for (const auto& unit : units) {
    if (text.substr(letters) != unit.name) continue;
    const double total = *value * static_cast<double>(unit.factor);
    if (total != std::floor(total) || total > 9e15) return std::nullopt;
    return static_cast<int64_t>(total);
  }
  return std::nullopt;
}

template <size_t N>
std::string write_with_unit(int64_t value, const std::array<Unit, N>& units) {
  for (const auto& unit : units)
    if (value != 0 && value % unit.factor == 0) return fmt::format("{}{}", value / unit.factor, unit.name);
  return fmt::format("{}{}", value, units.back().name);
}

}  // namespace

std::optional<int64_t> read_integer(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (!plain_digits(text.substr(negative ? 1 : 0))) return std::nullopt;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> read_number(std::string_view text) {
  if (text.find_first_not_of("0123456789.eE+-") != text.npos) return std::nullopt;  // no inf, nan, 0x
  const auto digits = text.substr(!text.empty() && text[0] == '-' ? 1 : 0);
  if (digits.empty() || digits[0] < '0' || digits[0] > '9') return std::nullopt;
  if (digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9') return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<bool> read_boolean(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

std::optional<int64_t> read_size(std::string_view text) { return read_with_unit(text, size_units); }
std::optional<int64_t> read_duration(std::string_view text) { return read_with_unit(text, duration_units); }
std::string write_size(int64_t bytes) { return write_with_unit(bytes, size_units); }
std::string write_duration(int64_t ms) { return write_with_unit(ms, duration_units); }

}  // namespace weir

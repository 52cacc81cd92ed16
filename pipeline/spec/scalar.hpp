#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

// Strict readers of scalars. Each takes the whole text or nothing: no octal, no hexadecimal, no `yes`, no infinity, no
// rounding.

std::optional<int64_t> read_integer(std::string_view text);   // 12, -3
std::optional<double> read_number(std::string_view text);     // 12, 0.5, 1e-3
std::optional<bool> read_boolean(std::string_view text);      // true, false
std::optional<int64_t> read_size(std::string_view text);      // bytes: 64MiB, 1.5GiB, 100kB, 512B
std::optional<int64_t> read_duration(std::string_view text);  // milliseconds: 5s, 100ms, 2m, 1.5h, 1d

std::string write_size(int64_t bytes);   // the shortest that read_size takes back exactly
std::string write_duration(int64_t ms);  // the same for read_duration

}  // namespace weir

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tokenizers/chat/value.hpp"

// Python's str on UTF-8. Texts are well-formed; positions and lengths named "points" count code points, all others
// bytes.
namespace weir::chat {

size_t count_points(std::string_view text);
size_t byte_of_point(std::string_view text, size_t point);  // the text's size when it has fewer
size_t next_point(std::string_view text, size_t byte);      // where the character behind the one at `byte` begins

// str.strip and its halves: of whitespace, or of any of the characters `chars`.
size_t leading_space(std::string_view text);
std::string_view strip_left(std::string_view text, std::optional<std::string_view> chars = {});
std::string_view strip_right(std::string_view text, std::optional<std::string_view> chars = {});
std::string_view strip(std::string_view text, std::optional<std::string_view> chars = {});

std::string lower(std::string_view text);
std::string upper(std::string_view text);
std::string title(std::string_view text);
std::string capitalize(std::string_view text);
std::string swap_case(std::string_view text);
bool is_lower(std::string_view text);
bool is_upper(std::string_view text);
bool is_title(std::string_view text);
bool all_have(std::string_view text, uint32_t property);  // of Property; false for an empty text
bool is_identifier(std::string_view text);                // ASCII only

// Where `wanted` is in the text, from `from` on; npos. Linear time.
size_t find_text(std::string_view text, std::string_view wanted, size_t from = 0);
size_t find_last(std::string_view text, std::string_view wanted);

std::vector<std::string_view> split_lines(std::string_view text, bool keep_ends);
// str.split and str.rsplit; no separator: at runs of whitespace. At most `most` cuts, -1: all.
std::vector<std::string_view> split(std::string_view text, std::optional<std::string_view> separator, int64_t most);
std::vector<std::string_view> split_right(std::string_view text, std::optional<std::string_view> separator,
                                          int64_t most);

void append_escape(std::string& out, char32_t c);             // \x41, \u0041 or \U00000041
void append_quoted(std::string& out, std::string_view text);  // repr()
std::string real_text(double value);                          // repr() of a float
std::string integer_text(Integer value);

// int() and float() of a string; none: it is no number. An integer too large for Integer has `too_large` set.
std::optional<Integer> parse_integer(std::string_view text, int base, bool& too_large);
std::optional<double> parse_real(std::string_view text);

}  // namespace weir::chat

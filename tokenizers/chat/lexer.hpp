#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tokenizers/chat/value.hpp"

namespace weir::chat {

// A token of a template. `op` is an operator or a bracket of an expression.
struct Token {
  enum class Kind : uint8_t {
    data,
    variable_begin,
    variable_end,
    block_begin,
    block_end,
    name,
    text,
    integer,
    real,
    op,
    end
  };
  Kind kind = Kind::end;
  uint32_t line = 1;
  std::string text;     // of data, a name, an operator, a string with its escapes resolved
  Integer integer = 0;  // of an integer
  double real = 0;      // of a float

  bool is(Kind wanted, std::string_view value) const { return kind == wanted && text == value; }
  bool is_op(std::string_view value) const { return is(Kind::op, value); }
  bool is_name(std::string_view value) const { return is(Kind::name, value); }
  std::string shown() const;
};

// Cuts a template into tokens as jinja2's lexer does with trim_blocks and lstrip_blocks set and keep_trailing_newline
// not set: whitespace control is done here, comments and the marks of raw blocks are dropped. The last token is `end`.
// Throws TemplateError. The template must be UTF-8.
std::vector<Token> tokenize(std::string_view source);

}  // namespace weir::chat

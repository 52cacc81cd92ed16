#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tokenizers/chat/lexer.hpp"
#include "tokenizers/chat/run.hpp"
#include "tokenizers/chat/syntax.hpp"

namespace weir::chat {

// The tokens of a template, read once from front to back.
class TokenReader {
 public:
  explicit TokenReader(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  const Token& current() const { return tokens_[at_]; }
  const Token& look() const { return tokens_[at_ + (at_ + 1 < tokens_.size())]; }
  const Token& next() {
    const Token& token = current();
    if (token.kind != Token::Kind::end) ++at_;
    return token;
  }
  bool skip_name(std::string_view name) { return current().is_name(name) && (next(), true); }
  bool skip_op(std::string_view op) { return current().is_op(op) && (next(), true); }
  const Token& expect(Token::Kind kind, const char* what) {
    if (current().kind != kind) fail(std::string("expected ") + what + ", got " + current().shown());
    return next();
  }
  void expect_op(std::string_view op) {
    if (!skip_op(op)) fail("expected '" + std::string(op) + "', got " + current().shown());
  }
  [[noreturn]] void fail(const std::string& message, uint32_t line = 0) const {
    throw TemplateError(line > 0 ? line : current().line, message);
  }

 private:
  std::vector<Token> tokens_;
  size_t at_ = 0;
};

// The expressions of a template. The functions are named after the parts of jinja2's grammar, which they follow.
class ExpressionParser {
 public:
  explicit ExpressionParser(TokenReader& tokens) : tokens_(tokens) {}

  ExprPtr expression(bool with_choice = true) { return with_choice ? choice() : logical_or(); }
  // An expression, or several with commas between them. `end`: a name that ends it. An empty one is an error.
  ExprPtr tuple(bool with_choice = true, std::string_view end = {}) {
    return tuple_of(false, with_choice, end, false, false);
  }
  // What can be assigned to: a name or a tuple of names; with `attributes`, x.y too.
  ExprPtr target(std::string_view end = {}, bool attributes = false);
  ExprPtr name_target();
  // The filters from here on, applied to `input`; null when it is null and there is none. `inline_first`: the first has
  // no bar.
  ExprPtr filters(ExprPtr input, bool inline_first);

 private:
  class Nested;

  ExprPtr make(Op op, uint32_t line, std::vector<ExprPtr> parts = {});
  template <typename... Parts>
  ExprPtr join(Op op, uint32_t line, Parts... parts);
  ExprPtr finish(ExprPtr expr);
  ExprPtr choice();
  ExprPtr logical_or();
  ExprPtr logical_and();
  ExprPtr logical_not();
  ExprPtr compare();
  ExprPtr sum();
  ExprPtr concat();
  ExprPtr product();
  ExprPtr power();
  ExprPtr unary(bool with_filter = true);
  ExprPtr primary(bool attributes = false);
  ExprPtr tuple_of(bool simple, bool with_choice, std::string_view end, bool in_brackets, bool attributes);
  ExprPtr list();
  ExprPtr dict();
  ExprPtr postfix(ExprPtr expr);
  ExprPtr filters_and_tests(ExprPtr expr);
  ExprPtr subscript(ExprPtr expr);
  ExprPtr subscribed(ExprPtr& object, uint32_t line, bool& sliced);
  ExprPtr call(ExprPtr callee);
  ExprPtr test(ExprPtr input);
  CallArguments call_arguments();
  std::string dotted_name(const char* what);
  bool at_tuple_end(std::string_view end) const;

  TokenReader& tokens_;
  int depth_ = 0;
};

template <typename... Parts>
ExprPtr ExpressionParser::join(Op op, uint32_t line, Parts... parts) {
  std::vector<ExprPtr> all;
  (all.push_back(std::move(parts)), ...);
  return make(op, line, std::move(all));
}

}  // namespace weir::chat

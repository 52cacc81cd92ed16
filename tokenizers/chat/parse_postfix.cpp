// What can follow a value in an expression: subscripts, calls, filters, tests.
#include "tokenizers/chat/filters.hpp"
#include "tokenizers/chat/tests.hpp"
#include "tokenizers/chat/token_reader.hpp"

namespace weir::chat {

using Type = Token::Kind;

ExprPtr ExpressionParser::postfix(ExprPtr expr) {
  while (true) {
    const Token& token = tokens_.current();
    if (token.is_op(".") || token.is_op("[")) {
      expr = subscript(std::move(expr));
    } else if (token.is_op("(")) {
      expr = call(std::move(expr));
    } else {
      return expr;
    }
  }
}

ExprPtr ExpressionParser::filters_and_tests(ExprPtr expr) {
  while (true) {
    const Token& token = tokens_.current();
    if (token.is_op("|")) {
      expr = filters(std::move(expr), false);
    } else if (token.is_name("is")) {
      expr = test(std::move(expr));
    } else if (token.is_op("(")) {
      expr = call(std::move(expr));
    } else {
      return expr;
    }
  }
}

ExprPtr ExpressionParser::subscript(ExprPtr expr) {
  const Token& token = tokens_.next();
  const uint32_t line = token.line;
  if (token.text == ".") {
    const Token& name = tokens_.next();
    if (name.kind == Type::name) {
      auto result = join(Op::attribute, line, std::move(expr));
      result->text = name.text;
      return result;
    }
    if (name.kind != Type::integer) tokens_.fail("expected a name or a number, got " + name.shown(), name.line);
    auto key = make(Op::constant, name.line);
    key->value = Value(name.integer);
    return join(Op::item, line, std::move(expr), std::move(key));
  }
  std::vector<ExprPtr> keys;
  bool sliced = false;
  while (!tokens_.current().is_op("]")) {
    if (!keys.empty()) tokens_.expect_op(",");
    if (sliced) tokens_.fail("slices with commas are not supported");
    keys.push_back(subscribed(expr, line, sliced));
  }
  tokens_.next();
  if (sliced && keys.size() > 1) tokens_.fail("slices with commas are not supported", line);
  if (sliced) return std::move(keys[0]);
  auto key = keys.size() == 1 ? std::move(keys[0]) : make(Op::tuple, line, std::move(keys));
  return join(Op::item, line, std::move(expr), std::move(key));
}

// A key, or the whole slice of `object`.
ExprPtr ExpressionParser::subscribed(ExprPtr& object, uint32_t line, bool& sliced) {
  ExprPtr bounds[3];
  const auto at_end = [this] { return tokens_.current().is_op("]") || tokens_.current().is_op(","); };
  if (!tokens_.current().is_op(":")) {
    bounds[0] = expression();
    if (!tokens_.current().is_op(":")) return std::move(bounds[0]);
  }
  tokens_.next();
  if (!tokens_.current().is_op(":") && !at_end()) bounds[1] = expression();
  if (tokens_.skip_op(":") && !at_end()) bounds[2] = expression();
  sliced = true;
  return join(Op::slice, line, std::move(object), std::move(bounds[0]), std::move(bounds[1]), std::move(bounds[2]));
}

CallArguments ExpressionParser::call_arguments() {
  CallArguments arguments;
  const uint32_t line = tokens_.current().line;
  tokens_.expect_op("(");
  const auto ensure = [&](bool fine) {
    if (!fine) tokens_.fail("arguments stand in the wrong order", line);
  };
  bool first = true;
  while (!tokens_.current().is_op(")")) {
    if (!first) {
      tokens_.expect_op(",");
      if (tokens_.current().is_op(")")) break;
    }
    first = false;
    if (tokens_.skip_op("*")) {
      ensure(!arguments.star && !arguments.double_star);
      arguments.star = expression();
    } else if (tokens_.skip_op("**")) {
      ensure(!arguments.double_star);
      arguments.double_star = expression();
    } else if (tokens_.current().kind == Type::name && tokens_.look().is_op("=")) {
      ensure(!arguments.double_star);
      std::string name = tokens_.next().text;
      tokens_.next();
      for (const auto& [other, value] : arguments.named) ensure(other != name);
      arguments.named.emplace_back(std::move(name), expression());
    } else {
      ensure(!arguments.star && !arguments.double_star && arguments.named.empty());
      arguments.positional.push_back(expression());
    }
  }
  tokens_.next();
  return arguments;
}

ExprPtr ExpressionParser::call(ExprPtr callee) {
  auto result = join(Op::call, tokens_.current().line, std::move(callee));
  result->arguments = call_arguments();
  return finish(std::move(result));
}

std::string ExpressionParser::dotted_name(const char* what) {
  std::string name = tokens_.expect(Type::name, what).text;
  while (tokens_.skip_op(".")) name += "." + tokens_.expect(Type::name, what).text;
  return name;
}

ExprPtr ExpressionParser::filters(ExprPtr input, bool inline_first) {
  while (tokens_.current().is_op("|") || inline_first) {
    if (!inline_first) tokens_.next();
    inline_first = false;
    const uint32_t line = tokens_.current().line;
    auto result = join(Op::filter, line, std::move(input));
    result->text = dotted_name("the name of a filter");
    if (tokens_.current().is_op("(")) result->arguments = call_arguments();
    result->filter = find_filter(result->text);
    if (result->filter == nullptr && is_unsupported_filter(result->text))
      tokens_.fail("the filter '" + result->text + "' is not supported", line);
    input = finish(std::move(result));
  }
  return input;
}

ExprPtr ExpressionParser::test(ExprPtr input) {
  const uint32_t line = tokens_.next().line;
  const bool negated = tokens_.skip_name("not");
  auto result = join(Op::test, line, std::move(input));
  result->text = dotted_name("the name of a test");
  const Token& token = tokens_.current();
  if (token.is_op("(")) {
    result->arguments = call_arguments();
  } else if ((token.kind == Type::name && token.text != "else" && token.text != "or" && token.text != "and") ||
             token.kind == Type::text || token.kind == Type::integer || token.kind == Type::real || token.is_op("[") ||
             token.is_op("{")) {
    if (token.is_name("is")) tokens_.fail("tests cannot be chained with 'is'");
    result->arguments.positional.push_back(postfix(primary()));
  }
  result->test = find_test(result->text);
  result = finish(std::move(result));
  return negated ? join(Op::logical_not, line, std::move(result)) : std::move(result);
}

}  // namespace weir::chat

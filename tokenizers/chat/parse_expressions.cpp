#include <algorithm>

#include <fmt/format.h>

#include "tokenizers/chat/token_reader.hpp"

namespace weir::chat {

using Type = Token::Kind;

namespace {
constexpr uint32_t max_height = 200;  // Python compiles no expression that nests deeper
}

// Held while the grammar calls itself.
class ExpressionParser::Nested {
 public:
  explicit Nested(ExpressionParser& parser) : parser_(parser) {
    if (++parser_.depth_ > 480) parser_.tokens_.fail("an expression nests too deeply");
  }
  Nested(const Nested&) = delete;
  Nested& operator=(const Nested&) = delete;
  ~Nested() { --parser_.depth_; }

 private:
  ExpressionParser& parser_;
};

ExprPtr ExpressionParser::make(Op op, uint32_t line, std::vector<ExprPtr> parts) {
  auto expr = std::make_unique<Expr>();
  expr->op = op;
  expr->line = line;
  expr->parts = std::move(parts);
  return finish(std::move(expr));
}

ExprPtr ExpressionParser::finish(ExprPtr expr) {
  const auto raise = [&expr](const ExprPtr& part) {
    if (part) expr->height = std::max(expr->height, part->height + 1);
  };
  for (const auto& part : expr->parts) raise(part);
  for (const auto& argument : expr->arguments.positional) raise(argument);
  for (const auto& argument : expr->arguments.named) raise(argument.second);
  raise(expr->arguments.star);
  raise(expr->arguments.double_star);
  if (expr->height > max_height) tokens_.fail("an expression nests too deeply", expr->line);
  return expr;
}

ExprPtr ExpressionParser::choice() {
  const Nested nested(*this);
  uint32_t line = tokens_.current().line;
  auto result = logical_or();
  while (tokens_.skip_name("if")) {
    auto condition = logical_or();
    ExprPtr other;
    if (tokens_.skip_name("else")) other = choice();
    result = join(Op::choice, line, std::move(result), std::move(condition), std::move(other));
    line = tokens_.current().line;
  }
  return result;
}

ExprPtr ExpressionParser::logical_or() {
  uint32_t line = tokens_.current().line;
  auto left = logical_and();
  while (tokens_.skip_name("or")) {
    left = join(Op::logical_or, line, std::move(left), logical_and());
    line = tokens_.current().line;
  }
  return left;
}

ExprPtr ExpressionParser::logical_and() {
  uint32_t line = tokens_.current().line;
  auto left = logical_not();
  while (tokens_.skip_name("and")) {
    left = join(Op::logical_and, line, std::move(left), logical_not());
    line = tokens_.current().line;
  }
  return left;
}

ExprPtr ExpressionParser::logical_not() {
  const Nested nested(*this);
  const uint32_t line = tokens_.current().line;
  if (tokens_.skip_name("not")) return join(Op::logical_not, line, logical_not());
  return compare();
}

ExprPtr ExpressionParser::compare() {
  static constexpr std::pair<std::string_view, Comparison> operators[] = {
      {"==", Comparison::equal},      {"!=", Comparison::not_equal}, {"<", Comparison::less},
      {"<=", Comparison::less_equal}, {">", Comparison::greater},    {">=", Comparison::greater_equal}};
  const uint32_t line = tokens_.current().line;
  std::vector<ExprPtr> parts;
  std::vector<Comparison> comparisons;
  parts.push_back(sum());
  while (true) {
    const Token& token = tokens_.current();
    const auto* found = std::find_if(std::begin(operators), std::end(operators),
                                     [&token](const auto& known) { return token.is_op(known.first); });
    if (found != std::end(operators)) {
      comparisons.push_back(found->second);
    } else if (token.is_name("in")) {
      comparisons.push_back(Comparison::in);
    } else if (token.is_name("not") && tokens_.look().is_name("in")) {
      tokens_.next();
      comparisons.push_back(Comparison::not_in);
    } else {
      break;
    }
    tokens_.next();
    parts.push_back(sum());
  }
  if (comparisons.empty()) return std::move(parts[0]);
  auto result = make(Op::compare, line, std::move(parts));
  result->comparisons = std::move(comparisons);
  return result;
}

ExprPtr ExpressionParser::sum() {
  uint32_t line = tokens_.current().line;
  auto left = concat();
  while (tokens_.current().is_op("+") || tokens_.current().is_op("-")) {
    const Op op = tokens_.next().text == "+" ? Op::add : Op::subtract;
    left = join(op, line, std::move(left), concat());
    line = tokens_.current().line;
  }
  return left;
}

ExprPtr ExpressionParser::concat() {
  const uint32_t line = tokens_.current().line;
  std::vector<ExprPtr> parts;
  parts.push_back(product());
  while (tokens_.skip_op("~")) parts.push_back(product());
  return parts.size() == 1 ? std::move(parts[0]) : make(Op::concat, line, std::move(parts));
}

ExprPtr ExpressionParser::product() {
  uint32_t line = tokens_.current().line;
  auto left = power();
  while (true) {
    const Token& token = tokens_.current();
    Op op;
    if (token.is_op("*")) {
      op = Op::multiply;
    } else if (token.is_op("/")) {
      op = Op::divide;
    } else if (token.is_op("//")) {
      op = Op::floor_divide;
    } else if (token.is_op("%")) {
      op = Op::modulo;
    } else {
      return left;
    }
    tokens_.next();
    left = join(op, line, std::move(left), power());
    line = tokens_.current().line;
  }
}

ExprPtr ExpressionParser::power() {
  uint32_t line = tokens_.current().line;
  auto left = unary();
  while (tokens_.skip_op("**")) {
    left = join(Op::power, line, std::move(left), unary());
    line = tokens_.current().line;
  }
  return left;
}

ExprPtr ExpressionParser::unary(bool with_filter) {
  const Nested nested(*this);
  const uint32_t line = tokens_.current().line;
  ExprPtr result;
  if (tokens_.skip_op("-")) {
    result = join(Op::negative, line, unary(false));
  } else if (tokens_.skip_op("+")) {
    result = join(Op::positive, line, unary(false));
  } else {
    result = primary();
  }
  result = postfix(std::move(result));
  return with_filter ? filters_and_tests(std::move(result)) : std::move(result);
}

ExprPtr ExpressionParser::primary(bool attributes) {
  const Token& token = tokens_.current();
  auto result = make(Op::constant, token.line);
  if (token.kind == Type::name) {
    tokens_.next();
    if (token.text == "true" || token.text == "True" || token.text == "false" || token.text == "False") {
      result->value = Value(token.text == "true" || token.text == "True");
    } else if (token.text == "none" || token.text == "None") {
      result->value = Value::none();
    } else if (attributes && tokens_.skip_op(".")) {
      result->op = Op::attribute_target;
      result->text = token.text;
      result->member = tokens_.expect(Type::name, "a name").text;
    } else {
      result->op = Op::name;
      result->text = token.text;
    }
  } else if (token.kind == Type::text) {
    while (tokens_.current().kind == Type::text) result->text += tokens_.next().text;
    result->value = Value::text(result->text);
  } else if (token.kind == Type::integer) {
    result->value = Value(tokens_.next().integer);
  } else if (token.kind == Type::real) {
    result->value = Value(tokens_.next().real);
  } else if (tokens_.skip_op("(")) {
    result = tuple_of(false, true, {}, true, false);
    tokens_.expect_op(")");
  } else if (token.is_op("[")) {
    result = list();
  } else if (token.is_op("{")) {
    result = dict();
  } else {
    tokens_.fail("unexpected " + token.shown(), token.line);
  }
  return result;
}

bool ExpressionParser::at_tuple_end(std::string_view end) const {
  const Token& token = tokens_.current();
  return token.kind == Type::variable_end || token.kind == Type::block_end || token.is_op(")") ||
         (!end.empty() && token.is_name(end));
}

ExprPtr ExpressionParser::tuple_of(bool simple, bool with_choice, std::string_view end, bool in_brackets,
                                   bool attributes) {
  uint32_t line = tokens_.current().line;
  std::vector<ExprPtr> parts;
  bool is_tuple = false;
  while (true) {
    if (!parts.empty()) tokens_.expect_op(",");
    if (at_tuple_end(end)) break;
    parts.push_back(simple ? primary(attributes) : expression(with_choice));
    if (!tokens_.current().is_op(",")) break;
    is_tuple = true;
    line = tokens_.current().line;
  }
  if (!is_tuple && !parts.empty()) return std::move(parts[0]);
  if (!is_tuple && !in_brackets) tokens_.fail("expected an expression, got " + tokens_.current().shown());
  return make(Op::tuple, line, std::move(parts));
}

ExprPtr ExpressionParser::list() {
  const uint32_t line = tokens_.next().line;
  std::vector<ExprPtr> parts;
  while (!tokens_.current().is_op("]")) {
    if (!parts.empty()) tokens_.expect_op(",");
    if (tokens_.current().is_op("]")) break;
    parts.push_back(expression());
  }
  tokens_.next();
  return make(Op::list, line, std::move(parts));
}

ExprPtr ExpressionParser::dict() {
  const uint32_t line = tokens_.next().line;
  std::vector<ExprPtr> parts;
  while (!tokens_.current().is_op("}")) {
    if (!parts.empty()) tokens_.expect_op(",");
    if (tokens_.current().is_op("}")) break;
    parts.push_back(expression());
    tokens_.expect_op(":");
    parts.push_back(expression());
  }
  tokens_.next();
  return make(Op::dict, line, std::move(parts));
}

ExprPtr ExpressionParser::name_target() {
  const Token& token = tokens_.expect(Type::name, "a name");
  auto result = make(Op::name, token.line);
  result->text = token.text;
  return result;
}

namespace {

bool can_assign(const Expr& expr) {
  if (expr.op == Op::tuple)
    return std::all_of(expr.parts.begin(), expr.parts.end(), [](const ExprPtr& part) { return can_assign(*part); });
  return expr.op == Op::name || expr.op == Op::attribute_target;
}

}  // namespace

ExprPtr ExpressionParser::target(std::string_view end, bool attributes) {
  auto result = tuple_of(true, true, end, false, attributes);
  if (!can_assign(*result)) tokens_.fail("this cannot be assigned to", result->line);
  return result;
}

}  // namespace weir::chat

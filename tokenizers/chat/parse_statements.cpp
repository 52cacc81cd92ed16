#include <algorithm>
#include <initializer_list>

#include "tokenizers/chat/parser.hpp"
#include "tokenizers/chat/token_reader.hpp"

namespace weir::chat {
namespace {

using Kind = Token::Kind;
using Ends = std::initializer_list<std::string_view>;

class StatementParser {
 public:
  explicit StatementParser(TokenReader& tokens) : tokens_(tokens), expressions_(tokens) {}

  Body template_body() { return body({}); }

 private:
  // Statements up to a tag that is one of `ends`, whose name is then the current token.
  Body body(Ends ends) {
    if (++depth_ > 100) tokens_.fail("statements nest too deeply");
    Body result;
    while (tokens_.current().kind != Kind::end) {
      const Token& token = tokens_.next();
      if (token.kind == Kind::data) {
        auto& data = add(result, Statement::Kind::data, token.line);
        data.text = token.text;
      } else if (token.kind == Kind::variable_begin) {
        auto& output = add(result, Statement::Kind::output, token.line);
        output.exprs.push_back(expressions_.tuple());
        tokens_.expect(Kind::variable_end, "'}}'");
      } else {
        const Token& tag = tokens_.current();
        if (tag.kind == Kind::name && std::find(ends.begin(), ends.end(), tag.text) != ends.end()) {
          --depth_;
          return result;
        }
        statement(result);
        tokens_.expect(Kind::block_end, "'%}'");
      }
    }
    --depth_;
    return result;
  }

  // The same behind the tag that opens it; returns the name of the tag that ended it.
  std::string block(Body& into, Ends ends) {
    const uint32_t line = tokens_.current().line;
    tokens_.skip_op(":");
    tokens_.expect(Kind::block_end, "'%}'");
    into = body(ends);
    if (tokens_.current().kind == Kind::end) tokens_.fail("'" + std::string(*(ends.end() - 1)) + "' is missing", line);
    return tokens_.next().text;
  }

  static Statement& add(Body& into, Statement::Kind kind, uint32_t line) {
    auto& statement = into.emplace_back();
    statement.kind = kind;
    statement.line = line;
    return statement;
  }

  void statement(Body& into) {
    if (tokens_.current().kind != Kind::name)
      tokens_.fail("expected the name of a tag, got " + tokens_.current().shown());
    const Token& tag = tokens_.next();
    const std::string& name = tag.text;
    if (name == "for") return loop(add(into, Statement::Kind::loop, tag.line));
    if (name == "if") return choice(add(into, Statement::Kind::choice, tag.line));
    if (name == "set") return set(add(into, Statement::Kind::set, tag.line));
    if (name == "print") return print(add(into, Statement::Kind::output, tag.line));
    if (name == "macro") return macro(add(into, Statement::Kind::macro, tag.line));
    if (name == "call") return call(add(into, Statement::Kind::call_block, tag.line));
    if (name == "filter") return filter(add(into, Statement::Kind::filter_block, tag.line));
    if (name == "with") return with(add(into, Statement::Kind::with, tag.line));
    if (name == "generation") return generation(add(into, Statement::Kind::generation, tag.line));
    if (name == "break" || name == "continue") {
      if (loops_ == 0) tokens_.fail("'" + name + "' stands outside of a loop", tag.line);
      add(into, name == "break" ? Statement::Kind::break_loop : Statement::Kind::continue_loop, tag.line);
      return;
    }
    for (const char* known : {"include", "import", "from", "extends", "block", "autoescape"})
      if (name == known) tokens_.fail("the tag '" + name + "' is not supported", tag.line);
    tokens_.fail("there is no tag '" + name + "' here", tag.line);
  }

  void loop(Statement& loop) {
    loop.targets.push_back(expressions_.target("in"));
    if (!tokens_.skip_name("in")) tokens_.fail("expected 'in', got " + tokens_.current().shown());
    loop.exprs.push_back(expressions_.tuple(false, "recursive"));
    if (tokens_.skip_name("if")) loop.test = expressions_.expression();
    if (tokens_.current().is_name("recursive")) tokens_.fail("recursive loops are not supported");
    ++loops_;
    const std::string end = block(loop.body, {"else", "endfor"});
    --loops_;
    if (end == "else") block(loop.otherwise, {"endfor"});
  }

  void choice(Statement& choice) {
    while (true) {
      choice.exprs.push_back(expressions_.tuple(false));
      const std::string end = block(choice.branches.emplace_back(), {"elif", "else", "endif"});
      if (end == "elif") continue;
      if (end == "else") block(choice.otherwise, {"endif"});
      return;
    }
  }

  void set(Statement& set) {
    set.targets.push_back(expressions_.target({}, true));
    if (tokens_.skip_op("=")) {
      set.exprs.push_back(expressions_.tuple());
      return;
    }
    set.kind = Statement::Kind::set_block;
    if (auto filters = expressions_.filters(nullptr, false)) set.exprs.push_back(std::move(filters));
    block(set.body, {"endset"});
  }

  void print(Statement& output) {
    while (tokens_.current().kind != Kind::block_end) {
      if (!output.exprs.empty()) tokens_.expect_op(",");
      output.exprs.push_back(expressions_.expression());
    }
  }

  void signature(MacroCode& macro) {
    tokens_.expect_op("(");
    while (!tokens_.current().is_op(")")) {
      if (!macro.parameters.empty()) tokens_.expect_op(",");
      auto name = expressions_.name_target();
      for (const auto& other : macro.parameters)
        if (other->text == name->text) tokens_.fail("two parameters are called '" + name->text + "'");
      if (tokens_.skip_op("=")) {
        macro.defaults.push_back(expressions_.expression());
      } else if (!macro.defaults.empty()) {
        tokens_.fail("a parameter without a default follows one with a default");
      }
      macro.parameters.push_back(std::move(name));
    }
    tokens_.next();
  }

  // The body is a function of its own, which no loop outside can be left from.
  void function_body(Statement& statement, Ends ends) {
    const int loops = std::exchange(loops_, 0);
    block(statement.body, ends);
    loops_ = loops;
  }

  void macro(Statement& macro) {
    macro.macro = std::make_unique<MacroCode>();
    macro.macro->name = expressions_.name_target()->text;
    signature(*macro.macro);
    function_body(macro, {"endmacro"});
  }

  void call(Statement& call) {
    call.macro = std::make_unique<MacroCode>();
    if (tokens_.current().is_op("(")) signature(*call.macro);
    call.exprs.push_back(expressions_.expression());
    if (call.exprs[0]->op != Op::call) tokens_.fail("a call block needs a call", call.line);
    function_body(call, {"endcall"});
  }

  void generation(Statement& generation) {
    generation.macro = std::make_unique<MacroCode>();
    function_body(generation, {"endgeneration"});
  }

  void filter(Statement& filter) {
    filter.exprs.push_back(expressions_.filters(nullptr, true));
    block(filter.body, {"endfilter"});
  }

  void with(Statement& with) {
    while (tokens_.current().kind != Kind::block_end) {
      if (!with.targets.empty()) tokens_.expect_op(",");
      with.targets.push_back(expressions_.target());
      tokens_.expect_op("=");
      with.exprs.push_back(expressions_.expression());
    }
    block(with.body, {"endwith"});
  }

  TokenReader& tokens_;
  ExpressionParser expressions_;
  int depth_ = 0, loops_ = 0;
};

}  // namespace

Syntax parse(std::string_view source) {
  TokenReader tokens(tokenize(source));
  StatementParser parser(tokens);
  Syntax syntax;
  syntax.body = parser.template_body();
  return syntax;
}

}  // namespace weir::chat

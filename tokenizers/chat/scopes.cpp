#include "tokenizers/chat/scopes.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <set>

#include <fmt/format.h>

#include "tokenizers/chat/run.hpp"

namespace weir::chat {
namespace {

enum class Use : uint8_t { load, store, parameter };
using Visit = std::function<void(const Expr& name, Use use)>;

// Visits the names of an expression, in jinja2's order.
void walk(const Expr& expr, Use use, const Visit& visit) {
  if (expr.op == Op::name) visit(expr, use);
  for (const auto& part : expr.parts)
    if (part) walk(*part, use, visit);
  for (const auto& argument : expr.arguments.positional) walk(*argument, use, visit);
  for (const auto& [name, argument] : expr.arguments.named) walk(*argument, use, visit);
  if (expr.arguments.star) walk(*expr.arguments.star, use, visit);
  if (expr.arguments.double_star) walk(*expr.arguments.double_star, use, visit);
}

void walk_all(const std::vector<ExprPtr>& exprs, Use use, const Visit& visit) {
  for (const auto& expr : exprs) walk(*expr, use, visit);
}

// Visits the names of statements and of all that stands in them.
void walk(const Body& body, const Visit& visit) {
  for (const auto& statement : body) {
    using Kind = Statement::Kind;
    const bool late = statement.kind == Kind::filter_block;
    const bool parameters = statement.kind == Kind::with;
    walk_all(statement.targets, parameters ? Use::parameter : Use::store, visit);
    if (statement.kind == Kind::choice) {
      for (size_t i = 0; i < statement.exprs.size(); ++i) {
        walk(*statement.exprs[i], Use::load, visit);
        walk(statement.branches[i], visit);
      }
    } else if (!late) {
      walk_all(statement.exprs, Use::load, visit);
    }
    if (statement.macro) {
      walk_all(statement.macro->parameters, Use::parameter, visit);
      walk_all(statement.macro->defaults, Use::load, visit);
    }
    walk(statement.body, visit);
    walk(statement.otherwise, visit);
    if (statement.test) walk(*statement.test, Use::load, visit);
    if (late) walk_all(statement.exprs, Use::load, visit);
  }
}

// Which of `names` the statements read before they set them.
std::set<std::string> undeclared(const Body& body, std::set<std::string> names) {
  std::set<std::string> found;
  walk(body, [&](const Expr& name, Use use) {
    if (use == Use::load && names.count(name.text) > 0) {
      found.insert(name.text);
    } else {
      names.erase(name.text);
    }
  });
  return found;
}

// A Python function that jinja2 would make: the template, a macro, the condition of a loop. Its slots are the
// function's variables.
struct Function {
  Function* outer = nullptr;
  std::map<std::string, uint32_t> slots;

  uint32_t slot(const std::string& name) {
    return slots.emplace(name, static_cast<uint32_t>(slots.size())).first->second;
  }
};

struct Ref {
  Function* owner = nullptr;
  uint32_t index = 0;
};

// jinja2's Symbols: what a block knows of variables.
struct Symbols {
  struct Source {
    Load::From from;
    Ref outer;
    std::string name;
  };

  Symbols* parent = nullptr;
  Function* function = nullptr;
  int level = 0;
  std::map<std::string, Ref> refs;
  std::map<uint32_t, Source> loads;  // by slot
  std::set<std::string> stores;

  const Ref* find(const std::string& name) const {
    for (const Symbols* symbols = this; symbols != nullptr; symbols = symbols->parent)
      if (const auto found = symbols->refs.find(name); found != symbols->refs.end()) return &found->second;
    return nullptr;
  }
  void define(const std::string& name, Source source) {
    const Ref ref{function, function->slot(fmt::format("{}.{}", level, name))};
    refs[name] = ref;
    loads[ref.index] = std::move(source);
  }
  void declare_parameter(const std::string& name) {
    stores.insert(name);
    define(name, {Load::From::parameter, {}, {}});
  }
  void store(const std::string& name) {
    stores.insert(name);
    if (refs.count(name) > 0) return;
    const Ref* outer = parent == nullptr ? nullptr : parent->find(name);
    define(name, outer != nullptr ? Source{Load::From::outer, *outer, {}} : Source{Load::From::nothing, {}, {}});
  }
  void load(const std::string& name) {
    if (find(name) == nullptr) define(name, {Load::From::context, {}, name});
  }

  // After an `if` whose branches saw copies of this.
  void join(const std::vector<const Symbols*>& branches) {
    std::set<std::string> stored;
    for (const auto* branch : branches) stored.insert(branch->stores.begin(), branch->stores.end());
    for (const auto& name : stores) stored.erase(name);
    for (const auto* branch : branches) {
      for (const auto& [name, ref] : branch->refs) refs[name] = ref;
      for (const auto& [slot, source] : branch->loads) loads[slot] = source;
      stores.insert(branch->stores.begin(), branch->stores.end());
    }
    for (const auto& name : stored) {
      const Ref* outer = parent == nullptr ? nullptr : parent->find(name);
      loads[refs.at(name).index] =
          outer != nullptr ? Source{Load::From::outer, *outer, {}} : Source{Load::From::context, {}, name};
    }
  }

  void use(const Expr& expr, Use how) {
    walk(expr, how, [this](const Expr& name, Use use) {
      if (use == Use::load) load(name.text);
      if (use == Use::store) store(name.text);
      if (use == Use::parameter) declare_parameter(name.text);
    });
    if (expr.op == Op::attribute_target) load(expr.text);
    if (expr.op == Op::tuple && how == Use::store)
      for (const auto& part : expr.parts)
        if (part->op == Op::attribute_target) load(part->text);
  }
  void use(const std::vector<ExprPtr>& exprs, Use how) {
    for (const auto& expr : exprs) use(*expr, how);
  }

  // What the statements of a block do to its variables; blocks in them with variables of their own are left out.
  void analyze(const Body& body) {
    using Kind = Statement::Kind;
    for (const auto& statement : body) {
      switch (statement.kind) {
        case Kind::choice: analyze_choice(statement); break;
        case Kind::set:
          use(statement.exprs, Use::load);
          use(statement.targets, Use::store);
          break;
        case Kind::set_block: use(statement.targets, Use::store); break;
        case Kind::macro: store(statement.macro->name); break;
        case Kind::output:
        case Kind::loop:
        case Kind::call_block:
        case Kind::filter_block:
        case Kind::with: use(statement.exprs, Use::load); break;
        case Kind::data:
        case Kind::generation:
        case Kind::break_loop:
        case Kind::continue_loop: break;
      }
    }
  }
  void analyze_choice(const Statement& choice) {
    use(*choice.exprs[0], Use::load);
    Symbols then = *this, elifs = *this, otherwise = *this;
    then.analyze(choice.branches[0]);
    for (size_t i = 1; i < choice.exprs.size(); ++i) {
      elifs.use(*choice.exprs[i], Use::load);
      Symbols branch = elifs;
      branch.analyze(choice.branches[i]);
      elifs.join({&branch});
    }
    otherwise.analyze(choice.otherwise);
    join({&then, &elifs, &otherwise});
  }
};

ExprPtr copy_target(const Expr& target) {
  auto copy = std::make_unique<Expr>();
  copy->op = target.op;
  copy->line = target.line;
  copy->text = target.text;
  for (const auto& part : target.parts) copy->parts.push_back(copy_target(*part));
  return copy;
}

class Resolver {
 public:
  void run(Syntax& syntax) {
    Function root;
    Symbols symbols;
    symbols.function = &root;
    symbols.analyze(syntax.body);
    resolve(syntax.body, symbols, false);
    syntax.scope = scope(symbols);
    syntax.slots = static_cast<uint32_t>(root.slots.size());
  }

 private:
  static Symbols inner(Symbols& symbols, Function* function = nullptr) {
    Symbols made;
    made.parent = &symbols;
    made.function = function != nullptr ? function : symbols.function;
    made.level = symbols.level + 1;
    return made;
  }

  static Slot slot(const Ref& ref, const Function* from) {
    Slot slot{0, ref.index};
    for (; from != ref.owner; from = from->outer) ++slot.hops;
    return slot;
  }

  static Scope scope(const Symbols& symbols) {
    Scope scope;
    for (const auto& [target, source] : symbols.loads) {
      Load load;
      load.from = source.from;
      load.target = target;
      load.name = source.name;
      if (source.from == Load::From::outer) load.source = slot(source.outer, symbols.function);
      scope.loads.push_back(std::move(load));
    }
    return scope;
  }

  // `soft`: inside an `if`, where jinja2 leaves unknown filters and tests for later.
  void resolve(Expr& expr, Symbols& symbols, bool soft) {
    if (expr.op == Op::name || expr.op == Op::attribute_target) {
      symbols.load(expr.text);  // known by now, but for the filter of a set block
      expr.slot = slot(*symbols.find(expr.text), symbols.function);
    }
    if (expr.op == Op::filter && expr.filter == nullptr && !soft)
      throw TemplateError(expr.line, "there is no filter '" + expr.text + "'");
    if (expr.op == Op::test && expr.test == nullptr && !soft)
      throw TemplateError(expr.line, "there is no test '" + expr.text + "'");
    soft |= expr.op == Op::choice;
    for (auto& part : expr.parts)
      if (part) resolve(*part, symbols, soft);
    for (auto& argument : expr.arguments.positional) resolve(*argument, symbols, soft);
    for (auto& [name, argument] : expr.arguments.named) resolve(*argument, symbols, soft);
    if (expr.arguments.star) resolve(*expr.arguments.star, symbols, soft);
    if (expr.arguments.double_star) resolve(*expr.arguments.double_star, symbols, soft);
  }
  void resolve(std::vector<ExprPtr>& exprs, Symbols& symbols, bool soft) {
    for (auto& expr : exprs) resolve(*expr, symbols, soft);
  }

  void resolve(Body& body, Symbols& symbols, bool soft) {
    for (auto& statement : body) resolve(statement, symbols, soft);
  }

  void resolve(Statement& statement, Symbols& symbols, bool soft) {
    using Kind = Statement::Kind;
    switch (statement.kind) {
      case Kind::output: return resolve(statement.exprs, symbols, soft);
      case Kind::loop: return loop(statement, symbols, soft);
      case Kind::choice:
        resolve(statement.exprs, symbols, true);
        for (auto& branch : statement.branches) resolve(branch, symbols, true);
        return resolve(statement.otherwise, symbols, true);
      case Kind::set: resolve(statement.exprs, symbols, soft); return resolve(statement.targets, symbols, soft);
      case Kind::macro:
        statement.slot = slot(*symbols.find(statement.macro->name), symbols.function);
        return function(statement, symbols);
      case Kind::call_block: resolve(statement.exprs, symbols, soft); return function(statement, symbols);
      case Kind::generation: return function(statement, symbols);
      case Kind::set_block:
      case Kind::filter_block:
      case Kind::with: return block(statement, symbols, soft);
      case Kind::data:
      case Kind::break_loop:
      case Kind::continue_loop: return;
    }
  }

  void loop(Statement& loop, Symbols& symbols, bool soft) {
    const auto check = [](const Expr& name, Use use) {
      if (use == Use::store && name.text == "loop")
        throw TemplateError(name.line, "'loop' cannot be assigned to in a loop");
    };
    walk(loop.body, check);
    walk(loop.otherwise, check);
    walk_all(loop.targets, Use::store, check);

    resolve(*loop.exprs[0], symbols, soft);
    Symbols body = inner(symbols);
    loop.has_loop = !undeclared(loop.body, {"loop"}).empty();
    if (loop.has_loop) body.declare_parameter("loop");
    body.use(*loop.targets[0], Use::parameter);
    body.analyze(loop.body);
    if (loop.has_loop) loop.slot = slot(*body.find("loop"), symbols.function);
    resolve(*loop.targets[0], body, false);
    resolve(loop.body, body, false);
    loop.scope = scope(body);

    Symbols otherwise = inner(symbols);
    otherwise.analyze(loop.otherwise);
    resolve(loop.otherwise, otherwise, false);
    loop.other_scope = scope(otherwise);

    if (!loop.test) return;
    Function function{symbols.function, {}};
    Symbols test = inner(symbols, &function);
    loop.targets.push_back(copy_target(*loop.targets[0]));
    test.use(*loop.targets[1], Use::parameter);
    test.use(*loop.test, Use::load);
    resolve(*loop.targets[1], test, false);
    resolve(*loop.test, test, false);
    loop.test_scope = scope(test);
    loop.test_slots = static_cast<uint32_t>(function.slots.size());
  }

  void block(Statement& statement, Symbols& symbols, bool soft) {
    Symbols body = inner(symbols);
    if (statement.kind == Statement::Kind::with) {
      resolve(statement.exprs, symbols, soft);
      body.use(statement.targets, Use::parameter);
    }
    body.analyze(statement.body);
    if (statement.kind == Statement::Kind::filter_block) body.use(statement.exprs, Use::load);
    if (statement.kind == Statement::Kind::set_block) resolve(statement.targets, symbols, soft);
    resolve(statement.body, body, false);
    if (statement.kind == Statement::Kind::with) {
      resolve(statement.targets, body, false);
    } else {
      resolve(statement.exprs, body, false);
    }
    statement.scope = scope(body);
  }

  // A macro, or the body of a call or generation block.
  void function(Statement& statement, Symbols& symbols) {
    MacroCode& macro = *statement.macro;
    Function function{symbols.function, {}};
    Symbols body = inner(symbols, &function);
    const auto analyze = [&] {
      body.use(macro.parameters, Use::parameter);
      body.use(macro.defaults, Use::load);
      body.analyze(statement.body);
    };
    analyze();
    const auto has = [&macro](const char* name) {
      return std::any_of(macro.parameters.begin(), macro.parameters.end(),
                         [name](const auto& p) { return p->text == name; });
    };
    const auto special = undeclared(statement.body, {"caller", "kwargs", "varargs"});
    macro.explicit_caller = has("caller");
    macro.wants_caller = special.count("caller") > 0;
    if (macro.wants_caller && macro.explicit_caller) {
      const size_t bare = macro.parameters.size() - macro.defaults.size();
      for (size_t i = 0; i < bare; ++i)
        if (macro.parameters[i]->text == "caller")
          throw TemplateError(statement.line, "the parameter 'caller' needs a default");
    }
    macro.wants_kwargs = special.count("kwargs") > 0 && !has("kwargs");
    macro.wants_varargs = special.count("varargs") > 0 && !has("varargs");
    if (macro.wants_caller && !macro.explicit_caller) body.declare_parameter("caller");
    if (macro.wants_kwargs) body.declare_parameter("kwargs");
    if (macro.wants_varargs) body.declare_parameter("varargs");
    analyze();
    resolve(macro.parameters, body, false);
    resolve(macro.defaults, body, false);
    resolve(statement.body, body, false);
    const auto place = [&](const char* name) { return slot(*body.find(name), &function); };
    if (macro.wants_caller) macro.caller = place("caller");
    if (macro.wants_kwargs) macro.kwargs = place("kwargs");
    if (macro.wants_varargs) macro.varargs = place("varargs");
    macro.scope = scope(body);
    macro.slots = static_cast<uint32_t>(function.slots.size());
    macro.body = &statement.body;
  }
};

}  // namespace

void resolve_names(Syntax& syntax) { Resolver().run(syntax); }

}  // namespace weir::chat

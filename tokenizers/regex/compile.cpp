#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "tokenizers/regex/program.hpp"
#include "tokenizers/regex/symbols.hpp"
#include "tokenizers/utf8.hpp"

namespace weir::regex {
namespace {

using Kind = Node::Kind;
using Op = State::Op;

// Turns a tree into states, from its end to its beginning: `emit` takes where to go on and returns where to begin.
//
// It takes that twice: `empty`, as long as nothing was read in the innermost turn of a loop that is under way, and
// `filled` otherwise. A turn that read nothing does not begin another one but leaves the loop, as in Oniguruma. So no
// state asks itself about the place where it stands. Where something was read it was read in all loops around, so two
// continuations are enough however deep the loops.
class Emitter {
 public:
  // `behinds`: the emitter of look-behinds, or null for that one itself, which reverses sequences.
  Emitter(Part& part, Emitter* behinds) : part_(part), behinds_(behinds) {}

  void add_root(const Node& node) {
    const uint32_t end = state({Op::accept, 0, 0});
    part_.roots.push_back(emit(node, end, end));
  }

  const std::string& trouble() const { return trouble_; }

 private:
  static constexpr size_t max_steps = 400'000;

  uint32_t refuse(std::string what) {
    if (trouble_.empty()) trouble_ = std::move(what);
    return 0;
  }

  uint32_t state(State wanted) {
    const auto [known, is_new] = known_.try_emplace({wanted.op, wanted.a, wanted.b}, part_.states.size());
    if (is_new) part_.states.push_back(wanted);
    return known->second;
  }

  uint32_t split(bool greedy, uint32_t more, uint32_t leave) {
    return state(greedy ? State{Op::split, more, leave} : State{Op::split, leave, more});
  }

  uint32_t emit(const Node& node, uint32_t empty, uint32_t filled) {
    if (!trouble_.empty()) return 0;
    if (++steps_ > max_steps || part_.states.size() > max_states)
      return refuse(fmt::format("needs more than {} states", max_states));
    switch (node.kind) {
      case Kind::set: return state({Op::set, node.set, filled});
      case Kind::sequence: return emit_sequence(node, empty, filled);
      case Kind::choice: {
        uint32_t at = emit(node.children.back(), empty, filled);
        for (size_t i = node.children.size() - 1; i-- > 0;) at = split(true, emit(node.children[i], empty, filled), at);
        return at;
      }
      case Kind::repeat: return emit_repeat(node, empty, filled);
      case Kind::atomic: {
        if (behinds_ == nullptr) return refuse("has an atomic group or possessive quantifier in a look-behind");
        const uint32_t end = state({Op::atomic_end, empty, 0});
        const uint32_t inside = emit(node.children[0], end, filled == empty ? end : state({Op::atomic_end, filled, 0}));
        return state({Op::atomic_begin, inside, 0});
      }
      case Kind::ahead:
        if (behinds_ == nullptr) return refuse("has a look-ahead in a look-behind");
        return emit_look(node, empty);
      case Kind::behind: return behinds_ == nullptr ? emit_look(node, empty) : emit_behind(node, empty);
      case Kind::assertion: return state({Op::place, static_cast<uint32_t>(node.place), empty});
      case Kind::letter: break;
    }
    return refuse("has a letter that is none");
  }

  uint32_t emit_sequence(const Node& node, uint32_t empty, uint32_t filled) {
    const bool reversed = behinds_ == nullptr;
    for (size_t i = 0; i < node.children.size(); ++i)
      precede(node.children[reversed ? i : node.children.size() - 1 - i], empty, filled);
    return empty;
  }

  // Puts a node before both continuations.
  void precede(const Node& node, uint32_t& empty, uint32_t& filled) {
    const uint32_t first = emit(node, empty, filled);
    filled = empty == filled ? first : emit(node, filled, filled);
    empty = first;
  }

  uint32_t emit_repeat(const Node& node, uint32_t empty, uint32_t filled) {
    const Node& body = node.children[0];
    if (node.max == Node::unbounded) {
      const uint32_t loop = emit_loop(node, filled);
      empty = empty == filled ? loop : split(node.greedy, emit(body, body.nullable ? empty : loop, loop), empty);
      filled = loop;
    } else {
      const uint32_t leave_empty = empty;
      const uint32_t leave_filled = filled;
      for (uint32_t i = node.min; i < node.max && trouble_.empty(); ++i) {
        const uint32_t first = split(node.greedy, emit(body, empty, filled), leave_empty);
        filled = empty == filled && leave_empty == leave_filled
                     ? first
                     : split(node.greedy, emit(body, filled, filled), leave_filled);
        empty = first;
      }
    }
    for (uint32_t i = 0; i < node.min && trouble_.empty(); ++i) precede(body, empty, filled);
    return empty;
  }

  // The loop that is entered when something was read already.
  uint32_t emit_loop(const Node& node, uint32_t after) {
    const auto key = std::pair(&node, after);
    if (const auto known = loops_.find(key); known != loops_.end()) return known->second;
    const auto loop = static_cast<uint32_t>(part_.states.size());
    part_.states.push_back({Op::split, 0, 0});
    const Node& body = node.children[0];
    const uint32_t turn = emit(body, body.nullable ? after : loop, loop);
    part_.states[loop] = node.greedy ? State{Op::split, turn, after} : State{Op::split, after, turn};
    loops_[key] = loop;
    return loop;
  }

  uint32_t emit_look(const Node& node, uint32_t next) {
    const uint32_t end = state({Op::accept, 0, 0});
    return state({node.negated ? Op::look_not : Op::look, emit(node.children[0], end, end), next});
  }

  uint32_t emit_behind(const Node& node, uint32_t next) {
    const auto [known, is_new] = behind_roots_.try_emplace(&node, static_cast<uint32_t>(behinds_->part_.roots.size()));
    if (is_new) {
      if (behinds_->part_.roots.size() == max_behinds)
        return refuse(fmt::format("has more than {} look-behinds", max_behinds));
      behinds_->add_root(node.children[0]);
      if (!behinds_->trouble_.empty()) return refuse(behinds_->trouble_);
    }
    return state({node.negated ? Op::behind_not : Op::behind, known->second, next});
  }

  Part& part_;
  Emitter* behinds_;
  std::map<std::tuple<Op, uint32_t, uint32_t>, uint32_t> known_;
  std::map<std::pair<const Node*, uint32_t>, uint32_t> loops_;
  std::map<const Node*, uint32_t> behind_roots_;
  size_t steps_ = 0;
  std::string trouble_;
};

// The states that a state asks about the place where it stands itself.
std::array<std::optional<uint32_t>, 2> asks(const State& state) {
  switch (state.op) {
    case Op::accept:
    case Op::set: return {};
    case Op::atomic_begin:
    case Op::atomic_end: return {state.a};
    case Op::behind:
    case Op::behind_not:
    case Op::place: return {state.b};
    case Op::split:
    case Op::look:
    case Op::look_not: return {state.a, state.b};
  }
  return {};
}

// Puts states behind those that they ask. False: some ask in a circle, which the emitter never makes.
bool sort(Part& part) {
  constexpr uint32_t unseen = 0xFFFFFFFF;
  constexpr uint32_t open = 0xFFFFFFFE;
  std::vector<uint32_t> place(part.states.size(), unseen);
  std::vector<State> sorted;
  std::vector<uint32_t> stack;
  for (uint32_t from = 0; from < part.states.size(); ++from) {
    stack.push_back(from);
    while (!stack.empty()) {
      const uint32_t at = stack.back();
      if (place[at] == unseen) {
        place[at] = open;
        for (const auto asked : asks(part.states[at])) {
          if (!asked) continue;
          if (place[*asked] == open) return false;
          if (place[*asked] == unseen) stack.push_back(*asked);
        }
        continue;
      }
      stack.pop_back();
      if (place[at] != open) continue;
      place[at] = static_cast<uint32_t>(sorted.size());
      sorted.push_back(part.states[at]);
    }
  }
  for (auto& state : sorted) {
    if (state.op == Op::split || state.op == Op::atomic_begin || state.op == Op::atomic_end || state.op == Op::look ||
        state.op == Op::look_not)
      state.a = place[state.a];
    if (state.op != Op::accept && state.op != Op::atomic_begin && state.op != Op::atomic_end) state.b = place[state.b];
  }
  for (auto& root : part.roots) root = place[root];
  part.states = std::move(sorted);
  return true;
}

// Appends the plain text that `node` begins with. False: it is not all of the node, so that nothing can follow.
bool add_prefix(const Node& node, const std::vector<CharSet>& sets, std::string& prefix) {
  constexpr size_t enough = 16;
  if (node.kind == Kind::set) {
    const auto ranges = sets[node.set].ranges();
    if (ranges.size() != 1 || ranges[0].first != ranges[0].last || prefix.size() > enough) return false;
    utf8::append(prefix, ranges[0].first);
    return true;
  }
  if (node.kind == Kind::sequence)
    return std::all_of(node.children.begin(), node.children.end(),
                       [&](const Node& child) { return add_prefix(child, sets, prefix); });
  if (node.kind != Kind::repeat || node.children[0].kind != Kind::set) return false;
  for (uint32_t i = 0; i < node.min; ++i)
    if (!add_prefix(node.children[0], sets, prefix)) return false;
  return node.min == node.max;
}

}  // namespace

Result<Program> compile(const Syntax& syntax) {
  Program program;
  Emitter behinds(program.behind, nullptr);
  Emitter emitter(program.main, &behinds);
  add_prefix(syntax.root, syntax.sets, program.prefix);
  emitter.add_root(syntax.root);
  if (!emitter.trouble().empty()) return fail(ErrorCode::unsupported, "regular expression: " + emitter.trouble());
  if (!sort(program.main) || !sort(program.behind))
    return fail(ErrorCode::internal, "regular expression: states ask in a circle");
  if (auto done = assign_symbols(syntax, program); !done) return fail(done.error());
  return program;
}

}  // namespace weir::regex

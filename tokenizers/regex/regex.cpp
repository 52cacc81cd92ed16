#include "tokenizers/regex/regex.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "tokenizers/regex/automaton.hpp"
#include "tokenizers/regex/program.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {

using regex::Automaton;
using regex::Program;
using regex::State;

namespace {

constexpr size_t max_cache = size_t{8} << 20;

// The automata of one expression.
struct Machine {
  explicit Machine(std::shared_ptr<const Program> p)
      : program(std::move(p)), main(*program, program->main, true, program->behind.roots.size()) {
    if (!program->behind.roots.empty()) behind.emplace(*program, program->behind, false, 0);
  }
  std::shared_ptr<const Program> program;
  Automaton main;
  std::optional<Automaton> behind;
};

}  // namespace

struct RegexScratch::Memory {
  static constexpr size_t max_machines = 8;

  Machine& machine(const std::shared_ptr<const Program>& program) {
    for (auto& known : machines)
      if (known->program == program) return *known;
    if (machines.size() < max_machines) return *machines.emplace_back(std::make_unique<Machine>(program));
    auto& oldest = machines[turn++ % max_machines];
    oldest = std::make_unique<Machine>(program);
    return *oldest;
  }

  std::vector<std::unique_ptr<Machine>> machines;
  size_t turn = 0;
  std::vector<uint32_t> answers;     // at the places of a window
  std::vector<uint8_t> holds;        // look-behinds, at each place of the text
  std::vector<uint8_t> checkpoints;  // answers at the ends of windows
  std::vector<size_t> ends;          // of windows
};

namespace {

size_t previous(std::string_view text, size_t at) {
  do {
    --at;
  } while (utf8::is_continuation(text[at]));
  return at;
}

size_t following(std::string_view text, size_t at) {
  do {
    ++at;
  } while (at < text.size() && utf8::is_continuation(text[at]));
  return at;
}

// One text under one expression.
class Search {
 public:
  Search(Machine& machine, std::string_view text, std::vector<uint32_t>& answers, std::vector<uint8_t>& holds)
      : machine_(machine), program_(*machine.program), text_(text), answers_(answers), holds_(holds) {}

  uint32_t symbol(size_t at) const {
    const auto byte = static_cast<unsigned char>(text_[at]);
    if (byte < 0x80) {
      if (byte == '\n' && program_.asks_last && at + 1 == text_.size()) return program_.last_newline();
      return program_.ascii_symbols[byte];
    }
    const char* p = text_.data() + at;
    return program_.symbol(utf8::next(p));
  }
  uint32_t symbol_before(size_t at) const { return at == 0 ? program_.edge() : symbol(previous(text_, at)); }
  uint32_t symbol_after(size_t at) const { return at == text_.size() ? program_.edge() : symbol(at); }
  uint32_t holds_at(size_t at) const { return holds_.empty() ? 0 : holds_[at]; }

  // Which look-behinds hold at each place: their part runs from left to right.
  void look_behind(size_t window) {
    holds_.clear();
    if (!machine_.behind) return;
    auto& automaton = *machine_.behind;
    holds_.resize(text_.size() + 1);
    uint32_t here = automaton.begin(symbol_after(0), 0);
    for (size_t at = 0, checked = 0;;) {
      const uint8_t* const answers = automaton.answers(here);
      const auto& roots = program_.behind.roots;
      for (size_t i = 0; i < roots.size(); ++i)
        holds_[at] |= static_cast<uint8_t>((answers[roots[i]] == Automaton::matched) << i);
      if (at == text_.size()) return;
      if (at - checked > window) {
        here = keep_small(automaton, here);
        checked = at;
      }
      const uint32_t passed = symbol(at);
      at = following(text_, at);
      here = automaton.step(here, passed, symbol_after(at), 0);
    }
  }

  // From the answers at `high` to those at `low`; with `record`, all between them stand in answers_.
  uint32_t sweep(size_t high, size_t low, uint32_t here, bool record) {
    auto& automaton = machine_.main;
    if (record) {
      answers_.resize(high - low + 1);
      answers_[high - low] = here;
    }
    uint32_t passed = symbol_before(high);
    for (size_t at = high; at > low;) {
      at = previous(text_, at);
      const uint32_t before = symbol_before(at);
      here = automaton.step(here, passed, before, holds_at(at));
      if (record) answers_[at - low] = here;
      passed = before;
    }
    return here;
  }

  // Walks the matches from where the last walk stopped to `high`, which is left to the next window unless it is the end
  // of the text.
  void walk(size_t high, size_t low, std::vector<ByteRange>& matches) {
    const auto& states = program_.main.states;
    const uint32_t root = program_.main.roots[0];
    while (at_ < high || (at_ == high && high == text_.size())) {
      const uint8_t* const answers = machine_.main.answers(answers_[at_ - low]);
      if (!inside_) {
        if (answers[root] != Automaton::matched) {
          at_ = following(text_, at_);
          continue;
        }
        inside_ = true;
        begin_ = at_;
        state_ = root;
      }
      while (states[state_].op != State::Op::set && states[state_].op != State::Op::accept)
        state_ = next_state(states[state_], answers);
      if (states[state_].op == State::Op::set) {
        state_ = states[state_].b;
        at_ = following(text_, at_);
        continue;
      }
      inside_ = false;
      if (begin_ == at_ && last_end_ == at_) {
        at_ = following(text_, at_);
      } else {
        matches.push_back({static_cast<uint32_t>(begin_), static_cast<uint32_t>(at_)});
        last_end_ = at_;
      }
    }
  }

  uint32_t keep_small(Automaton& automaton, uint32_t here) {
    if (!automaton.would_forget(max_cache / 2)) return here;
    const auto& part = &automaton == &machine_.main ? program_.main : program_.behind;
    const std::vector<uint8_t> answers(automaton.answers(here), automaton.answers(here) + part.states.size());
    automaton.forget(max_cache / 2);
    return automaton.find(answers.data());
  }

 private:
  // A way is known to lead to the end, so what is asked here holds.
  static uint32_t next_state(const State& state, const uint8_t* answers) {
    switch (state.op) {
      case State::Op::split: return answers[state.a] == Automaton::matched ? state.a : state.b;
      case State::Op::atomic_begin:
      case State::Op::atomic_end: return state.a;
      default: return state.b;
    }
  }

  Machine& machine_;
  const Program& program_;
  std::string_view text_;
  std::vector<uint32_t>& answers_;
  std::vector<uint8_t>& holds_;
  size_t at_ = 0;
  bool inside_ = false;  // a match
  size_t begin_ = 0;
  uint32_t state_ = 0;
  std::optional<size_t> last_end_;
};

}  // namespace

RegexScratch::RegexScratch() : memory_(std::make_unique<Memory>()) {}
RegexScratch::~RegexScratch() = default;
RegexScratch::RegexScratch(RegexScratch&&) noexcept = default;
RegexScratch& RegexScratch::operator=(RegexScratch&&) noexcept = default;

Regex::Regex(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

Result<Regex> Regex::compile(std::string_view pattern) {
  if (!utf8::valid(pattern)) return fail(ErrorCode::corrupt, "regular expression: is not UTF-8");
  const auto syntax = regex::parse(pattern);
  if (!syntax) return fail(syntax.error());
  auto program = regex::compile(*syntax);
  if (!program) return fail(program.error());
  return Regex(std::make_shared<const Program>(std::move(*program)));
}

void Regex::find_all(std::string_view text, RegexScratch& scratch, std::vector<ByteRange>& matches) const {
  if (!program_->prefix.empty() && text.find(program_->prefix) == std::string_view::npos) return;
  auto& memory = *scratch.memory_;
  auto& machine = memory.machine(program_);
  auto& automaton = machine.main;
  // A window makes at most one new set of answers for each of its places, so with what is left from the last one the
  // automaton keeps to max_cache. The root bounds the checkpoints where answers are large.
  const size_t window = std::max({max_cache / 2 / automaton.bytes_per_answers(), size_t{256},
                                  static_cast<size_t>(std::sqrt(static_cast<double>(text.size())))});
  Search search(machine, text, memory.answers, memory.holds);
  search.look_behind(window);

  auto& ends = memory.ends;  // of windows, the last one first
  ends.assign(1, text.size());
  while (ends.back() > window) {
    size_t end = ends.back() - window;
    while (utf8::is_continuation(text[end])) --end;
    ends.push_back(end);
  }
  ends.push_back(0);

  const size_t states = program_->main.states.size();
  const size_t last = ends.size() - 2;
  memory.checkpoints.resize(last * states);
  search.keep_small(automaton, 0);
  uint32_t here = automaton.begin(search.symbol_before(text.size()), search.holds_at(text.size()));
  for (size_t i = 0; i < last; ++i) {
    here = search.keep_small(automaton, search.sweep(ends[i], ends[i + 1], here, false));
    std::copy_n(automaton.answers(here), states, memory.checkpoints.data() + i * states);
  }
  for (size_t i = last + 1; i-- > 0;) {
    if (i < last) {
      automaton.forget(max_cache / 2);
      here = i == 0 ? automaton.begin(search.symbol_before(text.size()), search.holds_at(text.size()))
                    : automaton.find(memory.checkpoints.data() + (i - 1) * states);
    }
    search.sweep(ends[i], ends[i + 1], here, true);
    search.walk(ends[i], ends[i + 1], matches);
  }
}

}  // namespace weir

#include "tokenizers/regex/symbols.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

namespace weir::regex {
namespace {

using Place = Node::Place;

struct Asked {
  bool any = false;  // places at all
  bool word = false;
  bool newline = false;
  bool last = false;
};

Asked asked_by(const Program& program) {
  Asked asked;
  for (const auto* part : {&program.main, &program.behind}) {
    for (const auto& state : part->states) {
      if (state.op != State::Op::place) continue;
      asked.any = true;
      switch (static_cast<Place>(state.a)) {
        case Place::word_boundary:
        case Place::no_word_boundary: asked.word = true; break;
        case Place::text_end_or_newline: asked.last = true; [[fallthrough]];
        case Place::line_begin:
        case Place::line_end: asked.newline = true; break;
        case Place::text_begin:
        case Place::text_end: break;
      }
    }
  }
  return asked;
}

// All code points in runs, each with the number of its kind; a set cuts kinds in two where only a part is in it.
class Kinds {
 public:
  void cut(const CharSet& set) {
    std::map<uint32_t, uint32_t> inside;  // the kind that the part of a kind becomes
    for (const auto& range : set.ranges()) {
      begin_run(range.first);
      if (range.last < last_code) begin_run(range.last + 1);
      for (auto at = runs_.find(range.first); at != runs_.end() && at->first <= range.last; ++at)
        at->second = inside.try_emplace(at->second, count_ + static_cast<uint32_t>(inside.size())).first->second;
    }
    count_ += static_cast<uint32_t>(inside.size());
  }

  // The runs with kinds numbered from 0.
  const std::map<char32_t, uint32_t>& number() {
    std::map<uint32_t, uint32_t> numbers;
    for (auto& [first, kind] : runs_)
      kind = numbers.try_emplace(kind, static_cast<uint32_t>(numbers.size())).first->second;
    count_ = static_cast<uint32_t>(numbers.size());
    return runs_;
  }
  uint32_t count() const { return count_; }

 private:
  void begin_run(char32_t code) {
    const auto after = runs_.upper_bound(code);
    runs_.try_emplace(after, code, std::prev(after)->second);
  }

  std::map<char32_t, uint32_t> runs_{{0, 0}};
  uint32_t count_ = 1;
};

void fill_blocks(const std::map<char32_t, uint32_t>& runs, Program& program) {
  std::map<uint16_t, uint16_t> uniform;  // blocks of one symbol
  auto run = runs.begin();
  const auto symbol_at = [&](char32_t code) {
    while (std::next(run) != runs.end() && std::next(run)->first <= code) ++run;
    return static_cast<uint16_t>(run->second);
  };
  for (char32_t begin = 0; begin <= last_code; begin += 256) {
    const uint16_t first = symbol_at(begin);
    const auto next = static_cast<uint16_t>(program.blocks.size());
    if (std::next(run) == runs.end() || std::next(run)->first >= begin + 256) {
      const auto [known, is_new] = uniform.try_emplace(first, next);
      if (is_new) program.blocks.emplace_back().fill(first);
      program.block_of.push_back(known->second);
      continue;
    }
    auto& block = program.blocks.emplace_back();
    for (char32_t i = 0; i < 256; ++i) block[i] = symbol_at(begin + i);
    program.block_of.push_back(next);
  }
  for (size_t i = 0; i < 128; ++i) program.ascii_symbols[i] = program.blocks[program.block_of[0]][i];
}

}  // namespace

Result<void> assign_symbols(const Syntax& syntax, Program& program) {
  const auto asked = asked_by(program);
  const auto word = asked.word ? lone_word() : CharSet();
  const auto newline = asked.newline ? CharSet::of(U'\n') : CharSet();
  Kinds kinds;
  for (const auto& set : syntax.sets) kinds.cut(set);
  kinds.cut(word);
  kinds.cut(newline);
  const auto& runs = kinds.number();
  if (kinds.count() + 2 > max_symbols)
    return fail(ErrorCode::unsupported,
                fmt::format("regular expression: tells {} kinds of characters apart; {} are the most", kinds.count(),
                            max_symbols - 2));
  program.symbols = kinds.count() + 2;
  program.sets = syntax.sets.size();
  fill_blocks(runs, program);

  program.members.assign(program.symbols * program.sets, 0);
  program.traits.assign(program.symbols, 0);
  std::vector<bool> seen(program.symbols);
  const auto describe = [&](uint32_t symbol, char32_t code) {
    for (size_t i = 0; i < program.sets; ++i)
      program.members[symbol * program.sets + i] = syntax.sets[i].contains(code);
    program.traits[symbol] =
        static_cast<uint8_t>((word.contains(code) ? is_word : 0) | (newline.contains(code) ? is_newline : 0));
  };
  for (const auto& [first, symbol] : runs) {
    if (!seen[symbol]) describe(symbol, first);
    seen[symbol] = true;
  }
  describe(program.last_newline(), U'\n');
  program.asks_last = asked.last;
  if (asked.last) program.traits[program.last_newline()] |= is_last;
  if (asked.any) program.traits[program.edge()] = is_edge;
  const std::set<uint8_t> contexts(program.traits.begin(), program.traits.end());
  const size_t width = (program.symbols * contexts.size()) << program.behind.roots.size();
  if (width > max_width)
    return fail(ErrorCode::unsupported,
                "regular expression: has too many look-behinds beside this many sets of characters");
  return {};
}

}  // namespace weir::regex

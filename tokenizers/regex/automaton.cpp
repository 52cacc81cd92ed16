#include "tokenizers/regex/automaton.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <string_view>

namespace weir::regex {
namespace {

using Op = State::Op;
using Place = Node::Place;

uint64_t hash_of(const uint8_t* bytes, size_t size) {
  uint64_t hash = size;
  for (size_t i = 0; i < size; i += 8) {
    uint64_t eight = 0;
    std::memcpy(&eight, bytes + i, std::min<size_t>(8, size - i));
    hash = (hash ^ eight) * 0x9FB21C651E98DF25u;
    hash ^= hash >> 32;
  }
  return hash;
}

}  // namespace

Automaton::Automaton(const Program& program, const Part& part, bool leftward, size_t behinds)
    : program_(program), part_(part), leftward_(leftward), behinds_(behinds) {
  std::map<uint8_t, uint8_t> contexts;
  for (uint8_t traits : program.traits)
    context_of_.push_back(contexts.try_emplace(traits, static_cast<uint8_t>(contexts.size())).first->second);
  contexts_ = contexts.size();
  width_ = (program.symbols * contexts_) << behinds_;
  work_.resize(part.states.size());
  forget(0);
}

bool Automaton::forget(size_t bytes) {
  if (!would_forget(bytes)) return false;
  answers_.clear();
  next_.clear();
  slots_.assign(64, unknown);
  count_ = 0;
  const std::vector<uint8_t> nothing(part_.states.size(), failed);
  find(nothing.data());  // number 0
  return true;
}

uint32_t Automaton::find(const uint8_t* wanted) {
  const size_t size = part_.states.size();
  size_t slot = hash_of(wanted, size) & (slots_.size() - 1);
  for (; slots_[slot] != unknown; slot = (slot + 1) & (slots_.size() - 1))
    if (std::memcmp(answers(slots_[slot]), wanted, size) == 0) return slots_[slot];
  const uint32_t added = count_++;
  slots_[slot] = added;
  answers_.insert(answers_.end(), wanted, wanted + size);
  next_.resize(next_.size() + width_, unknown);
  if (count_ * 2 > slots_.size()) grow_slots();
  return added;
}

void Automaton::grow_slots() {
  slots_.assign(slots_.size() * 2, unknown);
  for (uint32_t i = 0; i < count_; ++i) {
    size_t slot = hash_of(answers(i), part_.states.size()) & (slots_.size() - 1);
    while (slots_[slot] != unknown) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = i;
  }
}

uint32_t Automaton::make_step(uint32_t from, uint32_t symbol, uint32_t other, uint32_t holds, size_t at) {
  const uint8_t* const before = answers(from);
  for (size_t i = 0; i < work_.size(); ++i) work_[i] = answer(part_.states[i], before, symbol, other, holds);
  const uint32_t result = find(work_.data());
  next_[at] = result;
  return result;
}

// Asks states that are answered already, since they are sorted so.
uint8_t Automaton::answer(const State& state, const uint8_t* from, uint32_t symbol, uint32_t other,
                          uint32_t holds) const {
  const auto then = [&](bool condition) { return condition ? work_[state.b] : failed; };
  switch (state.op) {
    case Op::accept: return matched;
    case Op::set: return program_.members[symbol * program_.sets + state.a] != 0 ? from[state.b] : failed;
    case Op::split: return work_[state.a] != failed ? work_[state.a] : work_[state.b];
    case Op::atomic_begin: {
      const uint8_t inside = work_[state.a];
      return inside == matched || inside == failed ? inside : static_cast<uint8_t>(inside - 1);
    }
    case Op::atomic_end: {
      const uint8_t outside = work_[state.a];
      return outside == matched ? matched : static_cast<uint8_t>(outside + 1);
    }
    case Op::look: return then(work_[state.a] == matched);
    case Op::look_not: return then(work_[state.a] != matched);
    case Op::behind: return then((holds >> state.a & 1) != 0);
    case Op::behind_not: return then((holds >> state.a & 1) == 0);
    case Op::place: {
      const uint8_t here = program_.traits[symbol];
      const uint8_t there = program_.traits[other];
      return then(holds_at(static_cast<Place>(state.a), leftward_ ? there : here, leftward_ ? here : there));
    }
  }
  return failed;
}

bool Automaton::holds_at(Place place, uint8_t before, uint8_t after) const {
  switch (place) {
    case Place::word_boundary: return ((before ^ after) & is_word) != 0;
    case Place::no_word_boundary: return ((before ^ after) & is_word) == 0;
    case Place::line_begin: return (before & is_edge) != 0 || ((before & is_newline) != 0 && (after & is_edge) == 0);
    case Place::line_end: return (after & (is_edge | is_newline)) != 0;
    case Place::text_begin: return (before & is_edge) != 0;
    case Place::text_end: return (after & is_edge) != 0;
    case Place::text_end_or_newline: return (after & (is_edge | is_last)) != 0;
  }
  return false;
}

}  // namespace weir::regex

#include "tokenizers/regex/letters.hpp"

#include <algorithm>

#include "tokenizers/unicode/case_folds.hpp"

namespace weir::regex {
namespace {

using Kind = Node::Kind;

Node of_set(CharSet members, Sets& sets) {
  Node node;
  node.kind = Kind::set;
  node.nullable = false;
  node.set = sets.add(std::move(members));
  return node;
}

CharSet any_case(char32_t code) {
  std::vector<CodeRange> same{{code, code}};
  const char32_t kind = unicode::fold_kind(code);
  for (const auto& fold : unicode::folds())
    if (fold.kind == kind) same.push_back({fold.code, fold.code});
  return CharSet(std::move(same));
}

size_t count(const unicode::Unfold& unfold) { return unfold.letters[2] != 0 ? 3 : 2; }

Node sequence_of(std::span<const char32_t> letters, Sets& sets) {
  Node node;
  node.nullable = letters.empty();
  for (char32_t letter : letters) node.children.push_back(of_set(any_case(letter), sets));
  return node;
}

// The letter at the head of `letters`, or several of them where one code point stands for them; `used`: how many.
Node fold_head(std::span<const char32_t> letters, Sets& sets, size_t& used) {
  for (const size_t size : {size_t{3}, size_t{2}}) {
    if (letters.size() < size) continue;
    std::vector<CodeRange> single;
    for (const auto& unfold : unicode::unfolds()) {
      if (count(unfold) != size) continue;
      bool same = true;
      for (size_t i = 0; i < size; ++i)
        same = same && unicode::fold_kind(unfold.letters[i]) == unicode::fold_kind(letters[i]);
      if (same) single.push_back({unfold.code, unfold.code});
    }
    if (single.empty()) continue;
    used = size;
    Node either;
    either.kind = Kind::choice;
    either.nullable = false;
    either.children.push_back(sequence_of(letters.first(size), sets));
    either.children.push_back(of_set(CharSet(std::move(single)), sets));
    return either;
  }
  used = 1;
  return with_unfolded(any_case(letters[0]), sets);
}

void flatten(std::vector<Node> nodes, std::vector<Node>& out) {
  for (auto& node : nodes) {
    if (node.kind == Kind::sequence && !node.captures) {
      flatten(std::move(node.children), out);
    } else {
      out.push_back(std::move(node));
    }
  }
}

void resolve_sequence(Node& node, Sets& sets) {
  std::vector<Node> parts;
  flatten(std::move(node.children), parts);
  node.children.clear();
  std::vector<char32_t> run;
  for (size_t i = 0; i < parts.size();) {
    if (parts[i].kind != Kind::letter || !parts[i].fold) {
      resolve_letters(parts[i], sets);
      node.children.push_back(std::move(parts[i++]));
      continue;
    }
    run.clear();
    for (size_t k = i; k < parts.size() && k < i + 3 && parts[k].kind == Kind::letter && parts[k].fold; ++k)
      run.push_back(parts[k].code);
    size_t used = 0;
    node.children.push_back(fold_head(run, sets, used));
    i += used;
  }
  node.nullable = std::all_of(node.children.begin(), node.children.end(), [](const Node& n) { return n.nullable; });
}

}  // namespace

uint32_t Sets::add(CharSet set) {
  ++uses_;
  const auto [at, is_new] = known_.try_emplace(std::move(set), static_cast<uint32_t>(sets_.size()));
  if (is_new) sets_.push_back(at->first);
  return at->second;
}

Node with_unfolded(const CharSet& members, Sets& sets) {
  Node either;
  either.kind = Kind::choice;
  either.nullable = false;
  either.children.push_back(of_set(members, sets));
  for (const auto& unfold : unicode::unfolds())
    if (members.contains(unfold.code) && !sets.full())
      either.children.push_back(sequence_of(std::span(unfold.letters).first(count(unfold)), sets));
  return either.children.size() == 1 ? std::move(either.children[0]) : std::move(either);
}

void resolve_letters(Node& node, Sets& sets) {
  if (node.kind == Kind::sequence) return resolve_sequence(node, sets);
  if (node.kind == Kind::letter) {
    size_t used = 0;
    node = node.fold ? fold_head({&node.code, 1}, sets, used) : of_set(CharSet::of(node.code), sets);
    return;
  }
  for (auto& child : node.children) resolve_letters(child, sets);
  const auto is_nullable = [](const Node& n) { return n.nullable; };
  switch (node.kind) {
    case Kind::set: node.nullable = false; break;
    case Kind::choice: node.nullable = std::any_of(node.children.begin(), node.children.end(), is_nullable); break;
    case Kind::repeat: node.nullable = node.min == 0 || node.children[0].nullable; break;
    case Kind::atomic: node.nullable = node.children[0].nullable; break;
    default: node.nullable = true;
  }
}

}  // namespace weir::regex

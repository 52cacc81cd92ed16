#include "tokenizers/models/long_words.hpp"

#include <algorithm>
#include <functional>
#include <span>

namespace weir {
namespace {

// How far around a place one must look to guess where tokens end. Lists of 16 and 64 equal letters are tokens.
constexpr size_t around = 128;

using Symbols = std::span<const Symbol>;

// Where the token ends that is made of the symbols from `begin` on.
size_t end_of(const Symbol& token, Symbols symbols, size_t begin) {
  for (uint32_t left = token.length; left > 0; ++begin) left -= symbols[begin].length;
  return begin;
}

class Parts {
 public:
  Parts(const MergeTable& merges, BpeBuffers& work) : merges_(merges), work_(work), symbols_(work.symbols) {}

  size_t size() const { return symbols_.size(); }

  // The tokens of some symbols.
  const std::vector<Symbol>& merged(size_t begin, size_t end) {
    const auto some = symbols_.subspan(begin, end - begin);
    work_.part.assign(some.begin(), some.end());
    merge_at_once(merges_, work_.part, work_);
    return work_.part;
  }

  // A place from `at` on where a token ends, as far as the symbols around tell; else the end.
  size_t border(size_t at) {
    if (at + around >= size()) return size();
    size_t end = at - around;
    for (const auto& token : merged(end, at + around)) {
      end = end_of(token, symbols_, end);
      if (end >= at) break;
    }
    return end;
  }

 private:
  const MergeTable& merges_;
  BpeBuffers& work_;
  Symbols symbols_;
};

}  // namespace

// Merges wait in a heap. One is stale when its symbols have merged with others meanwhile; Hugging Face tells by the
// result of what stands there now, and so does this.
void merge_at_once(const MergeTable& merges, std::vector<Symbol>& symbols, BpeBuffers& work) {
  const auto count = static_cast<uint32_t>(symbols.size());
  auto& links = work.links;
  auto& heap = work.heap;
  links.resize(count);
  heap.clear();
  const auto add = [&](uint32_t at) {
    const uint32_t next = links[at].next;
    const uint32_t rank = next < count ? merges.rank(symbols[at].id, symbols[next].id) : MergeTable::none;
    links[at].rank = rank;
    if (rank != MergeTable::none) heap.push_back(uint64_t{rank} << 32 | at);
    return rank != MergeTable::none;
  };
  for (uint32_t i = 0; i < count; ++i) {
    links[i] = {i - 1, i + 1, MergeTable::none};
    add(i);
  }
  const auto order = std::greater<>();
  std::make_heap(heap.begin(), heap.end(), order);
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), order);
    const auto at = static_cast<uint32_t>(heap.back());
    const auto rank = static_cast<uint32_t>(heap.back() >> 32);
    heap.pop_back();
    auto& link = links[at];
    if (symbols[at].length == 0 || link.rank == MergeTable::none) continue;
    const int32_t result = merges.result(link.rank);
    if (link.rank != rank && merges.result(rank) != result) continue;
    const uint32_t next = link.next;
    symbols[at] = {result, symbols[at].length + symbols[next].length};
    symbols[next].length = 0;
    link.next = links[next].next;
    if (link.next < count) links[link.next].previous = at;
    if (at > 0 && add(link.previous)) std::push_heap(heap.begin(), heap.end(), order);
    if (add(at)) std::push_heap(heap.begin(), heap.end(), order);
  }
  std::erase_if(symbols, [](const Symbol& symbol) { return symbol.length == 0; });
}

bool merge_in_parts(const MergeTable& merges, size_t size, BpeBuffers& work) {
  Parts parts(merges, work);
  work.merged.clear();
  size_t begin = 0;
  for (size_t border = parts.border(size); border < parts.size();) {
    const size_t end = parts.border(border + size);
    const auto& tokens = parts.merged(begin, end);
    auto token = tokens.begin();
    size_t at = begin;
    while (at < border) at = end_of(*token++, work.symbols, at);
    if (at != border) return false;
    work.merged.insert(work.merged.end(), tokens.begin(), end == parts.size() ? tokens.end() : token);
    begin = border;
    border = end;
  }
  if (begin == 0) return false;  // one part is no part
  std::swap(work.symbols, work.merged);
  return true;
}

void merge_long(const MergeTable& merges, BpeBuffers& work) {
  for (const size_t size : {512, 8192})
    if (work.symbols.size() > 4 * size && merge_in_parts(merges, size, work)) return;
  merge_at_once(merges, work.symbols, work);
}

}  // namespace weir

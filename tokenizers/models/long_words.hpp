#pragma once

#include <cstddef>
#include <vector>

#include "tokenizers/models/bpe_buffers.hpp"
#include "tokenizers/models/merge_table.hpp"

namespace weir {

// Merges the symbols of a long word, in time linear in it, nearly always: in parts, else at once.
void merge_long(const MergeTable& merges, BpeBuffers& work);

// The same in one go, by a heap: O(n log n), far from the caches when n is large. `symbols` is any list of `work`.
void merge_at_once(const MergeTable& merges, std::vector<Symbol>& symbols, BpeBuffers& work);

// The same in parts of about `size` symbols, a multiple of 64. Takes part i and the next one and merges them at once;
// when the place between the two stays a border, the tokens of part i are those of the whole word. For, if some border
// were crossed in the whole word, look at the first merge that does: up to then the parts on both sides of it went
// through the merges that they go through when they are alone together, so that it would be crossed there, too. False,
// and nothing has changed: a border was crossed.
bool merge_in_parts(const MergeTable& merges, size_t size, BpeBuffers& work);

}  // namespace weir

#pragma once

#include <cstddef>

namespace weir::test {

// How often this thread has allocated so far. A test program that compiles counted_allocations.cpp counts, in place of
// the global allocator.
size_t allocations();

}  // namespace weir::test

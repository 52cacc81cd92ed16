#include "device/workspace.hpp"

#include <cstdint>

#include <gtest/gtest.h>

namespace weir {
namespace {

struct Counted {
  int allocations = 0;
  Workspace workspace{[this](size_t bytes) {
    ++allocations;
    return allocate_host(bytes);
  }};
};

TEST(Workspace, gives_aligned_memory_that_does_not_overlap) {
  Counted counted;
  const Workspace::Scope scope(counted.workspace);
  std::byte* a = counted.workspace.take(10);
  std::byte* b = counted.workspace.take(1000);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(a) % 64, 0U);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(b) % 64, 0U);
  EXPECT_GE(b < a ? a - b : b - a, 64);
}

TEST(Workspace, keeps_earlier_memory_when_it_grows) {
  Counted counted;
  const Workspace::Scope scope(counted.workspace);
  auto* first = reinterpret_cast<int*>(counted.workspace.take(sizeof(int)));
  *first = 42;
  for (int i = 0; i < 20; ++i) counted.workspace.take(size_t{1} << i);
  EXPECT_EQ(*first, 42);
}

TEST(Workspace, allocates_nothing_once_it_has_seen_the_largest_batch) {
  Counted counted;
  const auto batch = [&](size_t bytes) {
    const Workspace::Scope scope(counted.workspace);
    for (int i = 0; i < 10; ++i) {
      const Workspace::Scope inner(counted.workspace);
      counted.workspace.take(bytes);
      counted.workspace.take(bytes / 2);
    }
    counted.workspace.take(3 * bytes);
  };
  batch(1000);
  batch(100000);
  batch(100000);
  const int before = counted.allocations;
  for (size_t bytes = 1; bytes < 100000; bytes *= 3) batch(bytes);
  batch(100000);
  EXPECT_EQ(counted.allocations, before);
  EXPECT_LE(counted.workspace.capacity(), 3 * 100000 + 4 * 64);
}

}  // namespace
}  // namespace weir

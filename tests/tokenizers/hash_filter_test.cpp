#include "tokenizers/models/hash_filter.hpp"

#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(HashFilter, knows_all_that_was_added_and_little_else) {
  std::mt19937_64 random(3);
  for (const size_t count : {0, 1, 10, 5000}) {
    std::vector<uint64_t> hashes(count);
    HashFilter filter(count);
    for (auto& hash : hashes) filter.add(hash = random());
    for (const uint64_t hash : hashes) EXPECT_TRUE(filter.may_have(hash));
    int known = 0;
    for (int i = 0; i < 10'000; ++i) known += filter.may_have(random());
    EXPECT_LT(known, 2'000) << count;
  }
  EXPECT_FALSE(HashFilter().may_have(random()));
}

}  // namespace
}  // namespace weir

#include <gtest/gtest.h>

#include "base/dtype.hpp"
#include "base/error.hpp"
#include "base/task.hpp"

namespace weir {

TEST(Names, every_task_reads_back) {
  for (Task task : {Task::embed, Task::classify, Task::score, Task::reward, Task::token_embed, Task::token_classify})
    EXPECT_EQ(task_from_string(to_string(task)), task);
  EXPECT_FALSE(task_from_string("embedding"));
}

TEST(Names, every_pooler_kind_reads_back) {
  for (PoolerKind kind : {PoolerKind::cls, PoolerKind::last, PoolerKind::mean, PoolerKind::max,
                          PoolerKind::mean_sqrt_len, PoolerKind::weighted_mean, PoolerKind::all})
    EXPECT_EQ(pooler_kind_from_string(to_string(kind)), kind);
}

TEST(Names, every_error_code_has_a_name) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code)
    EXPECT_NE(to_string(static_cast<ErrorCode>(code)), "?") << code;
}

TEST(Names, dtypes_know_their_size) {
  EXPECT_EQ(size_of(*dtype_from_string("bfloat16")), 2u);
  EXPECT_EQ(size_of(*dtype_from_string("float32")), 4u);
  EXPECT_FALSE(dtype_from_string("fp32"));
}

}  // namespace weir

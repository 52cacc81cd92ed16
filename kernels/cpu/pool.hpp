#pragma once

#include <cstdint>
#include <span>

#include "base/task.hpp"

namespace weir::kernels::cpu {

void pool(PoolerKind kind, const float* hidden, std::span<const int32_t> cu_seqlens, std::span<const int32_t> skip,
          float* y, int64_t columns);
void l2_normalize(float* x, int64_t rows, int64_t columns, float epsilon);

}  // namespace weir::kernels::cpu

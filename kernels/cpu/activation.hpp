#pragma once

#include <cstdint>

#include "kernels/activation.hpp"

namespace weir::kernels::cpu {

// y = f(y + bias) for each of `rows` rows of `columns` values; bias may be null.
void add_bias_activate(float* y, const float* bias, int64_t rows, int64_t columns, Activation activation);

void softmax_rows(float* x, int64_t rows, int64_t columns);

}  // namespace weir::kernels::cpu

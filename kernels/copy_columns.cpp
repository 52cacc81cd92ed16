#include "kernels/copy_columns.hpp"

#include <cassert>
#include <cstring>

#include "kernels/unsupported.hpp"

namespace weir::kernels {

void copy_columns(ExecutionContext& context, Tensor x, int64_t x_first, Tensor y, int64_t y_first, int64_t count) {
  require_supported("copy_columns", context.device(), DType::float32);  // copies bytes: any dtype will do
  assert(x.dtype == y.dtype && x.rows() == y.rows());
  assert(x_first >= 0 && x_first + count <= x.columns() && y_first >= 0 && y_first + count <= y.columns());
  const size_t size = size_of(x.dtype);
  for (int64_t r = 0; r < x.rows(); ++r)
    std::memcpy(y.data + static_cast<size_t>(r * y.columns() + y_first) * size,
                x.data + static_cast<size_t>(r * x.columns() + x_first) * size, static_cast<size_t>(count) * size);
}

}  // namespace weir::kernels

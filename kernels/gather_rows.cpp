#include "kernels/gather_rows.hpp"

#include <cassert>
#include <cstring>

#include "kernels/unsupported.hpp"

namespace weir::kernels {

void gather_rows(ExecutionContext& context, Tensor source, std::span<const int32_t> rows, Tensor y) {
  require_supported("gather_rows", context.device(), DType::float32);  // copies bytes: any dtype will do
  assert(y.dtype == source.dtype && y.columns() == source.columns());
  assert(y.rows() == static_cast<int64_t>(rows.size()));
  const size_t bytes = static_cast<size_t>(source.columns()) * size_of(source.dtype);
  for (size_t i = 0; i < rows.size(); ++i) {
    assert(rows[i] >= 0 && rows[i] < source.rows());
    std::memcpy(y.data + i * bytes, source.data + static_cast<size_t>(rows[i]) * bytes, bytes);
  }
}

}  // namespace weir::kernels

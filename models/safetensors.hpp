#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/dtype.hpp"
#include "base/error.hpp"

namespace weir {

// A tensor as it stands in a file. The bytes are little-endian, row-major and need not be aligned; they live as long as
// the WeightStore.
struct StoredTensor {
  std::string dtype_name;      // "F32", "BF16", ...
  std::optional<DType> dtype;  // absent: one that weir does not read
  std::vector<int64_t> shape;
  std::span<const std::byte> bytes;
  std::string_view file;  // for messages
};

// The tensors of a model directory: `model.safetensors`, or the files that `model.safetensors.index.json` names. Files
// are mapped read-only, headers are checked against the file before anything else is believed (format and checks as in
// the safetensors reference: no overlap, no hole, no trailing byte). Immutable, shared, safe from any thread.
class WeightStore {
 public:
  // Errors: not_found, io_error, corrupt; the message names the file and the tensor.
  static Result<std::shared_ptr<const WeightStore>> open(const std::filesystem::path& dir);
  // One file by its own name, e.g. a sentence-transformers Dense module's.
  static Result<std::shared_ptr<const WeightStore>> open_file(const std::filesystem::path& file);

  ~WeightStore();
  WeightStore(const WeightStore&) = delete;
  WeightStore& operator=(const WeightStore&) = delete;

  const StoredTensor* find(std::string_view name) const;
  // Whether read() will succeed.
  Result<void> check(std::string_view name, std::span<const int64_t> shape) const;
  // The values as float32, converted from float32, float16 or bfloat16. Errors: not_found; corrupt (another shape);
  // unsupported (another dtype).
  Result<std::vector<float>> read(std::string_view name, std::span<const int64_t> shape) const;
  Result<void> read_into(std::string_view name, std::span<const int64_t> shape, std::span<float> values) const;

  const std::map<std::string, StoredTensor, std::less<>>& tensors() const { return tensors_; }
  uint64_t elements() const;   // of all floating-point tensors
  DType stored_dtype() const;  // of most of those elements
  // A hash over headers, sizes and 64 samples of each file: tells a model from its fine-tuned sister without reading it
  // all.
  uint64_t fingerprint() const;
  const std::string& place() const { return place_; }  // file or directory, for messages

 private:
  struct Mapping;
  WeightStore();
  Result<void> add_file(const std::filesystem::path& file);
  Result<void> add_sharded(const std::filesystem::path& index);

  std::string place_;
  std::vector<std::unique_ptr<Mapping>> mappings_;
  std::map<std::string, StoredTensor, std::less<>> tensors_;
};

// FNV-1a, 64 bit: stable over machines and releases.
uint64_t hash_bytes(std::span<const std::byte> bytes, uint64_t seed = 0xcbf29ce484222325u);

}  // namespace weir

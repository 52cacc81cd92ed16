// The format: 8 bytes little-endian header length, a JSON object {name: {dtype, shape, data_offsets: [begin, end)}},
// the data.
#include "models/safetensors.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <fcntl.h>
#include <set>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "models/json_reader.hpp"

namespace weir {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

constexpr uint64_t max_header_bytes = 100'000'000;  // as the reference

struct StoredType {
  std::string_view name;
  uint32_t bits;
  std::optional<DType> dtype;
};

constexpr StoredType stored_types[] = {
    {"F32", 32, DType::float32},
    {"F16", 16, DType::float16},
    {"BF16", 16, DType::bfloat16},
    {"I64", 64, DType::int64},
    {"I32", 32, DType::int32},
    {"I8", 8, DType::int8},
    {"U8", 8, DType::uint8},
    {"F64", 64, {}},
    {"I16", 16, {}},
    {"U64", 64, {}},
    {"U32", 32, {}},
    {"U16", 16, {}},
    {"BOOL", 8, {}},
    {"F8_E4M3", 8, {}},
    {"F8_E5M2", 8, {}},
    {"F8_E8M0", 8, {}},
    {"C64", 64, {}},
    {"F4", 4, {}},
    {"F6_E2M3", 6, {}},
    {"F6_E3M2", 6, {}},
};

const StoredType* stored_type(std::string_view name) {
  for (const auto& type : stored_types)
    if (type.name == name) return &type;
  return nullptr;
}

float half_to_float(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000u) << 16;
  const uint32_t exponent = half >> 10 & 31u;
  const uint32_t mantissa = half & 0x3ffu;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000u | mantissa << 13);
  if (exponent == 0) {
    const float subnormal = static_cast<float>(mantissa) * 0x1p-24f;
    return sign ? -subnormal : subnormal;
  }
  return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
}

// nlohmann::json keeps the last of two equal keys; a file with two tensors of one name must not be believed.
Json parse_header(std::string_view text, std::string& duplicate) {
  std::set<std::string> names;
  return Json::parse(text, [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::key && depth == 1 && !names.insert(parsed.get<std::string>()).second)
      duplicate = parsed.get<std::string>();
    return true;
  });
}

std::optional<uint64_t> as_count(const Json& value) {
  if (!value.is_number_unsigned()) return std::nullopt;
  return value.get<uint64_t>();
}

// Bytes of a tensor, or nothing when they do not fit 63 bits or are not whole.
std::optional<uint64_t> bytes_of(const std::vector<int64_t>& shape, uint32_t bits) {
  uint64_t count = 1;
  for (int64_t extent : shape)
    if (__builtin_mul_overflow(count, static_cast<uint64_t>(extent), &count)) return std::nullopt;
  if (__builtin_mul_overflow(count, uint64_t{bits}, &count) || count % 8 != 0) return std::nullopt;
  return count / 8;
}

struct Entry {
  uint64_t begin = 0, end = 0;
  StoredTensor tensor;
};

Result<Entry> read_entry(const Json& description, std::string_view place) {
  const auto corrupt = [&](std::string why) {
    return fail(ErrorCode::corrupt, fmt::format("{}: {}; download the file again", place, why));
  };
  if (!description.is_object()) return corrupt("its description is not an object");
  const auto dtype = description.find("dtype");
  const auto shape = description.find("shape");
  const auto offsets = description.find("data_offsets");
  if (dtype == description.end() || !dtype->is_string()) return corrupt("`dtype` is missing or not a string");
  if (shape == description.end() || !shape->is_array()) return corrupt("`shape` is missing or not a list");
  if (offsets == description.end() || !offsets->is_array() || offsets->size() != 2)
    return corrupt("`data_offsets` is missing or not two numbers");

  Entry entry;
  entry.tensor.dtype_name = dtype->get<std::string>();
  const StoredType* type = stored_type(entry.tensor.dtype_name);
  if (!type) return corrupt(fmt::format("unknown dtype `{}`", entry.tensor.dtype_name));
  entry.tensor.dtype = type->dtype;
  for (const Json& extent : *shape) {
    const auto count = as_count(extent);
    if (!count || *count > uint64_t{1} << 62) return corrupt(fmt::format("`shape` holds {}", extent.dump()));
    entry.tensor.shape.push_back(static_cast<int64_t>(*count));
  }
  const auto begin = as_count((*offsets)[0]);
  const auto end = as_count((*offsets)[1]);
  if (!begin || !end || *begin > *end)
    return corrupt(fmt::format("`data_offsets` are {}, not an ordered pair", offsets->dump()));
  const auto bytes = bytes_of(entry.tensor.shape, type->bits);
  if (!bytes || *bytes != *end - *begin)
    return corrupt(fmt::format("shape [{}] of {} does not take the {} bytes of its offsets",
                               fmt::join(entry.tensor.shape, ", "), entry.tensor.dtype_name, *end - *begin));
  entry.begin = *begin;
  entry.end = *end;
  return entry;
}

}  // namespace

uint64_t hash_bytes(std::span<const std::byte> bytes, uint64_t seed) {
  for (std::byte byte : bytes) seed = (seed ^ static_cast<uint64_t>(byte)) * 0x100000001b3u;
  return seed;
}

struct WeightStore::Mapping {
  fs::path file;
  std::string name;
  const std::byte* data = nullptr;
  size_t size = 0;
  uint64_t header_end = 0;

  Mapping() = default;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() {
    if (data) ::munmap(const_cast<std::byte*>(data), size);
  }

  std::span<const std::byte> bytes(uint64_t begin, uint64_t end) const { return {data + begin, data + end}; }

  Result<void> map() {
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fail(ErrorCode::not_found, fmt::format("{}: cannot be opened: {}", name, std::strerror(errno)));
    struct stat status {};
    const bool known = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    size = known ? static_cast<size_t>(status.st_size) : 0;
    void* at = size >= 8 ? ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    ::close(fd);
    if (!known) return fail(ErrorCode::io_error, fmt::format("{}: not a regular file", name));
    if (size < 8) return fail(ErrorCode::corrupt, fmt::format("{}: {} bytes are no safetensors file", name, size));
    if (at == MAP_FAILED)
      return fail(ErrorCode::io_error, fmt::format("{}: cannot be mapped: {}", name, std::strerror(errno)));
    data = static_cast<const std::byte*>(at);
    return {};
  }

  Result<std::string_view> header() {
    uint64_t length = 0;
    std::memcpy(&length, data, 8);
    if (length > max_header_bytes || length > size - 8)
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: the header is said to take {} bytes, the file has {}; it is truncated "
                              "or no safetensors file",
                              name, length, size));
    header_end = 8 + length;
    return std::string_view(reinterpret_cast<const char*>(data) + 8, length);
  }
};

WeightStore::WeightStore() = default;
WeightStore::~WeightStore() = default;

Result<void> WeightStore::add_file(const fs::path& file) {
  auto& mapping = *mappings_.emplace_back(std::make_unique<Mapping>());
  mapping.file = file;
  mapping.name = file.string();
  if (auto mapped = mapping.map(); !mapped) return mapped;
  const auto text = mapping.header();
  if (!text) return fail(text.error());

  Json header;
  std::string duplicate;
  try {
    header = parse_header(*text, duplicate);
  } catch (const Json::exception& e) {
    return fail(ErrorCode::corrupt, fmt::format("{}: the header is not JSON: {}", mapping.name, e.what()));
  }
  if (!header.is_object())
    return fail(ErrorCode::corrupt, fmt::format("{}: the header is not a JSON object", mapping.name));
  if (!duplicate.empty())
    return fail(ErrorCode::corrupt, fmt::format("{}: two tensors are called `{}`", mapping.name, duplicate));

  std::vector<std::pair<std::string, Entry>> entries;
  for (const auto& [name, description] : header.items()) {
    if (name == "__metadata__") continue;
    auto entry = read_entry(description, fmt::format("{}: tensor `{}`", mapping.name, name));
    if (!entry) return fail(entry.error());
    entries.emplace_back(name, std::move(*entry));
  }
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second.begin, a.second.end) < std::pair(b.second.begin, b.second.end);
  });

  const uint64_t data_bytes = mapping.size - mapping.header_end;
  uint64_t expected = 0;
  for (auto& [name, entry] : entries) {
    if (entry.end > data_bytes)
      return fail(ErrorCode::corrupt, fmt::format("{}: tensor `{}` ends at byte {} of {}; the file is truncated",
                                                  mapping.name, name, entry.end, data_bytes));
    if (entry.begin != expected)
      return fail(ErrorCode::corrupt, fmt::format("{}: tensor `{}` {} the tensor before it", mapping.name, name,
                                                  entry.begin < expected ? "overlaps" : "leaves a hole behind"));
    expected = entry.end;
    entry.tensor.bytes = mapping.bytes(mapping.header_end + entry.begin, mapping.header_end + entry.end);
    entry.tensor.file = mapping.name;
    tensors_.insert_or_assign(name, std::move(entry.tensor));
  }
  if (expected != data_bytes)
    return fail(ErrorCode::corrupt,
                fmt::format("{}: {} bytes behind the last tensor", mapping.name, data_bytes - expected));
  return {};
}

Result<void> WeightStore::add_sharded(const fs::path& index) {
  const auto json = JsonReader::open(index);
  if (!json) return fail(json.error());
  const auto map = json->object("weight_map");
  std::map<std::string, std::string> shard_of;
  for (const auto& name : map.keys()) shard_of[name] = map.text(name);
  if (const auto error = json->error()) return fail(*error);
  if (shard_of.empty())
    return fail(ErrorCode::corrupt, fmt::format("{}: `weight_map` names no tensor", index.string()));

  std::map<std::string, std::shared_ptr<WeightStore>> shards;
  for (const auto& [name, file] : shard_of) {
    if (fs::path(file).filename() != file || file == "..")
      return fail(ErrorCode::corrupt, fmt::format("{}: tensor `{}` is said to be in `{}`, which is no file name",
                                                  index.string(), name, file));
    auto& shard = shards[file];
    if (!shard) {
      shard.reset(new WeightStore);
      if (auto added = shard->add_file(index.parent_path() / file); !added) return added;
    }
    const StoredTensor* tensor = shard->find(name);
    if (!tensor)
      return fail(ErrorCode::corrupt, fmt::format("{}: tensor `{}` is not in `{}`", index.string(), name, file));
    tensors_.emplace(name, *tensor);
  }
  for (auto& [file, shard] : shards)
    for (auto& mapping : shard->mappings_) mappings_.push_back(std::move(mapping));
  return {};
}

Result<std::shared_ptr<const WeightStore>> WeightStore::open_file(const fs::path& file) {
  std::shared_ptr<WeightStore> store(new WeightStore);
  store->place_ = file.string();
  if (auto added = store->add_file(file); !added) return fail(added.error());
  return store;
}

Result<std::shared_ptr<const WeightStore>> WeightStore::open(const fs::path& dir) {
  std::error_code ignored;
  if (fs::exists(dir / "model.safetensors", ignored)) return open_file(dir / "model.safetensors");
  const fs::path index = dir / "model.safetensors.index.json";
  if (!fs::exists(index, ignored)) {
    const bool pickled = fs::exists(dir / "pytorch_model.bin", ignored);
    return fail(
        ErrorCode::not_found,
        fmt::format("{}: no model.safetensors{}", dir.string(),
                    pickled ? "; pytorch_model.bin is a pickle, which weir does not load: save the model again with "
                              "safe_serialization"
                            : " and no model.safetensors.index.json"));
  }
  std::shared_ptr<WeightStore> store(new WeightStore);
  store->place_ = dir.string();
  if (auto added = store->add_sharded(index); !added) return fail(added.error());
  return store;
}

const StoredTensor* WeightStore::find(std::string_view name) const {
  const auto it = tensors_.find(name);
  return it == tensors_.end() ? nullptr : &it->second;
}

Result<void> WeightStore::check(std::string_view name, std::span<const int64_t> shape) const {
  const StoredTensor* tensor = find(name);
  if (!tensor) return fail(ErrorCode::not_found, fmt::format("{}: tensor `{}` is missing", place_, name));
  if (!std::equal(shape.begin(), shape.end(), tensor->shape.begin(), tensor->shape.end()))
    return fail(ErrorCode::corrupt,
                fmt::format("{}: tensor `{}` has shape [{}], config.json asks for [{}]", tensor->file, name,
                            fmt::join(tensor->shape, ", "), fmt::join(shape, ", ")));
  if (!tensor->dtype || *tensor->dtype > DType::bfloat16)
    return fail(ErrorCode::unsupported, fmt::format("{}: tensor `{}` is {}; weir reads F32, F16 and BF16 weights",
                                                    tensor->file, name, tensor->dtype_name));
  return {};
}

Result<std::vector<float>> WeightStore::read(std::string_view name, std::span<const int64_t> shape) const {
  if (auto readable = check(name, shape); !readable) return fail(readable.error());
  const StoredTensor& tensor = *find(name);
  std::vector<float> values(tensor.bytes.size() / size_of(*tensor.dtype));
  if (auto read = read_into(name, shape, values); !read) return fail(read.error());
  return values;
}

Result<void> WeightStore::read_into(std::string_view name, std::span<const int64_t> shape,
                                    std::span<float> values) const {
  if (auto readable = check(name, shape); !readable) return readable;
  const StoredTensor* tensor = find(name);
  assert(values.size() * size_of(*tensor->dtype) == tensor->bytes.size());

  const std::byte* from = tensor->bytes.data();
  const auto convert = [&](auto to_float) {
    for (float& value : values) {
      uint16_t stored = 0;
      std::memcpy(&stored, from, sizeof stored);
      from += sizeof stored;
      value = to_float(stored);
    }
  };
  if (*tensor->dtype == DType::float16)
    convert(half_to_float);
  else if (*tensor->dtype == DType::bfloat16)
    convert([](uint16_t bits) { return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16); });
  else if (!values.empty())
    std::memcpy(values.data(), from, tensor->bytes.size());
  return {};
}

uint64_t WeightStore::elements() const {
  uint64_t count = 0;
  for (const auto& [name, tensor] : tensors_)
    if (tensor.dtype == DType::float32 || tensor.dtype == DType::float16 || tensor.dtype == DType::bfloat16)
      count += tensor.bytes.size() / size_of(*tensor.dtype);
  return count;
}

DType WeightStore::stored_dtype() const {
  std::map<DType, uint64_t> elements;
  for (const auto& [name, tensor] : tensors_)
    if (tensor.dtype && *tensor.dtype <= DType::bfloat16)
      elements[*tensor.dtype] += tensor.bytes.size() / size_of(*tensor.dtype);
  const auto most = std::max_element(elements.begin(), elements.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == elements.end() ? DType::float32 : most->first;
}

uint64_t WeightStore::fingerprint() const {
  constexpr uint64_t samples = 64, sample_bytes = 64;
  uint64_t hash = hash_bytes({});
  for (const auto& mapping : mappings_) {
    hash = hash_bytes(mapping->bytes(0, mapping->header_end), hash);
    hash = hash_bytes(std::as_bytes(std::span(&mapping->size, 1)), hash);
    const uint64_t data = mapping->size - mapping->header_end;
    for (uint64_t i = 0; i < samples && data > 0; ++i) {
      const uint64_t begin = mapping->header_end + data / samples * i;
      hash = hash_bytes(mapping->bytes(begin, std::min(begin + sample_bytes, uint64_t{mapping->size})), hash);
    }
  }
  return hash;
}

}  // namespace weir

#include "models/safetensors.hpp"

#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/golden/temp_dir.hpp"
#include "tests/golden/tiny_bert.hpp"

namespace weir {
namespace {

using golden::TempDir;
using testing::HasSubstr;

std::string file_bytes(std::string_view header, std::string_view data) {
  const uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes.append(header).append(data);
}

Result<std::shared_ptr<const WeightStore>> open_bytes(const TempDir& dir, std::string_view bytes) {
  return WeightStore::open_file(dir.write("model.safetensors", bytes));
}

struct Hostile {
  const char* name;
  std::string bytes;
  const char* complaint;
};

std::string tensor(std::string_view body) { return fmt::format(R"({{"a":{{{}}}}})", body); }

std::vector<Hostile> hostile_files() {
  const std::string eight(8, 'x');
  std::string endless(8, '\xff');
  std::string long_header(8, '\0');
  long_header[0] = 100;
  return {
      {"empty", "", "no safetensors file"},
      {"seven_bytes", "1234567", "no safetensors file"},
      {"header_longer_than_any_file", endless + "{}", "truncated"},
      {"header_longer_than_this_file", long_header + "{}", "truncated"},
      {"header_no_json", file_bytes("{\"a\":", ""), "not JSON"},
      {"header_deeply_nested", file_bytes(std::string(200'000, '['), ""), "not JSON"},
      {"header_an_array", file_bytes("[]", ""), "not a JSON object"},
      {"header_of_nul_bytes", file_bytes(std::string(16, '\0'), ""), "not JSON"},
      {"tensor_no_object", file_bytes(R"({"a":3})", ""), "`a`: its description is not an object"},
      {"no_dtype", file_bytes(tensor(R"("shape":[2],"data_offsets":[0,8])"), eight), "`dtype` is missing"},
      {"unknown_dtype", file_bytes(tensor(R"("dtype":"Q4","shape":[2],"data_offsets":[0,8])"), eight),
       "unknown dtype `Q4`"},
      {"no_shape", file_bytes(tensor(R"("dtype":"F32","data_offsets":[0,8])"), eight), "`shape` is missing"},
      {"negative_extent", file_bytes(tensor(R"("dtype":"F32","shape":[-2],"data_offsets":[0,8])"), eight),
       "`shape` holds -2"},
      {"fractional_extent", file_bytes(tensor(R"("dtype":"F32","shape":[1.5],"data_offsets":[0,8])"), eight),
       "`shape` holds"},
      {"overflowing_shape",
       file_bytes(tensor(R"("dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8])"), eight),
       "does not take"},
      {"three_offsets", file_bytes(tensor(R"("dtype":"F32","shape":[2],"data_offsets":[0,4,8])"), eight),
       "not two numbers"},
      {"offsets_descend", file_bytes(tensor(R"("dtype":"F32","shape":[2],"data_offsets":[8,0])"), eight),
       "not an ordered pair"},
      {"offsets_negative", file_bytes(tensor(R"("dtype":"F32","shape":[2],"data_offsets":[-8,0])"), eight),
       "not an ordered pair"},
      {"size_wrong", file_bytes(tensor(R"("dtype":"F32","shape":[3],"data_offsets":[0,8])"), eight),
       "does not take the 8 bytes"},
      {"truncated_data", file_bytes(tensor(R"("dtype":"F32","shape":[4],"data_offsets":[0,16])"), eight), "truncated"},
      {"far_out_of_range",
       file_bytes(tensor(R"("dtype":"U8","shape":[1152921504606846976],"data_offsets":[0,1152921504606846976])"),
                  eight),
       "truncated"},
      {"trailing_bytes", file_bytes(tensor(R"("dtype":"F32","shape":[1],"data_offsets":[0,4])"), eight),
       "behind the last"},
      {"hole", file_bytes(tensor(R"("dtype":"F32","shape":[1],"data_offsets":[4,8])"), eight), "leaves a hole"},
      {"overlap",
       file_bytes(
           R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
           eight),
       "`b` overlaps"},
      {"same_name_twice",
       file_bytes(
           R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
           eight),
       "two tensors are called `a`"},
  };
}

class HostileFile : public testing::TestWithParam<Hostile> {};

TEST_P(HostileFile, is_refused_with_its_name) {
  TempDir dir;
  const auto store = open_bytes(dir, GetParam().bytes);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::corrupt);
  EXPECT_THAT(store.error().message, HasSubstr(GetParam().complaint));
  EXPECT_THAT(store.error().message, HasSubstr("model.safetensors"));
}

INSTANTIATE_TEST_SUITE_P(Safetensors, HostileFile, testing::ValuesIn(hostile_files()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Safetensors, every_prefix_of_a_file_is_refused) {
  TempDir dir;
  const auto whole = file_bytes(
      R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", "12345678");
  ASSERT_TRUE(open_bytes(dir, whole));
  for (size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(open_bytes(dir, whole.substr(0, size))) << size;
}

// One changed byte anywhere gives either an error or a store that still lies inside the file.
TEST(Safetensors, a_changed_byte_never_escapes_the_file) {
  TempDir dir;
  const auto whole = file_bytes(
      R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F16","shape":[1,2],"data_offsets":[8,12]}})",
      "123456789012");
  for (size_t at = 0; at < whole.size(); ++at) {
    for (const char to : {'0', '9', '-', '"', '[', '\xff'}) {
      auto changed = whole;
      changed[at] = to;
      const auto store = open_bytes(dir, changed);
      if (!store) continue;
      for (const auto& [name, tensor] : (*store)->tensors()) (void)(*store)->read(name, tensor.shape);
    }
  }
}

TEST(Safetensors, missing_files_are_named) {
  TempDir dir;
  const auto store = WeightStore::open(dir.path());
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::not_found);
  EXPECT_THAT(store.error().message, HasSubstr("no model.safetensors"));
  dir.write("pytorch_model.bin", "pickle");
  EXPECT_THAT(WeightStore::open(dir.path()).error().message, HasSubstr("safe_serialization"));
  EXPECT_EQ(WeightStore::open_file(dir.path()).error().code, ErrorCode::io_error);
}

TEST(Safetensors, reads_each_float_type_as_float32) {
  TempDir dir;
  // 1.5, -0.25, the smallest half subnormal, infinity
  const uint16_t half[] = {0x3e00, 0xb400, 0x0001, 0x7c00};
  const uint16_t bfloat[] = {0x3fc0, 0xbe80};
  const float full[] = {1.25f};
  std::string data(reinterpret_cast<const char*>(half), sizeof half);
  data.append(reinterpret_cast<const char*>(bfloat), sizeof bfloat)
      .append(reinterpret_cast<const char*>(full), sizeof full);
  // The odd header length leaves the data unaligned, as files of older writers do.
  const auto store = open_bytes(dir, file_bytes(R"({"h":{"dtype":"F16","shape":[4],"data_offsets":[0,8]},)"
                                                R"("b":{"dtype":"BF16","shape":[2],"data_offsets":[8,12]},)"
                                                R"( "f":{"dtype":"F32","shape":[],"data_offsets":[12,16]}})",
                                                data));
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ((*store)->read("h", std::vector<int64_t>{4}).value(),
            (std::vector<float>{1.5f, -0.25f, 0x1p-24f, std::numeric_limits<float>::infinity()}));
  EXPECT_EQ((*store)->read("b", std::vector<int64_t>{2}).value(), (std::vector<float>{1.5f, -0.25f}));
  EXPECT_EQ((*store)->read("f", std::vector<int64_t>{}).value(), (std::vector<float>{1.25f}));
  EXPECT_EQ((*store)->elements(), 7u);
  EXPECT_EQ((*store)->stored_dtype(), DType::float16);
}

TEST(Safetensors, says_what_is_wrong_with_a_tensor) {
  TempDir dir;
  const auto store =
      open_bytes(dir, file_bytes(R"({"ids":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}})", "12345678"));
  ASSERT_TRUE(store);
  const auto missing = (*store)->read("absent.weight", std::vector<int64_t>{1});
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_THAT(missing.error().message, HasSubstr("`absent.weight` is missing"));
  const auto shape = (*store)->read("ids", std::vector<int64_t>{2, 3});
  EXPECT_EQ(shape.error().code, ErrorCode::corrupt);
  EXPECT_THAT(shape.error().message, HasSubstr("has shape [1], config.json asks for [2, 3]"));
  const auto dtype = (*store)->read("ids", std::vector<int64_t>{1});
  EXPECT_EQ(dtype.error().code, ErrorCode::unsupported);
  EXPECT_THAT(dtype.error().message, HasSubstr("is I64"));
}

TEST(Safetensors, an_empty_tensor_is_no_error) {
  TempDir dir;
  const auto store = open_bytes(dir, file_bytes(R"({"e":{"dtype":"F32","shape":[0,4],"data_offsets":[0,0]}})", ""));
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_TRUE((*store)->read("e", std::vector<int64_t>{0, 4}).value().empty());
}

TEST(Safetensors, shards_make_one_store) {
  TempDir dir;
  ASSERT_TRUE(
      golden::write_safetensors(dir.path() / "model-1.safetensors", {{"a", {2}, {1, 2}}, {"unnamed", {1}, {9}}}));
  ASSERT_TRUE(golden::write_safetensors(dir.path() / "model-2.safetensors", {{"b", {1}, {3}}}));
  dir.write("model.safetensors.index.json",
            R"({"metadata":{},"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors"}})");
  const auto store = WeightStore::open(dir.path());
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ((*store)->read("a", std::vector<int64_t>{2}).value(), (std::vector<float>{1, 2}));
  EXPECT_EQ((*store)->read("b", std::vector<int64_t>{1}).value(), (std::vector<float>{3}));
  EXPECT_EQ((*store)->find("unnamed"), nullptr);
}

TEST(Safetensors, a_wrong_index_is_refused) {
  TempDir dir;
  ASSERT_TRUE(golden::write_safetensors(dir.path() / "model-1.safetensors", {{"a", {2}, {1, 2}}}));
  const std::pair<const char*, const char*> cases[] = {
      {R"({"weight_map":{"a":"../model-1.safetensors"}})", "is no file name"},
      {R"({"weight_map":{"a":".."}})", "is no file name"},
      {R"({"weight_map":{"a":"model-9.safetensors"}})", "cannot be opened"},
      {R"({"weight_map":{"z":"model-1.safetensors"}})", "`z` is not in `model-1.safetensors`"},
      {R"({"weight_map":{"a":7}})", "`weight_map.a` is 7, not a string"},
      {R"({"weight_map":[]})", "`weight_map` is not an object"},
      {R"({})", "names no tensor"},
      {R"({"weight_map":)", "not JSON"},
  };
  for (const auto& [index, complaint] : cases) {
    dir.write("model.safetensors.index.json", index);
    const auto store = WeightStore::open(dir.path());
    ASSERT_FALSE(store) << index;
    EXPECT_THAT(store.error().message, HasSubstr(complaint)) << index;
  }
}

TEST(Safetensors, the_fingerprint_sees_one_changed_sample_and_every_header) {
  TempDir dir;
  golden::NamedTensor tensor{"a", {64}, std::vector<float>(64, 1)};
  const auto fingerprint = [&] {
    EXPECT_TRUE(golden::write_safetensors(dir.path() / "model.safetensors", {tensor}));
    return WeightStore::open(dir.path()).value()->fingerprint();
  };
  const auto first = fingerprint();
  EXPECT_EQ(fingerprint(), first);
  tensor.values[33] = 2;
  EXPECT_NE(fingerprint(), first);
  tensor.values[33] = 1;
  tensor.name = "b";
  EXPECT_NE(fingerprint(), first);
}

}  // namespace
}  // namespace weir

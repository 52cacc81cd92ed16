#include "pipeline/spec/scalar.hpp"

#include <gtest/gtest.h>

#include "pipeline/spec/spec_error.hpp"
#include "pipeline/spec/suggest.hpp"

namespace weir {
namespace {

TEST(Scalar, ReadsIntegersStrictly) {
  EXPECT_EQ(read_integer("0"), 0);
  EXPECT_EQ(read_integer("-12"), -12);
  EXPECT_EQ(read_integer("9223372036854775807"), INT64_MAX);
  for (const char* text : {"", "-", "+1", "010", "0x10", "1_000", "1e3", "1.0", " 1", "1 ", "9223372036854775808", "١"})
    EXPECT_FALSE(read_integer(text)) << text;
}

TEST(Scalar, ReadsNumbersStrictly) {
  EXPECT_EQ(read_number("0.5"), 0.5);
  EXPECT_EQ(read_number("-2"), -2);
  EXPECT_EQ(read_number("1e-3"), 0.001);
  for (const char* text : {"", ".5", "inf", ".inf", "nan", "1e999", "0x1p3", "01.5", "1,5", "1.5.1", "--1"})
    EXPECT_FALSE(read_number(text)) << text;
}

TEST(Scalar, ReadsOnlyTrueAndFalse) {
  EXPECT_EQ(read_boolean("true"), true);
  EXPECT_EQ(read_boolean("false"), false);
  for (const char* text : {"", "yes", "no", "on", "off", "True", "TRUE", "1", "0", "y"})
    EXPECT_FALSE(read_boolean(text)) << text;
}

TEST(Scalar, ReadsSizesAndDurations) {
  EXPECT_EQ(read_size("64MiB"), 64ll << 20);
  EXPECT_EQ(read_size("1.5GiB"), 3ll << 29);
  EXPECT_EQ(read_size("10kB"), 10'000);
  EXPECT_EQ(read_size("0B"), 0);
  EXPECT_EQ(read_duration("5s"), 5'000);
  EXPECT_EQ(read_duration("1.5h"), 5'400'000);
  EXPECT_EQ(read_duration("100ms"), 100);
  for (const char* text :
       {"", "64", "MiB", "64 MiB", "64mib", "64M", "-1B", "0.3B", "01B", "1.B", "1e3B", "9999999TiB"})
    EXPECT_FALSE(read_size(text)) << text;
  for (const char* text : {"5", "s", "0.5ms", "5 s", "5sec", "-5s", "1m30s"}) EXPECT_FALSE(read_duration(text)) << text;
}

TEST(Scalar, WritesWhatItReads) {
  for (const int64_t value : {0ll, 1ll, 999ll, 1000ll, 1024ll, 1ll << 20, 1536ll << 20, 1ll << 40, 123'456'789ll}) {
    EXPECT_EQ(read_size(write_size(value)), value);
    EXPECT_EQ(read_duration(write_duration(value)), value);
  }
  EXPECT_EQ(write_size(512ll << 20), "512MiB");
  EXPECT_EQ(write_duration(90'000), "90s");
}

TEST(Suggest, FindsSlipsOfThePen) {
  const std::vector<std::string_view> names{"topic", "topics", "group", "max_tokens", "max_sequences"};
  EXPECT_EQ(nearest("topisc", names), "topics");
  EXPECT_EQ(nearest("Topic", names), "topic");
  EXPECT_EQ(nearest("max-tokens", names), "max_tokens");
  EXPECT_EQ(nearest("gruop", names), "group");
  EXPECT_EQ(nearest("lane", names), "");
  EXPECT_EQ(nearest("", names), "");
  EXPECT_EQ(nearest(std::string(100'000, 'x'), names), "");
  EXPECT_EQ(suggest("lane", {"a", "b"}), "one of: a, b");
}

TEST(SpecError, IsOneShortLine) {
  const SpecError error{"f.yaml", 3, 7, "a\nb\x01\xff" + std::string(200, 'y'), "wrong", "write x"};
  const auto text = to_string(error);
  EXPECT_TRUE(text.starts_with("f.yaml:3:7: wrong: 'a\\x0ab\\x01\\xffyyy")) << text;
  EXPECT_TRUE(text.ends_with("...'; write x")) << text;
  EXPECT_LT(text.size(), 150u);
  EXPECT_EQ(to_string(SpecError{"f.yaml", 0, 0, "", "no file", ""}), "f.yaml: no file");
}

}  // namespace
}  // namespace weir

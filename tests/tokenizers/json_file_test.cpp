#include "tokenizers/json_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/golden/temp_dir.hpp"

namespace weir {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

struct JsonFileTest : testing::Test {
  golden::TempDir dir;

  JsonAt open(const std::string& text) {
    dir.write("a.json", text);
    auto json = JsonAt::open(dir.path() / "a.json");
    EXPECT_TRUE(json && *json) << (json ? "no file" : json.error().message);
    return **json;
  }
  std::string error_of(const std::string& text) {
    dir.write("a.json", text);
    auto json = JsonAt::open(dir.path() / "a.json");
    return json ? "opened" : json.error().message;
  }
};

TEST_F(JsonFileTest, a_place_is_a_json_pointer) {
  const auto json = open(R"({"a": {"b/c~": [1, {"d": 2}, []]}, "e": null})");
  EXPECT_THAT(json.place(), EndsWith("a.json: /"));
  EXPECT_THAT(json["a"]["b/c~"][1]["d"].place(), EndsWith("a.json: /a/b~1c~0/1/d"));
  EXPECT_THAT(json["a"]["b/c~"][2].place(), EndsWith("/a/b~1c~0/2"));
  EXPECT_THAT(json["e"]["f"][3].place(), EndsWith("/e/f/3")) << "what is not there has a place too";
  EXPECT_TRUE(json["e"]["f"][3].is_null());
  EXPECT_THAT(json["a"]["b/c~"][2].wrong("a number").value().message, EndsWith("/2: is [], should be a number"));
  EXPECT_THAT(json["a"].integer(0, 5).error().message, EndsWith("/a: is an object, should be a whole number"));
}

TEST_F(JsonFileTest, members_and_elements_come_in_the_order_of_the_file) {
  const auto json = open(R"({"z": 1, "a": 2, "list": [5, 6, 7]})");
  std::vector<std::string> places;
  ASSERT_TRUE(json.each_member([&](std::string_view name, const JsonAt& value) -> Result<void> {
    places.push_back(std::string(name) + value.place().substr(value.place().rfind('/')));
    return {};
  }));
  EXPECT_THAT(places, ElementsAre("z/z", "a/a", "list/list"));
  std::vector<int64_t> numbers;
  const auto stopped = json["list"].each_element([&](const JsonAt& value) -> Result<void> {
    const auto number = value.integer(0, 6);
    if (!number) return fail(number.error());
    numbers.push_back(*number);
    return {};
  });
  EXPECT_THAT(numbers, ElementsAre(5, 6));
  ASSERT_FALSE(stopped);
  EXPECT_THAT(stopped.error().message, EndsWith("/list/2: is 7, should be between 0 and 6"));
  EXPECT_FALSE(json["z"].each_element([](const JsonAt&) -> Result<void> { return {}; }));
  EXPECT_FALSE(json["absent"].each_member([](std::string_view, const JsonAt&) -> Result<void> { return {}; }));
}

TEST_F(JsonFileTest, whole_numbers_come_all_at_once) {
  const auto json =
      open(R"({"ids": {"b": 7, "a": 2, "b": 3}, "late": {"a": 1, "b": 9, "c": "x"}, "text": {"a": "x"}})");
  const auto ids = json["ids"].integers(0, 8);
  ASSERT_TRUE(ids);
  EXPECT_THAT(*ids, ElementsAre(testing::Pair("b", 7), testing::Pair("a", 2), testing::Pair("b", 3)));
  EXPECT_THAT(json["late"].integers(0, 8).error().message, EndsWith("/late/b: is 9, should be between 0 and 8"));
  EXPECT_THAT(json["text"].integers(0, 8).error().message, EndsWith("/text/a: is \"x\", should be a whole number"));
  EXPECT_THAT(json["ids"]["a"].integers(0, 8).error().message, EndsWith("/ids/a: is 2, should be an object"));
  EXPECT_THAT(json["absent"].integers(0, 8).error().message, EndsWith("/absent: is null, should be an object"));
}

TEST_F(JsonFileTest, the_last_of_members_with_one_name_counts) {
  const auto json = open(R"({"a": 1, "b": 2, "a": 3})");
  EXPECT_EQ(json["a"].integer(0, 9).value(), 3);
  EXPECT_THAT(json.names(), ElementsAre("a", "b"));
}

TEST_F(JsonFileTest, a_limit_of_thirty_digits_is_a_number) {
  const auto json =
      open(R"({"model_max_length": 1000000000000000019884624838656, "text": "1000000000000000019884624838656"})");
  EXPECT_NEAR(json["model_max_length"].number().value(), 1e30, 1e15);
  EXPECT_EQ(json["text"].string().value(), "1000000000000000019884624838656");
  EXPECT_FALSE(json["model_max_length"].integer(0, 1 << 30));
}

TEST_F(JsonFileTest, what_is_no_json_is_refused_with_its_place) {
  EXPECT_THAT(error_of(R"({"a": )"), HasSubstr("a.json: is no JSON: "));
  EXPECT_THAT(error_of(R"({"a": 1, })"), HasSubstr("line 1, column 10"));
  EXPECT_THAT(error_of(""), HasSubstr("is no JSON"));
  EXPECT_THAT(error_of("\"\\ud800\""), HasSubstr("is no JSON"));
  EXPECT_THAT(error_of("\"\xff\""), HasSubstr("is no JSON"));
  EXPECT_THAT(error_of(std::string(1'000'000, '[')), HasSubstr("is no JSON"));
  EXPECT_THAT(error_of(std::string(1'000'000, '[') + std::string(1'000'000, ']')),
              HasSubstr("is no JSON: The JSON document was too deep"));
  auto none = JsonAt::open(dir.path() / "b.json");
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
}

}  // namespace
}  // namespace weir

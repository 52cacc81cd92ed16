#include "models/json_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

JsonReader read(std::string_view text) { return JsonReader::parse(text, "config.json").value(); }

TEST(JsonReader, reads_fields_and_fallbacks) {
  const auto json =
      read(R"({"n":3,"x":0.5,"on":true,"s":"t","list":["a","b"],"ids":[1,2],"o":{"k":"v"},"nothing":null})");
  EXPECT_EQ(json.integer("n"), 3);
  EXPECT_EQ(json.integer("absent", 0, 10, 7), 7);
  EXPECT_EQ(json.integer("nothing", 0, 10, 7), 7);
  EXPECT_EQ(json.number("x"), 0.5);
  EXPECT_EQ(json.number("n"), 3);
  EXPECT_TRUE(json.flag("on", false));
  EXPECT_EQ(json.text("s"), "t");
  EXPECT_THAT(json.texts("list"), ElementsAre("a", "b"));
  EXPECT_THAT(json.texts("s"), ElementsAre("t"));
  EXPECT_THAT(json.integers("ids"), ElementsAre(1, 2));
  EXPECT_EQ(json.object("o").text("k"), "v");
  EXPECT_FALSE(json.object("absent").has("k"));
  EXPECT_FALSE(json.has("nothing"));
  EXPECT_FALSE(json.error());
}

TEST(JsonReader, remembers_the_first_complaint_with_file_and_field) {
  const std::pair<void (*)(const JsonReader&), const char*> cases[] = {
      {[](const JsonReader& j) { (void)j.integer("absent"); }, "config.json: `absent` is missing"},
      {[](const JsonReader& j) { (void)j.integer("s"); }, "`s` is \"t\", not a whole number"},
      {[](const JsonReader& j) { (void)j.integer("x"); }, "`x` is 0.5, not a whole number"},
      {[](const JsonReader& j) { (void)j.integer("huge"); }, "not a whole number"},
      {[](const JsonReader& j) { (void)j.integer("n", 5, 9); }, "`n` is 3, allowed are 5 to 9"},
      {[](const JsonReader& j) { (void)j.number("s"); }, "not a number"},
      {[](const JsonReader& j) { (void)j.number("absent"); }, "is missing"},
      {[](const JsonReader& j) { (void)j.flag("n", false); }, "neither true nor false"},
      {[](const JsonReader& j) { (void)j.text("n"); }, "not a string"},
      {[](const JsonReader& j) { (void)j.texts("n"); }, "not a list of strings"},
      {[](const JsonReader& j) { (void)j.texts("ids"); }, "not a list of strings"},
      {[](const JsonReader& j) { (void)j.integers("s"); }, "not a list of whole numbers"},
      {[](const JsonReader& j) { (void)j.object("n"); }, "`n` is not an object"},
      {[](const JsonReader& j) { (void)j.object("o").integer("k"); }, "`o.k` is \"v\""},
      {[](const JsonReader& j) { (void)j.objects(); }, "is not an array"},
  };
  for (const auto& [ask, complaint] : cases) {
    const auto json = read(R"({"n":3,"x":0.5,"s":"t","ids":[1],"huge":18446744073709551615,"o":{"k":"v"}})");
    ask(json);
    ASSERT_TRUE(json.error()) << complaint;
    EXPECT_EQ(json.error()->code, ErrorCode::corrupt);
    EXPECT_THAT(json.error()->message, HasSubstr(complaint));
    (void)json.text("absent");
    EXPECT_THAT(json.error()->message, HasSubstr(complaint));
  }
}

TEST(JsonReader, refuses_what_is_no_document) {
  EXPECT_THAT(JsonReader::parse("{", "a.json").error().message, HasSubstr("a.json: not JSON"));
  EXPECT_THAT(JsonReader::parse("3", "a.json").error().message, HasSubstr("neither an object nor an array"));
  EXPECT_EQ(JsonReader::open("/nonexistent/a.json").error().code, ErrorCode::not_found);
}

TEST(JsonReader, walks_an_array_of_objects) {
  const auto json = read(R"([{"a":1},{"a":"x"}])");
  const auto items = json.objects();
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items[0].integer("a"), 1);
  (void)items[1].integer("a");
  EXPECT_THAT(json.error()->message, HasSubstr("`[1].a` is \"x\""));
}

}  // namespace
}  // namespace weir

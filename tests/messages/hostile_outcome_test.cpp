// Whatever bytes stand where an outcome should: an error at worst.
#include <random>

#include <gtest/gtest.h>

#include "messages/encode.hpp"
#include "messages/read_outcome.hpp"
#include "tests/messages/outcomes.hpp"

namespace weir {
namespace {

std::vector<std::string> outcomes(RecordFormat format) {
  std::vector<std::string> all;
  for (const Task task : {Task::embed, Task::token_embed, Task::classify, Task::token_classify, Task::score}) {
    OneOutcome one(task, {0.5f, -1.25e-9f}, task == Task::score || task == Task::token_embed ? 2 : 1);
    one.job().metadata = "[1]";
    Arena arena;
    all.emplace_back(*OutcomeEncoder({.format = format}).encode(one.chunk, one.outcome(), arena).value);
  }
  return all;
}

}  // namespace

TEST(HostileOutcome, truncations_flips_and_garbage_are_survived) {
  std::mt19937 random(9);
  for (const auto format : {RecordFormat::flatbuffers, RecordFormat::json})
    for (const auto& whole : outcomes(format)) {
      ASSERT_TRUE(read_outcome(whole, format));
      for (size_t size = 0; size < whole.size(); ++size) {
        const auto read = read_outcome(std::string_view(whole).substr(0, size), format);
        EXPECT_TRUE(!read || format == RecordFormat::flatbuffers);
      }
      for (int i = 0; i < 20'000; ++i) {
        auto garbled = whole;
        garbled[random() % garbled.size()] ^= static_cast<char>(1 << random() % 8);
        if (i % 2) garbled[random() % garbled.size()] = static_cast<char>(random());
        const auto read = read_outcome(garbled, format);
        EXPECT_TRUE(!read || read->values.size() <= garbled.size());
      }
    }
  EXPECT_EQ(read_outcome("x", RecordFormat::text).error().code, ErrorCode::unsupported);
}

TEST(HostileOutcome, json_must_be_an_outcome) {
  for (const auto* text :
       {"", "[]", "{}", R"({"score":1,"scores":[1]})", R"({"embedding":"????","dim":1})",
        R"({"embedding":[1],"dim":2})", R"({"embedding":"AAAA","dim":1})", R"({"score":"1"})",
        R"({"labels":["a"],"token_classes":[[1],[1,2]]})", R"({"token_classes":[[1]]})", R"({"score":1} x)"})
    EXPECT_FALSE(read_outcome(text, RecordFormat::json)) << text;
  EXPECT_TRUE(read_outcome(R"({"new":{"a":[1]},"score":1,"source":{"new":2}})", RecordFormat::json));
}

}  // namespace weir

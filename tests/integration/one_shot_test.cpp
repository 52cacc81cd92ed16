// The one-shot verbs as processes: texts in, one JSON outcome a line out.
#include <numeric>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messages/read_outcome.hpp"
#include "tests/golden/golden.hpp"
#include "tests/golden/temp_dir.hpp"
#include "tests/golden/tiny_bert.hpp"
#include "tests/integration/process.hpp"

namespace weir::test {

TEST(OneShot, classify_says_the_classes_of_each_token_where_the_model_classifies_tokens) {
  golden::TempDir dir;
  golden::TinyBertOptions tiny;
  tiny.head = golden::TinyHead::token_classify;
  tiny.labels = 3;
  tiny.vocabulary = golden::minilm_dir();
  ASSERT_TRUE(golden::write_tiny_bert(dir.path() / "tiny", tiny));
  Process weir({WEIR_PROGRAM, "classify", (dir.path() / "tiny").string(), "Ada met Charles in London."}, {},
               dir.path() / "log");
  ASSERT_EQ(weir.wait(std::chrono::seconds(60)), 0) << weir.output();
  const auto outcome = read_outcome(weir.output(), RecordFormat::json);
  ASSERT_TRUE(outcome) << outcome.error().message << "\n" << weir.output();
  EXPECT_EQ(outcome->task, Task::token_classify);
  EXPECT_EQ(outcome->answer, Answer::token_classes);
  EXPECT_THAT(outcome->labels, testing::ElementsAre("LABEL_0", "LABEL_1", "LABEL_2"));
  EXPECT_EQ(outcome->prompt_tokens, 8u);  // [CLS] ada met charles in london . [SEP]
  ASSERT_EQ(outcome->rows, outcome->prompt_tokens);
  for (size_t row = 0; row < outcome->rows; ++row) {
    const auto begin = outcome->values.begin() + static_cast<ptrdiff_t>(row * 3);
    EXPECT_NEAR(std::accumulate(begin, begin + 3, 0.0), 1, 1e-6);
  }
}

TEST(OneShot, encode_cuts_long_texts_at_the_side_that_the_models_files_name) {
  golden::TempDir dir;
  golden::TinyBertOptions tiny;
  tiny.max_seq_length = 5;
  tiny.vocabulary = golden::minilm_dir();
  ASSERT_TRUE(golden::write_tiny_bert(dir.path() / "tiny", tiny));
  for (const char* side : {"left", "right"}) {
    dir.write("tiny/tokenizer_config.json", std::string(R"({"truncation_side":")") + side + R"("})");
    Process weir({WEIR_PROGRAM, "encode", (dir.path() / "tiny").string(), "one two three four five six",
                  "four five six", "one two three"},
                 {}, dir.path() / side);
    ASSERT_EQ(weir.wait(std::chrono::seconds(60)), 0) << weir.output();
    std::istringstream lines(weir.output());
    std::vector<ReadOutcome> outcomes;
    for (std::string line; std::getline(lines, line);)
      if (const auto outcome = read_outcome(line, RecordFormat::json)) outcomes.push_back(*outcome);
    ASSERT_EQ(outcomes.size(), 3u) << weir.output();
    EXPECT_EQ(outcomes[0].dropped_tokens, 3u);
    const auto& kept = outcomes[std::string_view(side) == "left" ? 1 : 2].values;
    ASSERT_EQ(outcomes[0].values.size(), kept.size());
    for (size_t i = 0; i < kept.size(); ++i) EXPECT_NEAR(outcomes[0].values[i], kept[i], 1e-6) << side;
  }
}

}  // namespace weir::test

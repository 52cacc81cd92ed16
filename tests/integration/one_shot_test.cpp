// The one-shot verbs as processes: texts in, one JSON outcome a line out.
#include <numeric>

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

}  // namespace weir::test

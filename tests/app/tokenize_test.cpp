// tokenize as a person calls it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/exit_codes.hpp"
#include "app/verbs.hpp"
#include "tests/app/run_verb.hpp"
#include "tests/golden/temp_dir.hpp"

namespace weir {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

struct TokenizeTest : testing::Test {
  golden::TempDir dir;
  void SetUp() override { dir.write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\nplay\n##ing\ncafe\n"); }

  test::Ran run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"tokenize", dir.path().string()});
    return test::run_verb(add_tokenize, std::move(arguments));
  }
};

TEST_F(TokenizeTest, prints_ids_tokens_and_places) {
  const auto ran = run({"--json", "Playing Café"});
  EXPECT_EQ(ran.code, exit_ok) << ran.err;
  EXPECT_EQ(ran.out, R"({"ids":[2,4,5,6,3],"offsets":[[0,0],[0,4],[4,7],[8,12],[0,0]],"special":[1,0,0,0,1],)"
                     R"("tokens":["[CLS]","play","##ing","cafe","[SEP]"]})"
                     "\n");
  EXPECT_THAT(run({"--json", "--pair", "cafe", "play"}).out, HasSubstr(R"("type_ids":[0,0,0,1,1])"));
  EXPECT_THAT(run({"--json", "--max-tokens", "3", "play play"}).out, HasSubstr(R"("dropped":1)"));
}

TEST_F(TokenizeTest, counts_and_decodes) {
  EXPECT_EQ(run({"--count", "playing cafe", "--no-special"}).out, "3\n");
  EXPECT_EQ(run({"--count", "play cafe", "play"}).out, "4\n3\n");
  EXPECT_EQ(run({"--count", "[play, play]", "[]", "play"}).out, "7\n4\n3\n") << "brackets make no list";
  EXPECT_EQ(run({"--decode", "2, 4, 5, 6, 3"}).out, "[CLS] playing cafe [SEP]\n");
  EXPECT_EQ(run({"--decode", "--no-special", "2 4 5 6 3"}).out, "playing cafe\n");
}

TEST_F(TokenizeTest, says_what_is_wrong) {
  const auto ids = run({"--decode", "2 x"});
  EXPECT_EQ(ids.code, exit_failure);
  EXPECT_THAT(ids.err, HasSubstr("'x' is no token id"));
  const auto few = run({"--max-tokens", "1", "play"});
  EXPECT_EQ(few.code, exit_failure);
  EXPECT_THAT(few.err, HasSubstr("the special tokens alone are 2"));
  EXPECT_THAT(few.out, IsEmpty());
  std::filesystem::remove(dir.path() / "vocab.txt");
  EXPECT_EQ(run({"play"}).code, exit_config);
}

TEST_F(TokenizeTest, inspect_shows_a_tokenizer_without_a_model) {
  const auto ran = test::run_verb(add_inspect, {"inspect", dir.path().string()});
  EXPECT_EQ(ran.code, exit_ok) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("none: there is no config.json"));
  EXPECT_THAT(ran.out, HasSubstr("WordPiece: 7 tokens"));
  const auto nothing = test::run_verb(add_inspect, {"inspect", (dir.path() / "no").string()});
  EXPECT_NE(nothing.code, exit_ok);
  EXPECT_THAT(nothing.err, HasSubstr((dir.path() / "no").string()));
}

}  // namespace
}  // namespace weir

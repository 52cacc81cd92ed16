// check, graph and schema as a person calls them: what they print, and their exit codes.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/exit_codes.hpp"
#include "app/verbs.hpp"
#include "tests/app/run_verb.hpp"

namespace weir {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

test::Ran run(std::vector<std::string> arguments) {
  return test::run_verb(
      [](CLI::App& app, int& code) {
        add_check(app, code);
        add_graph(app, code);
        add_schema(app, code);
      },
      std::move(arguments));
}

class SpecVerbs : public testing::Test {
 protected:
  SpecVerbs() {
    const char* cache = std::getenv("WEIR_CACHE");
    const std::string models = (cache ? std::string(cache) : std::string(WEIR_SOURCE_DIR) + "/.cache") + "/models";
    ::setenv("WEIR_MODELS", models.c_str(), 1);
  }
  ~SpecVerbs() override { ::unsetenv("WEIR_MODELS"); }

  // A file of this test's own.
  std::string file(const std::string& text) {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    const auto path = std::filesystem::path(testing::TempDir()) / ("weir_spec_verbs_" + name + ".yaml");
    std::ofstream(path) << text;
    return path;
  }

  const std::string embed_ = WEIR_SOURCE_DIR "/configs/embed.yaml";
};

TEST_F(SpecVerbs, CheckPrintsTheResolvedPlan) {
  const auto ran = run({"check", embed_});
  EXPECT_EQ(ran.code, exit_ok) << ran.err;
  EXPECT_THAT(
      ran.out,
      HasSubstr("tokens: {actor: tokenizer, from: documents, model: minilm, replicas: 2, long_text: truncate}"));
  EXPECT_THAT(ran.out, HasSubstr("# embed: pooler mean (sentence_transformers)"));
  EXPECT_THAT(ran.err, IsEmpty());
  EXPECT_THAT(run({"check", "-q", embed_}).out, IsEmpty());
}

TEST_F(SpecVerbs, CheckPrintsEveryErrorOfEveryFile) {
  const std::string path =
      file("name: t\nmodels: {m: {path: nowhere}}\ndataflow: {a: {actor: tokenizr}}\nmemory: {limit: 5}\n");
  const auto ran = run({"check", path, embed_});
  EXPECT_EQ(ran.code, exit_config);
  EXPECT_THAT(ran.err, HasSubstr(path + ":2:20: "));
  EXPECT_THAT(ran.err, HasSubstr(path + ":3:23: no such stage kind: 'tokenizr'; did you mean 'tokenizer'?"));
  EXPECT_THAT(ran.err, HasSubstr(path + ":4:17: `limit` takes a size"));
  EXPECT_THAT(ran.out, HasSubstr("name: embed-documents"));
}

TEST_F(SpecVerbs, CheckTellsAMissingFileAndAWrongCommandLine) {
  EXPECT_EQ(run({"check", "nowhere.yaml"}).code, exit_config);
  EXPECT_EQ(run({"check"}).code, exit_usage);
  EXPECT_EQ(run({"check", "--onlin", embed_}).code, exit_usage);
  EXPECT_EQ(run({"graph", "--format", "png", embed_}).code, exit_usage);
}

TEST_F(SpecVerbs, CheckOnlineSaysToTryAgainWhenNobodyAnswers) {
  ::setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1", 1);
  const auto ran = run({"check", "--online", embed_});
  ::unsetenv("KAFKA_BOOTSTRAP_SERVERS");
  EXPECT_EQ(ran.code, exit_again);
  EXPECT_THAT(ran.err, HasSubstr("127.0.0.1:1"));
}

TEST_F(SpecVerbs, GraphDrawsWithoutTheModel) {
  ::setenv("WEIR_MODELS", "/nowhere", 1);
  const auto ran = run({"graph", embed_});
  EXPECT_EQ(ran.code, exit_ok) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("graph LR"));
  EXPECT_THAT(run({"graph", "--format", "dot", embed_}).out, HasSubstr("digraph"));
  EXPECT_EQ(run({"graph", file("nonsense")}).code, exit_config);
}

TEST_F(SpecVerbs, SchemaPrintsBothForms) {
  EXPECT_THAT(run({"schema"}).out, HasSubstr("\"$schema\""));
  EXPECT_THAT(run({"schema", "--format", "markdown"}).out, HasSubstr("# Options"));
}

}  // namespace
}  // namespace weir

#include "pipeline/spec/schema.hpp"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "app/spec_context.hpp"

namespace weir {
namespace {

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(Schema, InDocsIsFresh) {
  EXPECT_EQ(read(WEIR_SOURCE_DIR "/docs/weir.schema.json"), json_schema(all_options()))
      << "run: build/weir schema > docs/weir.schema.json";
}

TEST(OptionReference, InDocsIsFresh) {
  EXPECT_EQ(read(WEIR_SOURCE_DIR "/docs/options.md"), option_reference(all_options()))
      << "run: build/weir schema --format markdown > docs/options.md";
}

}  // namespace
}  // namespace weir

// The regular expression engine finds what Hugging Face tokenizers finds, on expressions and texts that
// regex_differential.py makes.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/tokenizers/case_reader.hpp"
#include "tokenizers/regex/regex.hpp"

namespace weir {
namespace {

std::string shown(const std::vector<ByteRange>& matches) {
  std::string text;
  for (const auto& match : matches) text += fmt::format(" {}-{}", match.begin, match.end);
  return text;
}

// What Python writes into a file of this folder, which goes with the test.
std::string expected_matches() {
  const char* set = std::getenv("WEIR_CACHE");
  const std::string cache = set != nullptr ? set : std::string(WEIR_SOURCE_DIR) + "/.cache";
  const auto python = cache + "/venv/bin/python";
  if (!std::filesystem::exists(python)) return "";
  const char* const more = std::getenv("WEIR_REGEX_DIFFERENTIAL");  // "SEED PATTERNS"
  const auto file = std::filesystem::temp_directory_path() / fmt::format("weir-regex-{}", getpid());
  const auto command = fmt::format("'{}' '{}/tests/tokenizers/regex_differential.py' '{}' {} 2>/dev/null", python,
                                   WEIR_SOURCE_DIR, file.string(), more != nullptr ? more : "1 3000");
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  std::ifstream in(file, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), {});
  std::filesystem::remove(file);
  return bytes;
}

TEST(RegexDifferential, equals_hugging_face) {
  const auto bytes = expected_matches();
  CaseReader in(bytes);
  ASSERT_FALSE(in.at_end()) << "the Python environment is not there: run tools/setup --for test";
  RegexScratch scratch;
  size_t patterns = 0, texts = 0, wrong = 0, refused = 0, both = 0;
  for (; !in.at_end() && wrong < 30; ++patterns) {
    const auto pattern = in.text();
    const bool theirs_refused = in.number<uint8_t>() != 0;
    const auto regex = Regex::compile(pattern);
    if (theirs_refused) {
      both += !regex;
      continue;
    }
    refused += !regex;
    if (!regex && refused < 20) fmt::print("refused: {}\n", regex.error().message);
    bool complained = false;
    for (auto left = in.number<uint32_t>(); left > 0; --left) {
      const auto text = in.text();
      std::vector<ByteRange> expected(in.number<uint32_t>());
      for (auto& match : expected) {
        match.begin = in.number<uint32_t>();
        match.end = in.number<uint32_t>();
      }
      if (!regex || complained) continue;
      ++texts;
      std::vector<ByteRange> found;
      regex->find_all(text, scratch, found);
      std::erase_if(found, [](ByteRange match) { return match.begin == match.end; });
      complained = shown(found) != shown(expected);
      wrong += complained;
      EXPECT_EQ(shown(found), shown(expected)) << pattern << "\non " << testing::PrintToString(std::string(text));
    }
  }
  fmt::print("{} patterns, {} texts; refused by Hugging Face {} by both; by us alone {}\n", patterns, texts, both,
             refused);
  EXPECT_LE(refused, patterns / 100);
}

}  // namespace
}  // namespace weir

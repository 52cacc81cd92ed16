// Any bytes as a regular expression and a text, with a zero byte between: compiling answers, and the matches of what
// compiles are ranges of characters, in order.
#include "tests/fuzz/tokenizers/fuzz_tokenizer.hpp"
#include "tokenizers/regex/regex.hpp"
#include "tokenizers/utf8.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t cut = input.find('\0');
  const auto pattern = input.substr(0, cut);
  std::string text;
  if (cut != std::string_view::npos) utf8::replace_invalid(input.substr(cut + 1), text);
  const auto regex = Regex::compile(pattern);
  if (!regex) {
    require(!regex.error().message.empty() && utf8::valid(regex.error().message));
    return 0;
  }
  RegexScratch scratch;
  std::vector<ByteRange> matches, again;
  regex->find_all(text, scratch, matches);
  uint32_t end = 0;
  for (const auto match : matches) {
    require(match.begin >= end && match.begin <= match.end && match.end <= text.size());
    require(match.begin == text.size() || !utf8::is_continuation(text[match.begin]));
    require(match.end == text.size() || !utf8::is_continuation(text[match.end]));
    end = match.end;
  }
  regex->find_all(text, scratch, again);  // from a warm automaton
  require(again.size() == matches.size());
  return 0;
}

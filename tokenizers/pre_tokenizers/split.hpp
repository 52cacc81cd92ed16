#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "tokenizers/pre_tokenizer.hpp"

namespace weir {

class JsonAt;

// What becomes of the matches of a pattern, and of what is between them.
enum class SplitBehavior : uint8_t { removed, isolated, merged_with_previous, merged_with_next, contiguous };

// From and to tokenizer.json's spelling: "Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous".
Result<SplitBehavior> read_behavior(const JsonAt& json);
std::string_view to_string(SplitBehavior behavior);

// Appends the words that `word` becomes. `matches` are in it, in order. `invert`: what is between them counts as match.
void append_split(ByteRange word, std::span<const ByteRange> matches, SplitBehavior behavior, bool invert,
                  std::vector<ByteRange>& words);

// Where steps that follow each other are known to a machine (word_scanner.hpp), makes them one: the three splits of
// DeepSeek V3.
void join_splits(std::vector<std::unique_ptr<PreTokenizer>>& steps);

// By a regular expression. The error names the byte in the expression.
Result<std::unique_ptr<PreTokenizer>> make_pattern_split(std::string_view expression, SplitBehavior behavior,
                                                         bool invert);

// The Split of tokenizer.json, by a string or by a regular expression. Errors name file and place.
Result<std::unique_ptr<PreTokenizer>> make_split(const JsonAt& json);

}  // namespace weir

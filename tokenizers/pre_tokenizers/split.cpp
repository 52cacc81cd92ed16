#include "tokenizers/pre_tokenizers/split.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/json_file.hpp"
#include "tokenizers/pre_tokenizers/word_scanner.hpp"
#include "tokenizers/regex/regex.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

constexpr std::array<std::string_view, 5> behavior_names = {"Removed", "Isolated", "MergedWithPrevious",
                                                            "MergedWithNext", "Contiguous"};

// Calls `piece(range, is_match)` for each match and for what is between.
template <typename Piece>
void for_pieces(ByteRange word, std::span<const ByteRange> matches, bool invert, Piece piece) {
  uint32_t at = word.begin;
  for (const auto& match : matches) {
    if (at != match.begin) piece(ByteRange{at, match.begin}, invert);
    piece(match, !invert);
    at = match.end;
  }
  if (at != word.end) piece(ByteRange{at, word.end}, invert);
}

void append(ByteRange range, std::vector<ByteRange>& words) {
  if (range.begin != range.end) words.push_back(range);
}

// A pattern as an error or a description shows it.
std::string shown(std::string_view pattern) {
  if (pattern.size() <= 60) return fmt::format("\"{}\"", pattern);
  size_t end = 57;
  while (utf8::is_continuation(pattern[end])) --end;
  return fmt::format("\"{}...\"", pattern.substr(0, end));
}

class Split : public PreTokenizer {
 public:
  Split(std::string name, SplitBehavior behavior, bool invert)
      : name_(std::move(name)), behavior_(behavior), invert_(invert) {}

  void apply(Words& words, EncodeBuffers& buffers) const final {
    auto& result = buffers.ranges;
    result.clear();
    for (const auto word : words.words) {
      buffers.matches.clear();
      find_all(words.text.text.substr(word.begin, word.end - word.begin), buffers);
      for (auto& match : buffers.matches) match = {match.begin + word.begin, match.end + word.begin};
      append_split(word, buffers.matches, behavior_, invert_, result);
    }
    std::swap(words.words, result);
  }

  std::string describe() const final {
    return fmt::format("Split: by {}, {}{}", name_, to_string(behavior_), invert_ ? ", inverted" : "");
  }

  SplitBehavior behavior() const { return behavior_; }

 protected:
  virtual void find_all(std::string_view text, EncodeBuffers& buffers) const = 0;  // into buffers.matches

 private:
  const std::string name_;
  const SplitBehavior behavior_;
  const bool invert_;
};

class RegexSplit final : public Split {
 public:
  RegexSplit(std::string name, std::string expression, Regex regex, SplitBehavior behavior, bool invert)
      : Split(std::move(name), behavior, invert), expression_(std::move(expression)), regex_(std::move(regex)) {}

  // Of a split that keeps matches and the rest, each by itself; else empty.
  std::string_view isolated() const { return behavior() == SplitBehavior::isolated ? expression_ : std::string_view(); }

 private:
  void find_all(std::string_view text, EncodeBuffers& buffers) const override {
    regex_.find_all(text, buffers.regex, buffers.matches);
  }
  const std::string expression_;
  const Regex regex_;
};

class ScannerSplit final : public PreTokenizer {
 public:
  explicit ScannerSplit(const WordScanner& scanner) : scanner_(scanner) {}

  void apply(Words& words, EncodeBuffers& buffers) const override {
    auto& result = buffers.ranges;
    result.clear();
    for (const auto word : words.words)
      scanner_.scan(words.text.text.substr(word.begin, word.end - word.begin), word.begin, result);
    std::swap(words.words, result);
  }

  std::string describe() const override { return fmt::format("Split: words as {}", scanner_.name); }

 private:
  const WordScanner& scanner_;
};

class StringSplit final : public Split {
 public:
  StringSplit(std::string string, SplitBehavior behavior, bool invert)
      : Split(fmt::format("string {}", shown(string)), behavior, invert), string_(std::move(string)) {}

 private:
  void find_all(std::string_view text, EncodeBuffers& buffers) const override {
    for (size_t at = text.find(string_); at != std::string_view::npos; at = text.find(string_, at + string_.size()))
      buffers.matches.push_back({static_cast<uint32_t>(at), static_cast<uint32_t>(at + string_.size())});
  }
  const std::string string_;
};

}  // namespace

Result<SplitBehavior> read_behavior(const JsonAt& json) {
  const auto name = json.view();
  if (!name) return fail(name.error());
  const auto* const found = std::find(behavior_names.begin(), behavior_names.end(), *name);
  if (found == behavior_names.end()) return json.wrong("one of the behaviors of Split, such as \"Isolated\"");
  return static_cast<SplitBehavior>(found - behavior_names.begin());
}

std::string_view to_string(SplitBehavior behavior) { return behavior_names[static_cast<size_t>(behavior)]; }

void append_split(ByteRange word, std::span<const ByteRange> matches, SplitBehavior behavior, bool invert,
                  std::vector<ByteRange>& words) {
  switch (behavior) {
    case SplitBehavior::removed:
      return for_pieces(word, matches, invert, [&](ByteRange range, bool is_match) {
        if (!is_match) append(range, words);
      });
    case SplitBehavior::isolated:
      return for_pieces(word, matches, invert, [&](ByteRange range, bool) { append(range, words); });
    default: break;
  }
  // The others join neighbours: `open` is the word that may still grow.
  std::optional<ByteRange> open;
  bool open_is_match = false;
  for_pieces(word, matches, invert, [&](ByteRange range, bool is_match) {
    const bool joins = behavior == SplitBehavior::contiguous             ? is_match == open_is_match
                       : behavior == SplitBehavior::merged_with_previous ? is_match && !open_is_match
                                                                         : !is_match && open_is_match;
    if (open && joins) {
      open->end = range.end;
    } else {
      if (open) append(*open, words);
      open = range;
    }
    open_is_match = is_match;
  });
  if (open) append(*open, words);
}

void join_splits(std::vector<std::unique_ptr<PreTokenizer>>& steps) {
  const auto expression = [&](size_t i) {
    const auto* const split = dynamic_cast<const RegexSplit*>(steps[i].get());
    return split == nullptr ? std::string_view() : split->isolated();
  };
  for (size_t i = 0; i + 3 <= steps.size(); ++i) {
    const auto* const scanner = find_word_scanner(expression(i), expression(i + 1), expression(i + 2));
    if (scanner == nullptr) continue;
    steps[i] = std::make_unique<ScannerSplit>(*scanner);
    const auto next = steps.begin() + static_cast<std::ptrdiff_t>(i) + 1;
    steps.erase(next, next + 2);
  }
}

Result<std::unique_ptr<PreTokenizer>> make_pattern_split(std::string_view expression, SplitBehavior behavior,
                                                         bool invert) {
  const auto* const scanner = find_word_scanner(expression);
  const bool keeps_matches = behavior == SplitBehavior::removed && invert;
  const bool keeps_all = behavior == SplitBehavior::isolated;
  if (scanner != nullptr && (keeps_matches || (keeps_all && !scanner->drops_rest)))
    return std::make_unique<ScannerSplit>(*scanner);
  auto regex = Regex::compile(expression);
  if (!regex) return fail(regex.error());
  return std::make_unique<RegexSplit>(fmt::format("expression {}", shown(expression)), std::string(expression),
                                      std::move(*regex), behavior, invert);
}

Result<std::unique_ptr<PreTokenizer>> make_split(const JsonAt& json) {
  const auto behavior = read_behavior(json["behavior"]);
  if (!behavior) return fail(behavior.error());
  const auto invert = json["invert"].boolean(false);
  if (!invert) return fail(invert.error());

  const auto regex_json = json["pattern"]["Regex"];
  if (!regex_json.is_null()) {
    const auto expression = regex_json.view();
    if (!expression) return fail(expression.error());
    auto split = make_pattern_split(*expression, *behavior, *invert);
    if (!split) return fail(split.error().code, fmt::format("{}: {}", regex_json.place(), split.error().message));
    return split;
  }
  const auto string = json["pattern"]["String"].view();
  if (!string) return fail(string.error());
  // Hugging Face takes a string for an expression, too; an empty one then matches everywhere.
  if (string->empty()) return make_pattern_split("", *behavior, *invert);
  return std::make_unique<StringSplit>(std::string(*string), *behavior, *invert);
}

}  // namespace weir

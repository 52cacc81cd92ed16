#include "tokenizers/pre_tokenizers/read_pre_tokenizer.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "tokenizers/json_file.hpp"
#include "tokenizers/pre_tokenizers/bert_pre_tokenizer.hpp"
#include "tokenizers/pre_tokenizers/byte_level.hpp"
#include "tokenizers/pre_tokenizers/character_split.hpp"
#include "tokenizers/pre_tokenizers/metaspace.hpp"
#include "tokenizers/pre_tokenizers/simple_splits.hpp"
#include "tokenizers/pre_tokenizers/split.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

using Made = Result<std::unique_ptr<PreTokenizer>>;
using Kind = CharacterSplit::Kind;
constexpr int deepest = 64;  // sequences in sequences

class PreTokenizerSequence final : public PreTokenizer {
 public:
  explicit PreTokenizerSequence(std::vector<std::unique_ptr<PreTokenizer>> steps) : steps_(std::move(steps)) {}

  void apply(Words& words, EncodeBuffers& buffers) const override {
    for (const auto& step : steps_) step->apply(words, buffers);
  }

  bool asks_start() const override {
    return std::any_of(steps_.begin(), steps_.end(), [](const auto& step) { return step->asks_start(); });
  }

  std::string describe() const override {
    std::vector<std::string> names;
    for (const auto& step : steps_) names.push_back(step->describe());
    return fmt::format("{}", fmt::join(names, "; "));
  }

 private:
  const std::vector<std::unique_ptr<PreTokenizer>> steps_;
};

Result<char32_t> code_point(const JsonAt& at) {
  const auto text = at.view();
  if (!text) return fail(text.error());
  const char* p = text->data();
  const char32_t c = text->empty() ? 0 : utf8::next(p);
  if (text->empty() || p != text->data() + text->size()) return at.wrong("one character");
  return c;
}

Made read_punctuation(const JsonAt& part) {
  const auto at = part["behavior"];
  const auto behavior = at.is_null() ? Result<SplitBehavior>(SplitBehavior::isolated) : read_behavior(at);
  if (!behavior) return fail(behavior.error());
  return std::make_unique<CharacterSplit>(Kind::punctuation, *behavior);
}

Made read_digits(const JsonAt& part) {
  const auto at = part["individual_digits"];
  if (at.is_null()) return at.wrong("true or false");
  const auto alone = at.boolean(false);
  if (!alone) return fail(alone.error());
  return std::make_unique<CharacterSplit>(Kind::numeric, *alone ? SplitBehavior::isolated : SplitBehavior::contiguous);
}

Made read_delimiter(const JsonAt& part) {
  const auto delimiter = code_point(part["delimiter"]);
  if (!delimiter) return fail(delimiter.error());
  return std::make_unique<CharacterSplit>(Kind::delimiter, SplitBehavior::removed, *delimiter);
}

Made read_fixed_length(const JsonAt& part) {
  if (part["length"].is_null()) return std::make_unique<FixedLength>(5);
  const auto length = part["length"].integer(1, UINT32_MAX);
  if (!length) return fail(length.error());
  return std::make_unique<FixedLength>(static_cast<uint32_t>(*length));
}

Made read_metaspace(const JsonAt& part) {
  const auto mark = code_point(part["replacement"]);
  if (!mark) return fail(mark.error());
  const auto split = part["split"].boolean(true);
  if (!split) return fail(split.error());
  // Files of before 0.15 have add_prefix_space alone.
  const auto prefix = part["add_prefix_space"].boolean(true);
  if (!prefix) return fail(prefix.error());
  auto prepend = Metaspace::Prepend::always;
  if (const auto at = part["prepend_scheme"]; !at.is_null()) {
    const auto name = at.view();
    if (!name) return fail(name.error());
    if (*name == "first") {
      prepend = Metaspace::Prepend::first;
    } else if (*name == "never") {
      prepend = Metaspace::Prepend::never;
    } else if (*name != "always") {
      return at.wrong("always, first or never");
    }
  }
  if (!*prefix && prepend != Metaspace::Prepend::never)
    return part["add_prefix_space"].wrong("true, since prepend_scheme is not never");
  return std::make_unique<Metaspace>(*mark, prepend, *split);
}

Made read_one(const JsonAt& part, std::string_view type, ByteForm bytes) {
  if (type == "BertPreTokenizer") return std::make_unique<BertPreTokenizer>();
  if (type == "Whitespace") return std::make_unique<Whitespace>();
  if (type == "WhitespaceSplit") return std::make_unique<CharacterSplit>(Kind::whitespace, SplitBehavior::removed);
  if (type == "UnicodeScripts") return std::make_unique<UnicodeScripts>();
  if (type == "Punctuation") return read_punctuation(part);
  if (type == "Digits") return read_digits(part);
  if (type == "CharDelimiterSplit") return read_delimiter(part);
  if (type == "FixedLength") return read_fixed_length(part);
  if (type == "Metaspace") return read_metaspace(part);
  if (type == "Split") return make_split(part);
  if (type == "ByteLevel") return make_byte_level(part, bytes);
  return part["type"].unsupported(fmt::format("the pre-tokenizer '{}' is not built", type));
}

// Appends what `part` does, with sequences laid flat. `bytes`: for a ByteLevel at the very end.
Result<void> read_steps(const JsonAt& part, int depth, ByteForm bytes,
                        std::vector<std::unique_ptr<PreTokenizer>>& steps) {
  if (auto done = part.object(); !done) return done;
  const auto type = part["type"].view();
  if (!type) return fail(type.error());
  if (*type != "Sequence") {
    auto step = read_one(part, *type, bytes);
    if (!step) return fail(std::move(step.error()));
    steps.push_back(std::move(*step));
    return {};
  }
  if (depth == deepest) return part.unsupported("sequences nest too deep");
  const auto list = part["pretokenizers"];
  const size_t count = list.array_size().value_or(0);
  size_t i = 0;
  return list.each_element(
      [&](const JsonAt& step) { return read_steps(step, depth + 1, ++i == count ? bytes : ByteForm::letters, steps); });
}

}  // namespace

Result<std::unique_ptr<PreTokenizer>> read_pre_tokenizer(const JsonAt& part, ByteForm bytes) {
  if (part.is_null()) return nullptr;
  std::vector<std::unique_ptr<PreTokenizer>> steps;
  if (auto done = read_steps(part, 0, bytes, steps); !done) return fail(std::move(done.error()));
  join_splits(steps);
  if (steps.empty()) return nullptr;
  if (steps.size() == 1) return std::move(steps.front());
  return std::make_unique<PreTokenizerSequence>(std::move(steps));
}

bool ends_in_byte_level(const JsonAt& part) {
  const auto type = part["type"].view().value_or("");
  if (type == "ByteLevel") return true;
  const auto steps = part["pretokenizers"];
  const auto count = steps.array_size().value_or(0);
  return type == "Sequence" && count > 0 && ends_in_byte_level(steps[count - 1]);
}

}  // namespace weir

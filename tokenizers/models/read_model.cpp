#include "tokenizers/models/read_model.hpp"

#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "tokenizers/json_file.hpp"
#include "tokenizers/large_pages.hpp"
#include "tokenizers/models/bpe.hpp"
#include "tokenizers/models/unigram.hpp"
#include "tokenizers/models/word_level.hpp"
#include "tokenizers/models/wordpiece.hpp"

namespace weir {
namespace {

constexpr int64_t highest_id = std::numeric_limits<int32_t>::max();

// {"token": id, ...}
Result<Vocabulary> read_vocabulary(const JsonAt& vocab, PrefixSet* beginnings = nullptr) {
  const auto entries = vocab.integers(0, highest_id);
  if (!entries) return fail(entries.error());
  return Vocabulary::make(*entries, vocab.place(), Vocabulary::Repeated::refused, beginnings);
}

// Null is absent.
Result<std::optional<std::string>> read_text(const JsonAt& at) {
  if (at.is_null()) return std::optional<std::string>();
  auto text = at.string();
  if (!text) return fail(std::move(text.error()));
  return std::optional(std::move(*text));
}

// "a b", or ["a", "b"].
Result<MergePair> read_pair(const JsonAt& at) {
  constexpr std::string_view form = "two tokens, as \"a b\" or [\"a\", \"b\"]";
  if (at.is_array()) {
    const auto size = at.array_size();
    if (!size || *size != 2) return at.wrong(form);
    const auto left = at[size_t{0}].view();
    const auto right = at[size_t{1}].view();
    if (!left || !right) return at.wrong(form);
    return MergePair(*left, *right);
  }
  const auto text = at.view();
  if (!text) return at.wrong(form);
  const size_t space = text->find(' ');
  if (space == std::string_view::npos || text->find(' ', space + 1) != std::string_view::npos) return at.wrong(form);
  return MergePair(text->substr(0, space), text->substr(space + 1));
}

Result<LargeVector<Merge>> read_merges(const JsonAt& list, const Vocabulary& vocabulary, size_t prefix) {
  const auto size = list.is_null() ? list.wrong("a list") : list.array_size();
  if (!size) return fail(size.error());
  MergeReader reader(vocabulary, prefix, *size, list.place());
  auto done = list.each_element([&](const JsonAt& at) -> Result<void> {
    if (const auto text = at.is_string() ? at.view() : Result<std::string_view>(""); text->starts_with("#version"))
      return {};  // the head of a merges.txt
    auto pair = read_pair(at);
    if (!pair) return fail(std::move(pair.error()));
    return reader.add(*pair);
  });
  if (!done) return fail(std::move(done.error()));
  return reader.finish();
}

Result<void> read_flags(const JsonAt& part, std::initializer_list<std::pair<std::string_view, bool*>> flags) {
  for (const auto& [name, flag] : flags) {
    const auto value = part[name].boolean(false);
    if (!value) return fail(value.error());
    *flag = *value;
  }
  return {};
}

Result<std::unique_ptr<Model>> read_bpe(const JsonAt& part) {
  const auto dropout = part["dropout"];
  if (!dropout.is_null() && dropout.number() != 0.0)
    return dropout.unsupported("dropout makes ids random; set it to null to encode without");
  BpeOptions options;
  auto unk = read_text(part["unk_token"]);
  if (!unk) return fail(std::move(unk.error()));
  options.unk_token = std::move(*unk);
  for (const auto& [name, into] : {std::pair("continuing_subword_prefix", &options.continuing_subword_prefix),
                                   std::pair("end_of_word_suffix", &options.end_of_word_suffix)}) {
    auto text = read_text(part[name]);
    if (!text) return fail(std::move(text.error()));
    *into = std::move(*text).value_or("");
  }
  auto flags = read_flags(part, {{"fuse_unk", &options.fuse_unk},
                                 {"byte_fallback", &options.byte_fallback},
                                 {"ignore_merges", &options.ignore_merges}});
  if (!flags) return fail(std::move(flags.error()));
  auto vocabulary = read_vocabulary(part["vocab"]);
  if (!vocabulary) return fail(std::move(vocabulary.error()));
  const auto list = part["merges"];
  auto merges = read_merges(list, *vocabulary, options.continuing_subword_prefix.size());
  if (!merges) return fail(std::move(merges.error()));
  return Bpe::make(std::move(*vocabulary), std::move(*merges), std::move(options), list.place());
}

// [["piece", -3.5], ...]
Result<std::unique_ptr<Model>> read_unigram(const JsonAt& part) {
  const auto vocab = part["vocab"];
  LargeVector<ScoredPiece> pieces;
  pieces.reserve(vocab.count());
  auto done = vocab.each_element([&](const JsonAt& at) -> Result<void> {
    const auto size = at.is_array() ? at.array_size() : Result<size_t>(0);
    if (!size || *size != 2) return at.wrong("a piece and its score");
    const auto text = at[size_t{0}].view();
    const auto score = at[size_t{1}].number();
    if (!text || !score) return at.wrong("a piece and its score");
    pieces.push_back({*text, *score});
    return {};
  });
  if (!done) return fail(std::move(done.error()));
  std::optional<int32_t> unk;
  if (const auto at = part["unk_id"]; !at.is_null()) {
    if (pieces.empty()) return vocab.wrong("a list that holds the unknown piece");
    const auto id = at.integer(0, static_cast<int64_t>(pieces.size()) - 1);
    if (!id) return fail(id.error());
    unk = static_cast<int32_t>(*id);
  }
  bool byte_fallback = false;
  if (auto flags = read_flags(part, {{"byte_fallback", &byte_fallback}}); !flags) return fail(std::move(flags.error()));
  return Unigram::make(pieces, unk, byte_fallback, vocab.place());
}

Result<std::unique_ptr<Model>> read_word_level(const JsonAt& part) {
  auto vocabulary = read_vocabulary(part["vocab"]);
  if (!vocabulary) return fail(std::move(vocabulary.error()));
  auto unk = part["unk_token"].string();
  if (!unk) return fail(std::move(unk.error()));
  return std::make_unique<WordLevel>(std::move(*vocabulary), std::move(*unk));
}

Result<std::unique_ptr<Model>> read_wordpiece(const JsonAt& part) {
  PrefixSet beginnings;
  auto vocabulary = read_vocabulary(part["vocab"], &beginnings);
  if (!vocabulary) return fail(std::move(vocabulary.error()));
  auto unk = part["unk_token"].string();
  if (!unk) return fail(std::move(unk.error()));
  auto prefix = part["continuing_subword_prefix"].is_null() ? Result<std::string>("##")
                                                            : part["continuing_subword_prefix"].string();
  if (!prefix) return fail(std::move(prefix.error()));
  const auto limit = part["max_input_chars_per_word"];
  const auto max_chars = limit.is_null() ? Result<int64_t>(100) : limit.integer(1, 1'000'000);
  if (!max_chars) return fail(max_chars.error());
  return WordPiece::make(std::move(*vocabulary), std::move(beginnings), std::move(*unk), *prefix,
                         static_cast<uint32_t>(*max_chars), part["unk_token"].place());
}

// In the order in which Hugging Face tries a model without a type.
std::string guessed_type(const JsonAt& part) {
  if (!part["merges"].is_null()) return "BPE";
  if (!part["max_input_chars_per_word"].is_null()) return "WordPiece";
  return part["vocab"].is_array() ? "Unigram" : "WordLevel";
}

}  // namespace

Result<std::unique_ptr<Model>> read_model(const JsonAt& part) {
  if (auto done = part.object(); !done) return fail(std::move(done.error()));
  const auto type = part["type"].is_null() ? Result<std::string>(guessed_type(part)) : part["type"].string();
  if (!type) return fail(type.error());
  if (*type == "BPE") return read_bpe(part);
  if (*type == "Unigram") return read_unigram(part);
  if (*type == "WordPiece") return read_wordpiece(part);
  if (*type == "WordLevel") return read_word_level(part);
  return part["type"].unsupported(fmt::format("the model '{}' is not known", *type));
}

}  // namespace weir

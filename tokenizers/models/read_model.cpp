#include "tokenizers/models/read_model.hpp"

#include <charconv>
#include <cmath>
#include <iterator>
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

// A score as Hugging Face reads it: its JSON parser (serde_json) divides the digits, as a double, by a power of ten.
// That rounds twice, and the last bit decides between segmentations of equal sums.
double read_score(double exact) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, std::abs(exact), std::chars_format::scientific);
  if (error != std::errc()) return exact;
  uint64_t digits = 0;
  int exponent = 0;
  const char* p = text;
  for (bool behind_point = false; p < end && *p != 'e'; ++p) {
    if (*p == '.') {
      behind_point = true;
      continue;
    }
    digits = digits * 10 + static_cast<uint64_t>(*p - '0');
    exponent -= behind_point;
  }
  int power = 0;
  if (p < end) std::from_chars(p + (p[1] == '+' ? 2 : 1), end, power);
  power += exponent;
  if (power < -300 || power > 300) return exact;
  static constexpr double scales[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,
                                      1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19};
  const auto size = static_cast<size_t>(std::abs(power));
  const double scale = size < std::size(scales) ? scales[size] : std::pow(10.0, static_cast<double>(size));
  const double read = power < 0 ? static_cast<double>(digits) / scale : static_cast<double>(digits) * scale;
  return std::copysign(read, exact);
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
    pieces.push_back({*text, read_score(*score)});
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

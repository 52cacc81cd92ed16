#include <limits>
#include <utility>

#include <fmt/format.h>

#include "tokenizers/bert_tokenizer.hpp"
#include "tokenizers/companions.hpp"
#include "tokenizers/json_file.hpp"

namespace weir {
namespace {

constexpr int64_t highest_id = std::numeric_limits<int32_t>::max();

// `type` must be the one that is built; what else the file may say is named.
Result<void> require_type(const JsonAt& part, std::string_view type) {
  if (part.is_null()) return part.unsupported(fmt::format("there is none; {} is what is built", type));
  if (auto done = part.object(); !done) return done;
  auto given = part["type"].string();
  if (!given) return fail(std::move(given.error()));
  if (*given == type) return {};
  return part["type"].unsupported(fmt::format("'{}' is not built yet; {} is", *given, type));
}

Result<BertNormalizer> read_normalizer(const JsonAt& part) {
  if (auto done = require_type(part, "BertNormalizer"); !done) return fail(std::move(done.error()));
  BertNormalizer normalizer;
  const auto clean = part["clean_text"].boolean(true);
  const auto chinese = part["handle_chinese_chars"].boolean(true);
  const auto lower = part["lowercase"].boolean(true);
  const auto accents = part["strip_accents"].boolean(lower.value_or(true));  // null follows lowercase
  for (const auto* flag : {&clean, &chinese, &lower, &accents})
    if (!*flag) return fail(flag->error());
  return BertNormalizer{*clean, *chinese, *accents, *lower};
}

Result<WordPiece> read_model(const JsonAt& part) {
  if (auto done = part.object(); !done) return fail(std::move(done.error()));
  // Files of tokenizers before 0.14 name no type; only WordPiece has this field.
  if (!part["type"].is_null() || part["continuing_subword_prefix"].is_null())
    if (auto done = require_type(part, "WordPiece"); !done) return fail(std::move(done.error()));
  const auto vocab = part["vocab"];
  if (auto done = vocab.object(); !done) return fail(std::move(done.error()));
  std::vector<std::pair<std::string, int64_t>> tokens;
  for (auto& token : vocab.names()) {
    const auto id = vocab[token].integer(0, highest_id);
    if (!id) return fail(id.error());
    tokens.emplace_back(std::move(token), *id);
  }
  auto vocabulary = Vocabulary::make(tokens, vocab.place());
  if (!vocabulary) return fail(std::move(vocabulary.error()));
  auto unk = part["unk_token"].string();
  if (!unk) return fail(std::move(unk.error()));
  auto prefix = part["continuing_subword_prefix"].is_null() ? Result<std::string>("##")
                                                            : part["continuing_subword_prefix"].string();
  if (!prefix) return fail(std::move(prefix.error()));
  const auto limit = part["max_input_chars_per_word"];
  const auto max_chars = limit.is_null() ? Result<int64_t>(100) : limit.integer(1, 1'000'000);
  if (!max_chars) return fail(max_chars.error());
  return WordPiece::make(std::move(*vocabulary), std::move(*unk), *prefix, static_cast<uint32_t>(*max_chars),
                         part["unk_token"].place());
}

Result<AddedToken> read_added_token(const JsonAt& at) {
  if (auto done = at.object(); !done) return fail(std::move(done.error()));
  AddedToken token;
  const auto id = at["id"].integer(0, highest_id);
  if (!id) return fail(id.error());
  auto content = at["content"].string();
  if (!content) return fail(std::move(content.error()));
  token.id = static_cast<int32_t>(*id);
  token.content = std::move(*content);
  const std::pair<std::string_view, bool*> flags[] = {{"single_word", &token.single_word},
                                                      {"lstrip", &token.lstrip},
                                                      {"rstrip", &token.rstrip},
                                                      {"special", &token.special},
                                                      {"normalized", &token.normalized}};
  for (const auto& [name, flag] : flags) {
    const auto value = at[name].boolean(name == "normalized" && !token.special);
    if (!value) return fail(value.error());
    *flag = *value;
  }
  return token;
}

Result<std::vector<AddedToken>> read_added(const JsonAt& list) {
  const auto count = list.array_size();
  if (!count) return fail(count.error());
  std::vector<AddedToken> tokens;
  for (size_t i = 0; i < *count; ++i) {
    auto token = read_added_token(list[i]);
    if (!token) return fail(std::move(token.error()));
    tokens.push_back(std::move(*token));
  }
  return tokens;
}

Result<std::vector<TemplatePart>> read_template(const JsonAt& list, const JsonAt& specials) {
  const auto count = list.array_size();
  if (!count) return fail(count.error());
  std::vector<TemplatePart> parts;
  for (size_t i = 0; i < *count; ++i) {
    const auto piece = list[i];
    const bool sequence = !piece["Sequence"].is_null();
    const auto inner = sequence ? piece["Sequence"] : piece["SpecialToken"];
    if (auto done = inner.object(); !done) return fail(std::move(done.error()));
    auto id = inner["id"].string();
    if (!id) return fail(std::move(id.error()));
    const auto type = inner["type_id"].integer(0, 1'000);
    if (!type) return fail(type.error());
    TemplatePart part;
    part.type_id = static_cast<int32_t>(*type);
    if (sequence) {
      if (*id != "A" && *id != "B") return inner["id"].wrong("\"A\" or \"B\"");
      part.kind = *id == "A" ? TemplatePart::Kind::first : TemplatePart::Kind::second;
    } else {
      const auto ids = specials[*id]["ids"];
      const auto size = ids.array_size();
      if (!size) return fail(size.error());
      if (*size == 0) return ids.wrong("the ids of this special token");
      for (size_t k = 0; k < *size; ++k) {
        const auto number = ids[k].integer(0, highest_id);
        if (!number) return fail(number.error());
        part.ids.push_back(static_cast<int32_t>(*number));
      }
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

// ["[SEP]", 102]
Result<int32_t> read_bert_special(const JsonAt& at) {
  const auto size = at.array_size();
  if (!size) return fail(size.error());
  if (*size != 2) return at.wrong("a token and its id");
  const auto id = at[size_t{1}].integer(0, highest_id);
  if (!id) return fail(id.error());
  return static_cast<int32_t>(*id);
}

Result<PostProcessor> read_post_processor(const JsonAt& part) {
  PostProcessor made;
  if (part.is_null()) return made;
  if (auto done = part.object(); !done) return fail(std::move(done.error()));
  auto type = part["type"].string();
  if (!type) return fail(std::move(type.error()));
  made.name = *type;
  using Kind = TemplatePart::Kind;
  if (*type == "BertProcessing") {
    const auto cls = read_bert_special(part["cls"]);
    const auto sep = read_bert_special(part["sep"]);
    if (!cls) return fail(cls.error());
    if (!sep) return fail(sep.error());
    made.single = {{Kind::special, 0, {*cls}}, {Kind::first, 0, {}}, {Kind::special, 0, {*sep}}};
    made.pair = made.single;
    made.pair.push_back({Kind::second, 1, {}});
    made.pair.push_back({Kind::special, 1, {*sep}});
    return made;
  }
  if (*type != "TemplateProcessing")
    return part["type"].unsupported(
        fmt::format("'{}' is not built yet; TemplateProcessing and BertProcessing are", *type));
  auto single = read_template(part["single"], part["special_tokens"]);
  if (!single) return fail(std::move(single.error()));
  auto pair = read_template(part["pair"], part["special_tokens"]);
  if (!pair) return fail(std::move(pair.error()));
  made.single = std::move(*single);
  made.pair = std::move(*pair);
  return made;
}

}  // namespace

Result<BertParts> read_tokenizer_json(const std::filesystem::path& dir) {
  const auto file = dir / "tokenizer.json";
  auto json = JsonAt::open(file);
  if (!json) return fail(std::move(json.error()));
  if (!*json) return fail(ErrorCode::not_found, fmt::format("{}: does not exist", file.string()));
  const JsonAt& root = **json;
  if (auto done = root.object(); !done) return fail(std::move(done.error()));
  auto companions = read_companions(dir);
  if (!companions) return fail(std::move(companions.error()));
  auto model = read_model(root["model"]);
  if (!model) return fail(std::move(model.error()));
  auto normalizer = read_normalizer(root["normalizer"]);
  if (!normalizer) return fail(std::move(normalizer.error()));
  if (auto done = require_type(root["pre_tokenizer"], "BertPreTokenizer"); !done) return fail(std::move(done.error()));
  auto post = read_post_processor(root["post_processor"]);
  if (!post) return fail(std::move(post.error()));
  auto added = read_added(root["added_tokens"]);
  if (!added) return fail(std::move(added.error()));
  BertParts parts{
      *normalizer,     std::move(*model), std::move(*post), std::move(*added), {}, companions->model_max_length,
      "tokenizer.json"};
  parts.special = companions->ids(parts.model.vocabulary());
  return parts;
}

}  // namespace weir

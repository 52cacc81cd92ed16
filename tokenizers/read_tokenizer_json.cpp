#include <algorithm>
#include <limits>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "tokenizers/companions.hpp"
#include "tokenizers/json_file.hpp"
#include "tokenizers/models/read_model.hpp"
#include "tokenizers/normalizers/read_normalizer.hpp"
#include "tokenizers/pipeline_tokenizer.hpp"
#include "tokenizers/pre_tokenizers/read_pre_tokenizer.hpp"

namespace weir {
namespace {

constexpr int64_t highest_id = std::numeric_limits<int32_t>::max();

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

// As Hugging Face numbers them: the model's id for a token that it knows, else the next one behind the vocabulary and
// the added tokens so far. What the file says is not asked.
class AddedIds {
 public:
  explicit AddedIds(const Vocabulary& vocabulary) : vocabulary_(vocabulary) {
    for (uint32_t id = 0; id < vocabulary.size(); ++id) next_ += vocabulary.token(static_cast<int32_t>(id)).has_value();
  }
  int32_t of(std::string_view content) {
    const auto known = vocabulary_.find(content);
    const int32_t id = known.value_or(next_);
    next_ = std::max(next_, id + 1);
    return id;
  }

 private:
  const Vocabulary& vocabulary_;
  int32_t next_ = 0;
};

Result<std::vector<AddedToken>> read_added(const JsonAt& list, const Vocabulary& vocabulary) {
  std::vector<AddedToken> tokens;
  if (list.is_null()) return tokens;
  std::unordered_map<std::string, size_t> at;
  AddedIds ids(vocabulary);
  const auto done = list.each_element([&](const JsonAt& item) -> Result<void> {
    auto token = read_added_token(item);
    if (!token) return fail(std::move(token.error()));
    if (token->content.empty()) return {};
    const auto [known, is_new] = at.emplace(token->content, tokens.size());
    if (is_new) {
      token->id = ids.of(token->content);
      tokens.push_back(std::move(*token));
    } else {
      token->id = tokens[known->second].id;
      tokens[known->second] = std::move(*token);
    }
    return {};
  });
  if (!done) return fail(done.error());
  return tokens;
}

}  // namespace

Result<TokenizerParts> read_tokenizer_json(const std::filesystem::path& dir) {
  const auto file = dir / "tokenizer.json";
  auto json = JsonAt::open(file);
  if (!json) return fail(std::move(json.error()));
  if (!*json) return fail(ErrorCode::not_found, fmt::format("{}: does not exist", file.string()));
  const JsonAt& root = **json;
  if (auto done = root.object(); !done) return fail(std::move(done.error()));
  auto companions = read_companions(dir);
  if (!companions) return fail(std::move(companions.error()));
  TokenizerParts parts;
  auto model = read_model(root["model"]);
  if (!model) return fail(std::move(model.error()));
  parts.model = std::move(*model);
  // Bytes reach a byte-level model as they are, unless something behind ByteLevel looks at their letters.
  const bool raw = ends_in_byte_level(root["pre_tokenizer"]) && parts.model->use_raw_bytes();
  const auto bytes = raw ? ByteForm::raw : ByteForm::letters;
  auto normalizer = read_normalizer(root["normalizer"]);
  if (!normalizer) return fail(std::move(normalizer.error()));
  auto pre_tokenizer = read_pre_tokenizer(root["pre_tokenizer"], bytes);
  if (!pre_tokenizer) return fail(std::move(pre_tokenizer.error()));
  auto post = read_post_processor(root["post_processor"]);
  if (!post) return fail(std::move(post.error()));
  auto added = read_added(root["added_tokens"], parts.model->vocabulary());
  if (!added) return fail(std::move(added.error()));
  parts.normalizer = std::move(*normalizer);
  parts.pre_tokenizer = std::move(*pre_tokenizer);
  parts.post_processor = std::move(*post);
  parts.added = std::move(*added);
  parts.model_max_length = companions->model_max_length;
  parts.special = companions->ids(parts.model->vocabulary());
  parts.file = "tokenizer.json";
  return parts;
}

}  // namespace weir

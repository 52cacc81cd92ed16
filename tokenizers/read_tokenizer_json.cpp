#include <utility>

#include <fmt/format.h>

#include "tokenizers/added_token_list.hpp"
#include "tokenizers/json_file.hpp"
#include "tokenizers/models/read_model.hpp"
#include "tokenizers/normalizers/read_normalizer.hpp"
#include "tokenizers/pipeline_tokenizer.hpp"
#include "tokenizers/pre_tokenizers/read_pre_tokenizer.hpp"
#include "tokenizers/tokenizer_config.hpp"

namespace weir {

Result<TokenizerParts> read_tokenizer_json(const std::filesystem::path& dir) {
  const auto file = dir / "tokenizer.json";
  auto json = JsonAt::open(file);
  if (!json) return fail(std::move(json.error()));
  if (!*json) return fail(ErrorCode::not_found, fmt::format("{}: does not exist", file.string()));
  const JsonAt& root = **json;
  if (auto done = root.object(); !done) return fail(std::move(done.error()));
  auto config = read_tokenizer_config(dir);
  if (!config) return fail(std::move(config.error()));
  config->name_as_bert();
  auto model = read_model(root["model"]);
  if (!model) return fail(std::move(model.error()));
  auto parts = read_parts(root, std::move(*model), std::move(*config));
  if (parts) parts->file = "tokenizer.json";
  return parts;
}

Result<TokenizerParts> read_parts(const JsonAt& root, std::unique_ptr<Model> model, TokenizerConfig config) {
  TokenizerParts parts;
  parts.model = std::move(model);
  // Bytes reach a byte-level model as they are, unless something behind ByteLevel looks at their letters.
  const bool raw = ends_in_byte_level(root["pre_tokenizer"]) && parts.model->use_raw_bytes();
  const auto bytes = raw ? ByteForm::raw : ByteForm::letters;
  auto normalizer = read_normalizer(root["normalizer"]);
  if (!normalizer) return fail(std::move(normalizer.error()));
  auto pre_tokenizer = read_pre_tokenizer(root["pre_tokenizer"], bytes);
  if (!pre_tokenizer) return fail(std::move(pre_tokenizer.error()));
  auto post = read_post_processor(root["post_processor"]);
  if (!post) return fail(std::move(post.error()));
  auto decoder = read_decoder(root["decoder"]);
  if (!decoder) return fail(std::move(decoder.error()));
  AddedTokenList added(parts.model->vocabulary());
  if (auto done = added.read(root["added_tokens"]); !done) return fail(std::move(done.error()));
  for (auto& token : config.added) added.add(std::move(token));
  const auto find = [&added](const std::string& token) { return added.find(token); };
  parts.normalizer = std::move(*normalizer);
  parts.pre_tokenizer = std::move(*pre_tokenizer);
  parts.post_processor = std::move(*post);
  parts.decoder = std::move(*decoder);
  parts.model_max_length = config.model_max_length;
  parts.special = config.ids(find);
  parts.added = std::move(added).take();
  return parts;
}

}  // namespace weir

#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "tokenizers/decoders/steps.hpp"
#include "tokenizers/models/wordpiece.hpp"
#include "tokenizers/normalizers/bert_normalizer.hpp"
#include "tokenizers/pipeline_tokenizer.hpp"
#include "tokenizers/pre_tokenizers/bert_pre_tokenizer.hpp"
#include "tokenizers/tokenizer_config.hpp"

namespace weir {

Result<TokenizerParts> read_vocab_txt(const std::filesystem::path& dir, TokenizerConfig config) {
  const auto file = dir / "vocab.txt";
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorCode::not_found, fmt::format("{}: has neither tokenizer.json nor vocab.txt", dir.string()));
  std::vector<std::pair<std::string, int64_t>> tokens;
  std::string line;
  while (std::getline(in, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty())
      return fail(ErrorCode::corrupt, fmt::format("{}:{}: an empty line; every line is a token and its number the id",
                                                  file.string(), tokens.size() + 1));
    tokens.emplace_back(line, static_cast<int64_t>(tokens.size()));
  }
  config.name_as_bert();
  const auto content = [&config](TokenRole role) -> const std::string& {
    return config.roles[static_cast<size_t>(role)]->content;
  };
  PrefixSet beginnings;
  auto vocabulary = Vocabulary::make(tokens, file.string(), &beginnings);
  if (!vocabulary) return fail(std::move(vocabulary.error()));
  const auto special = config.ids([&](const std::string& token) { return vocabulary->find(token); });
  auto model =
      WordPiece::make(std::move(*vocabulary), std::move(beginnings), content(TokenRole::unk), "##", 100, file.string());
  if (!model) return fail(std::move(model.error()));
  if (!special.cls || !special.sep)
    return fail(ErrorCode::corrupt, fmt::format("{}: '{}' or '{}', which stand around a text, are not in it",
                                                file.string(), content(TokenRole::cls), content(TokenRole::sep)));
  TokenizerParts parts;
  BertNormalizer::Options options;
  options.lowercase = config.do_lower_case.value_or(true);
  options.strip_accents = config.strip_accents.value_or(options.lowercase);
  options.handle_chinese_chars = config.tokenize_chinese_chars.value_or(true);
  parts.normalizer = std::make_unique<BertNormalizer>(options);
  parts.pre_tokenizer = std::make_unique<BertPreTokenizer>();
  parts.model = std::move(*model);
  parts.special = special;
  parts.file = "vocab.txt";
  parts.decoder = {{decoders::word_piece("##", true)}, "WordPiece"};
  using Kind = TemplatePart::Kind;
  parts.post_processor.name = "BertProcessing";
  parts.post_processor.single = {
      {Kind::special, 0, {*special.cls}}, {Kind::first, 0, {}}, {Kind::special, 0, {*special.sep}}};
  parts.post_processor.pair = parts.post_processor.single;
  parts.post_processor.pair.push_back({Kind::second, 1, {}});
  parts.post_processor.pair.push_back({Kind::special, 1, {*special.sep}});
  const std::pair<std::optional<int32_t>, const std::string*> added[] = {{special.unk, &content(TokenRole::unk)},
                                                                         {special.sep, &content(TokenRole::sep)},
                                                                         {special.pad, &content(TokenRole::pad)},
                                                                         {special.cls, &content(TokenRole::cls)},
                                                                         {special.mask, &content(TokenRole::mask)}};
  for (const auto& [id, content] : added)
    if (id) parts.added.push_back({*id, *content, false, false, false, false, true});
  return parts;
}

}  // namespace weir

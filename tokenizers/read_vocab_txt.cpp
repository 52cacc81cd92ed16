#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "tokenizers/companions.hpp"
#include "tokenizers/decoders/steps.hpp"
#include "tokenizers/models/wordpiece.hpp"
#include "tokenizers/normalizers/bert_normalizer.hpp"
#include "tokenizers/pipeline_tokenizer.hpp"
#include "tokenizers/pre_tokenizers/bert_pre_tokenizer.hpp"

namespace weir {

Result<TokenizerParts> read_vocab_txt(const std::filesystem::path& dir) {
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
  auto companions = read_companions(dir);
  if (!companions) return fail(std::move(companions.error()));
  auto vocabulary = Vocabulary::make(tokens, file.string());
  if (!vocabulary) return fail(std::move(vocabulary.error()));
  const auto special = companions->ids(*vocabulary);
  auto model = WordPiece::make(std::move(*vocabulary), companions->unk, "##", 100, file.string());
  if (!model) return fail(std::move(model.error()));
  if (!special.cls || !special.sep)
    return fail(ErrorCode::corrupt, fmt::format("{}: '{}' or '{}', which stand around a text, are not in it",
                                                file.string(), companions->cls, companions->sep));
  TokenizerParts parts;
  BertNormalizer::Options options;
  options.lowercase = companions->do_lower_case.value_or(true);
  options.strip_accents = companions->strip_accents.value_or(options.lowercase);
  options.handle_chinese_chars = companions->tokenize_chinese_chars.value_or(true);
  parts.normalizer = std::make_unique<BertNormalizer>(options);
  parts.pre_tokenizer = std::make_unique<BertPreTokenizer>();
  parts.model = std::move(*model);
  parts.special = special;
  parts.model_max_length = companions->model_max_length;
  parts.file = "vocab.txt";
  parts.decoder = {{decoders::word_piece("##", true)}, "WordPiece"};
  using Kind = TemplatePart::Kind;
  parts.post_processor.name = "BertProcessing";
  parts.post_processor.single = {
      {Kind::special, 0, {*special.cls}}, {Kind::first, 0, {}}, {Kind::special, 0, {*special.sep}}};
  parts.post_processor.pair = parts.post_processor.single;
  parts.post_processor.pair.push_back({Kind::second, 1, {}});
  parts.post_processor.pair.push_back({Kind::special, 1, {*special.sep}});
  const std::pair<std::optional<int32_t>, const std::string*> added[] = {{special.unk, &companions->unk},
                                                                         {special.sep, &companions->sep},
                                                                         {special.pad, &companions->pad},
                                                                         {special.cls, &companions->cls},
                                                                         {special.mask, &companions->mask}};
  for (const auto& [id, content] : added)
    if (id) parts.added.push_back({*id, *content, false, false, false, false, true});
  return parts;
}

}  // namespace weir

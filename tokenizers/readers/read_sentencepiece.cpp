#include "tokenizers/readers/read_sentencepiece.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "tokenizers/base64.hpp"
#include "tokenizers/models/bpe.hpp"
#include "tokenizers/models/unigram.hpp"
#include "tokenizers/normalizers/sentencepiece_normalizer.hpp"
#include "tokenizers/readers/derived_merges.hpp"
#include "tokenizers/readers/family_tokenizer.hpp"
#include "tokenizers/readers/sentencepiece_file.hpp"

namespace weir {
namespace {

using Piece = SentencePieceFile::Piece;
using Type = SentencePieceFile::PieceType;
using Role = TokenRole;

constexpr std::string_view blanks_to_marks = R"({"type":"Replace","pattern":{"String":" "},"content":"▁"})";
constexpr std::string_view byte_decoder =
    R"({"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},)"
    R"({"type":"ByteFallback"},{"type":"Fuse"}]})";
constexpr std::string_view byte_decoder_without_blank =
    R"({"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},)"
    R"({"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]})";

std::string sequence(const std::vector<std::string>& steps) {
  return fmt::format(R"({{"type":"Sequence","normalizers":[{}]}})", fmt::join(steps, ","));
}

std::string precompiled(const SentencePieceFile& file) {
  return fmt::format(R"({{"type":"Precompiled","precompiled_charsmap":"{}"}})", base64_text(file.charsmap));
}

// Control and user-defined pieces are looked for in texts; only the first are special.
std::vector<AddedToken> added_tokens(const SentencePieceFile& file) {
  std::vector<AddedToken> tokens;
  for (const auto& piece : file.pieces) {
    if (piece.type != Type::user_defined && piece.type != Type::control) continue;
    auto token = special_token(piece.text);
    token.special = piece.type == Type::control;
    tokens.push_back(std::move(token));
  }
  return tokens;
}

Result<Vocabulary> vocabulary_of(const SentencePieceFile& file) {
  std::vector<Vocabulary::Entry> entries;
  for (const auto& piece : file.pieces) entries.emplace_back(piece.text, static_cast<int64_t>(entries.size()));
  return Vocabulary::make(entries, file.place);
}

// `all`: pieces of every type merge, in the order of their ids, as in transformers' tokenizers; else the normal ones,
// by their scores, as in SentencePiece.
Result<std::unique_ptr<Model>> make_bpe(const SentencePieceFile& file, BpeOptions options, bool all) {
  auto vocabulary = vocabulary_of(file);
  if (!vocabulary) return fail(std::move(vocabulary.error()));
  auto merges = derived_merges(*vocabulary, SplitOrder::shortest_left);
  const auto is_odd = [&](int32_t id) { return file.pieces[static_cast<size_t>(id)].type != Type::normal; };
  if (!all) {
    std::erase_if(merges, [&](const Merge& m) { return is_odd(m.left) || is_odd(m.right) || is_odd(m.result); });
    const auto score = [&](const Merge& merge) { return file.pieces[static_cast<size_t>(merge.result)].score; };
    std::stable_sort(merges.begin(), merges.end(), [&](const Merge& a, const Merge& b) { return score(a) > score(b); });
  }
  options.fuse_unk = true;
  return Bpe::make(std::move(*vocabulary), std::move(merges), std::move(options), file.place);
}

std::vector<ScoredPiece> scored(const SentencePieceFile& file) {
  std::vector<ScoredPiece> pieces;
  for (const auto& piece : file.pieces) pieces.push_back({piece.text, piece.score});
  return pieces;
}

Result<Family> with_model(Result<std::unique_ptr<Model>> model) {
  if (!model) return fail(std::move(model.error()));
  Family family;
  family.model = std::move(*model);
  return family;
}

Result<Family> llama(const SentencePieceFile& file, TokenizerConfig& config) {
  config.name(Role::bos, "<s>");
  config.name(Role::eos, "</s>");
  config.name(Role::unk, "<unk>");
  BpeOptions options;
  options.byte_fallback = true;
  auto family = with_model(make_bpe(file, std::move(options), true));
  if (!family) return family;
  const bool prefix = config.add_prefix_space.value_or(true);
  family->pre_tokenizer = metaspace(!prefix ? "never" : config.legacy.value_or(false) ? "always" : "first", false);
  family->decoder = prefix ? byte_decoder_without_blank : byte_decoder;
  return family;
}

Result<Family> gemma(const SentencePieceFile& file, TokenizerConfig& config) {
  config.name(Role::bos, "<bos>");
  config.name(Role::eos, "<eos>");
  config.name(Role::pad, "<pad>");
  config.name(Role::mask, "<mask>");
  BpeOptions options;
  options.unk_token = config.name(Role::unk, "<unk>");
  options.byte_fallback = true;
  auto family = with_model(make_bpe(file, std::move(options), true));
  if (!family) return family;
  family->normalizer = blanks_to_marks;
  family->pre_tokenizer = R"({"type":"Split","pattern":{"String":" "},"behavior":"MergedWithPrevious","invert":false})";
  family->decoder = byte_decoder;
  return family;
}

// What T5, XLM-RoBERTa and ALBERT share: words between white space, with a blank in front of each.
Result<Family> unigram_words(const SentencePieceFile& file, const std::vector<ScoredPiece>& pieces, int32_t unk,
                             const TokenizerConfig& config, Surround surround) {
  auto family = with_model(Unigram::make(pieces, unk, false, file.place));
  if (!family) return family;
  const auto blank = metaspace(config.add_prefix_space.value_or(true) ? "always" : "never", true);
  if (!file.charsmap.empty()) family->normalizer = precompiled(file);
  family->pre_tokenizer =
      fmt::format(R"({{"type":"Sequence","pretokenizers":[{{"type":"WhitespaceSplit"}},{}]}})", blank);
  family->decoder = blank;
  family->surround = surround;
  return family;
}

Result<Family> t5(const SentencePieceFile& file, TokenizerConfig& config) {
  config.add_prefix_space.reset();  // always
  config.name(Role::eos, "</s>");
  config.name(Role::unk, "<unk>");
  config.name(Role::pad, "<pad>");
  constexpr size_t extra = 100;
  auto pieces = scored(file);
  std::array<std::string, extra> sentinels;
  for (size_t i = 0; i < extra; ++i) {
    sentinels[i] = fmt::format("<extra_id_{}>", extra - 1 - i);
    pieces.push_back({sentinels[i], 0.0});
    config.further.push_back(special_token(sentinels[i]));
  }
  return unigram_words(file, pieces, 2, config, Surround::eos_each);
}

Result<Family> xlm_roberta(const SentencePieceFile& file, TokenizerConfig& config) {
  // fairseq's order: its four special tokens for the first three pieces, and <mask> at the end.
  std::vector<ScoredPiece> pieces = {{config.name(Role::bos, "<s>")},
                                     {config.name(Role::pad, "<pad>")},
                                     {config.name(Role::eos, "</s>")},
                                     {config.name(Role::unk, "<unk>")}};
  config.name(Role::sep, "</s>");
  config.name(Role::cls, "<s>");
  const auto own = scored(file);
  if (own.size() > 3) pieces.insert(pieces.end(), own.begin() + 3, own.end());
  pieces.push_back({config.name(Role::mask, "<mask>")});
  return unigram_words(file, pieces, 3, config, Surround::bos_eos);
}

Result<Family> albert(const SentencePieceFile& file, TokenizerConfig& config) {
  for (const auto& [role, name] :
       {std::pair(Role::bos, "[CLS]"), std::pair(Role::eos, "[SEP]"), std::pair(Role::unk, "<unk>"),
        std::pair(Role::sep, "[SEP]"), std::pair(Role::pad, "<pad>"), std::pair(Role::cls, "[CLS]"),
        std::pair(Role::mask, "[MASK]")})
    config.name(role, name);
  auto family = unigram_words(file, scored(file), 1, config, Surround::cls_sep);
  if (!family) return family;
  std::vector<std::string> steps = {R"({"type":"Replace","pattern":{"String":"``"},"content":"\""})",
                                    R"({"type":"Replace","pattern":{"String":"''"},"content":"\""})"};
  if (!config.keep_accents.value_or(false))
    steps.insert(steps.end(), {R"({"type":"NFKD"})", R"({"type":"StripAccents"})"});
  if (config.do_lower_case.value_or(true)) steps.emplace_back(R"({"type":"Lowercase"})");
  if (!file.charsmap.empty()) steps.push_back(precompiled(file));
  family->normalizer = sequence(steps);
  return family;
}

void name_by_file(const SentencePieceFile& file, TokenizerConfig& config) {
  if (file.bos_id >= 0) config.name(Role::bos, file.bos_piece);
  if (file.eos_id >= 0) config.name(Role::eos, file.eos_piece);
  config.name(Role::unk, file.unk_piece);
}

// transformers' class for models that name none of its own: the spec of the normalizer counts for its map alone.
Result<Family> tokenizers_backend(const SentencePieceFile& file, TokenizerConfig& config) {
  name_by_file(file, config);
  BpeOptions options;
  options.unk_token = file.unk_piece;
  options.byte_fallback = file.byte_fallback;
  auto family = with_model(
      file.kind == SentencePieceFile::Kind::bpe
          ? make_bpe(file, std::move(options), true)
          : Result<std::unique_ptr<Model>>(Unigram::make(scored(file), file.unk_id, file.byte_fallback, file.place)));
  if (!family) return family;
  std::vector<std::string> steps;
  if (!file.charsmap.empty()) steps.push_back(precompiled(file));
  steps.emplace_back(blanks_to_marks);
  family->normalizer = sequence(steps);
  family->decoder = byte_decoder;
  return family;
}

// No configuration at all: the ids that SentencePiece itself gives. A model of pairs never joins a user-defined piece
// with its neighbours, one of scores finds it by its score.
Result<Family> sentencepiece(const SentencePieceFile& file, TokenizerConfig& config) {
  name_by_file(file, config);
  const bool bpe = file.kind == SentencePieceFile::Kind::bpe;
  std::vector<std::string_view> kept;
  std::vector<AddedToken> cut_out;
  for (const auto& piece : file.pieces) {
    if (piece.type == Type::unused && bpe)
      return fail(ErrorCode::unsupported, fmt::format("{}: the unused piece '{}' is not built where no "
                                                      "tokenizer_config.json names a class",
                                                      file.place, piece.text));
    if (piece.type != Type::user_defined) continue;
    kept.push_back(piece.text);
    if (!bpe) continue;
    auto token = special_token(piece.text);
    token.special = false;
    token.normalized = true;
    cut_out.push_back(std::move(token));
  }
  BpeOptions options;
  options.unk_token = file.unk_piece;
  options.byte_fallback = file.byte_fallback;
  std::vector<ScoredPiece> pieces = scored(file);
  for (size_t id = 0; id < pieces.size(); ++id) {
    const auto type = file.pieces[id].type;
    pieces[id].in_texts = type == Type::normal || type == Type::user_defined;
  }
  auto family = with_model(bpe ? make_bpe(file, std::move(options), false)
                               : Result<std::unique_ptr<Model>>(Unigram::make(pieces, file.unk_id, file.byte_fallback,
                                                                              file.place, UnigramSums::sentencepiece)));
  if (!family) return family;
  auto normalizer = SentencePieceNormalizer::make(
      file.charsmap, kept, {file.add_dummy_prefix, file.remove_extra_whitespaces, file.escape_whitespaces});
  if (!normalizer) return fail(ErrorCode::corrupt, fmt::format("{}: {}", file.place, normalizer.error().message));
  family->own_normalizer = std::move(*normalizer);
  family->normal_forms = false;
  family->roles_in_texts = false;  // control pieces are not looked for
  family->tokens = std::move(cut_out);
  family->decoder = file.add_dummy_prefix ? byte_decoder_without_blank : byte_decoder;
  return family;
}

struct Maker {
  std::string_view tokenizer_class;
  Result<Family> (*make)(const SentencePieceFile&, TokenizerConfig&);
};
constexpr Maker makers[] = {{"", sentencepiece},
                            {"AlbertTokenizer", albert},
                            {"GemmaTokenizer", gemma},
                            {"LlamaTokenizer", llama},
                            {"PreTrainedTokenizer", tokenizers_backend},
                            {"T5Tokenizer", t5},
                            {"TokenizersBackend", tokenizers_backend},
                            {"XLMRobertaTokenizer", xlm_roberta}};

}  // namespace

Result<TokenizerParts> read_sentencepiece(const std::filesystem::path& path, TokenizerConfig config) {
  const auto file = read_sentencepiece_file(path);
  if (!file) return fail(file.error());
  for (const auto& [name, make] : makers) {
    if (name != config.tokenizer_class) continue;
    auto family = make(*file, config);
    if (!family) return fail(std::move(family.error()));
    if (!name.empty()) family->tokens = added_tokens(*file);
    return make_family_tokenizer(std::move(*family), config, path);
  }
  return fail(ErrorCode::unsupported,
              fmt::format("{}: tokenizer_config.json's class {} is not built for SentencePiece files; built are "
                          "LlamaTokenizer, GemmaTokenizer, T5Tokenizer, XLMRobertaTokenizer, AlbertTokenizer. A "
                          "tokenizer.json, as transformers saves it, is read for every class",
                          path.string(), config.tokenizer_class));
}

}  // namespace weir

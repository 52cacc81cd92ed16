#include "tokenizers/readers/read_tiktoken.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tokenizers/base64.hpp"
#include "tokenizers/byte_alphabet.hpp"
#include "tokenizers/models/bpe.hpp"
#include "tokenizers/readers/derived_merges.hpp"
#include "tokenizers/readers/family_tokenizer.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

// Digits in threes, or one by one.
constexpr const char* llama3_pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* qwen_pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr size_t llama3_ranks = 128'000;
constexpr size_t qwen_ranks = 151'643;

std::string letters_of(std::string_view bytes) {
  std::string letters;
  for (char byte : bytes) utf8::append(letters, byte_letters[static_cast<unsigned char>(byte)]);
  return letters;
}

Result<std::vector<std::pair<std::string, int64_t>>> read_ranks(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorCode::io_error, fmt::format("{}: cannot be read", file.string()));
  std::vector<std::pair<std::string, int64_t>> tokens;
  std::string line;
  for (size_t number = 1; std::getline(in, line); ++number) {
    if (line.empty()) continue;
    const size_t space = std::min(line.find(' '), line.size());
    const auto bytes = base64_bytes(std::string_view(line).substr(0, space));
    const char* const end = line.data() + line.size() - (line.ends_with('\r') ? 1 : 0);
    int64_t rank = 0;
    const auto [parsed, error] = std::from_chars(line.data() + std::min(space + 1, line.size()), end, rank);
    if (!bytes || bytes->empty() || error != std::errc() || parsed != end)
      return fail(ErrorCode::corrupt,
                  fmt::format("{}:{}: should be a token in base64, a blank and its rank", file.string(), number));
    tokens.emplace_back(letters_of(*bytes), rank);
  }
  if (tokens.empty()) return fail(ErrorCode::corrupt, fmt::format("{}: holds no ranks", file.string()));
  return tokens;
}

std::string splitting(const char* pattern) {
  const nlohmann::json steps = {
      {{"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Isolated"}, {"invert", false}},
      {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", false}}};
  return nlohmann::json{{"type", "Sequence"}, {"pretokenizers", steps}}.dump();
}

// Of Meta's tokenizer.py: 256 in all.
std::vector<AddedToken> llama3_tokens() {
  std::vector<AddedToken> tokens;
  for (const char* name :
       {"begin_of_text", "end_of_text", "reserved_special_token_0", "reserved_special_token_1", "finetune_right_pad_id",
        "step_id", "start_header_id", "end_header_id", "eom_id", "eot_id", "python_tag", "image"})
    tokens.push_back(special_token(fmt::format("<|{}|>", name)));
  for (size_t i = 2; tokens.size() < 256; ++i)
    tokens.push_back(special_token(fmt::format("<|reserved_special_token_{}|>", i)));
  return tokens;
}

// Of Qwen's tokenization_qwen.py.
std::vector<AddedToken> qwen_tokens() {
  std::vector<AddedToken> tokens;
  for (const char* name : {"<|endoftext|>", "<|im_start|>", "<|im_end|>"}) tokens.push_back(special_token(name));
  for (int i = 0; i < 205; ++i) tokens.push_back(special_token(fmt::format("<|extra_{}|>", i)));
  return tokens;
}

// transformers puts a reserved token wherever added_tokens_decoder leaves out an id behind the ranks.
std::vector<AddedToken> configured_tokens(const TokenizerConfig& config, size_t ranks) {
  std::vector<AddedToken> tokens;
  const int32_t last = config.added.empty() ? -1 : config.added.back().id;
  size_t next = 0;
  for (auto id = static_cast<int32_t>(ranks); id <= last; ++id) {
    while (config.added[next].id < id) ++next;
    tokens.push_back(special_token(config.added[next].id == id ? config.added[next].content
                                                               : fmt::format("<|reserved_token_{}|>", id)));
  }
  return tokens;
}

}  // namespace

Result<TokenizerParts> read_tiktoken(const std::filesystem::path& file, TokenizerConfig config) {
  const auto tokens = read_ranks(file);
  if (!tokens) return fail(tokens.error());
  const size_t ranks = tokens->size();
  const bool known_class = config.tokenizer_class == "TokenizersBackend" ||
                           config.tokenizer_class == "PreTrainedTokenizer" ||
                           config.tokenizer_class == "LlamaTokenizer";
  const bool qwen = ranks == qwen_ranks && !known_class;
  if (!known_class && !qwen && ranks != llama3_ranks)
    return fail(ErrorCode::unsupported,
                fmt::format("{}: {} ranks, which is neither Llama 3 ({}) nor Qwen ({}): how its texts are split is not "
                            "known. A tokenizer.json, as transformers saves it, says so",
                            file.string(), ranks, llama3_ranks, qwen_ranks));
  auto vocabulary = Vocabulary::make(*tokens, file.string());
  if (!vocabulary) return fail(std::move(vocabulary.error()));
  auto merges = derived_merges(*vocabulary, SplitOrder::lowest_ids);
  BpeOptions options;
  options.ignore_merges = true;
  auto model = Bpe::make(std::move(*vocabulary), std::move(merges), std::move(options), file.string());
  if (!model) return fail(std::move(model.error()));
  Family family;
  family.model = std::move(*model);
  if (qwen) family.normalizer = R"({"type":"NFC"})";
  family.pre_tokenizer = splitting(qwen ? qwen_pattern : llama3_pattern);
  family.decoder = R"({"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true})";
  if (known_class) {
    // They come before all others, with the flags that transformers gives them.
    family.tokens = configured_tokens(config, ranks);
    for (auto& token : config.added) {
      const auto same = [&](const AddedToken& other) { return other.content == token.content; };
      if (std::any_of(family.tokens.begin(), family.tokens.end(), same)) token.content.clear();
    }
  } else {
    family.tokens = qwen ? qwen_tokens() : llama3_tokens();
    if (!qwen) {
      config.name(TokenRole::bos, "<|begin_of_text|>");
      config.name(TokenRole::eos, "<|end_of_text|>");
    } else {
      config.name(TokenRole::eos, "<|endoftext|>");
    }
  }
  return make_family_tokenizer(std::move(family), config, file);
}

}  // namespace weir

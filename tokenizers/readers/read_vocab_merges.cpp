#include "tokenizers/readers/read_vocab_merges.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tokenizers/byte_alphabet.hpp"
#include "tokenizers/json_file.hpp"
#include "tokenizers/models/bpe.hpp"
#include "tokenizers/readers/family_tokenizer.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

using nlohmann::json;
using Role = TokenRole;

constexpr std::string_view end_of_word = "</w>";
constexpr std::string_view byte_decoder =
    R"({"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true})";

json byte_level(bool prefix, bool regex) {
  return {{"type", "ByteLevel"}, {"add_prefix_space", prefix}, {"trim_offsets", true}, {"use_regex", regex}};
}

json split(const char* pattern, const char* behavior, bool invert) {
  return {{"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", behavior}, {"invert", invert}};
}

// The text of merges.txt, kept for the views into it, and its lines.
struct MergeLines {
  std::unique_ptr<std::string> text;
  std::vector<MergePair> pairs;
};

Result<MergeLines> read_merge_lines(const std::filesystem::path& file, size_t from, size_t most) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorCode::not_found, fmt::format("{}: cannot be read", file.string()));
  MergeLines made;
  made.text = std::make_unique<std::string>((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  std::string_view rest = *made.text;
  for (size_t number = 1; !rest.empty() && made.pairs.size() < most; ++number) {
    auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (number < from || line.starts_with("#version")) continue;
    const size_t space = line.find(' ');
    if (space == std::string_view::npos || line.find(' ', space + 1) != std::string_view::npos)
      return fail(ErrorCode::corrupt,
                  fmt::format("{}:{}: should be two tokens with a blank between", file.string(), number));
    made.pairs.emplace_back(line.substr(0, space), line.substr(space + 1));
  }
  return made;
}

Result<Vocabulary> read_vocab_json(const std::filesystem::path& file) {
  const auto root = JsonAt::open(file);
  if (!root) return fail(root.error());
  if (!*root) return fail(ErrorCode::not_found, fmt::format("{}: does not exist", file.string()));
  const auto entries = (*root)->integers(0, std::numeric_limits<int32_t>::max());
  if (!entries) return fail(entries.error());
  return Vocabulary::make(*entries, (*root)->place());
}

BpeOptions gpt2(Family& family, TokenizerConfig& config) {
  config.name(Role::bos, "<|endoftext|>");
  config.name(Role::eos, "<|endoftext|>");
  config.name(Role::unk, "<|endoftext|>");
  family.pre_tokenizer = byte_level(config.add_prefix_space.value_or(false), true).dump();
  return {};
}

BpeOptions roberta(Family& family, TokenizerConfig& config) {
  for (const auto& [role, name] :
       {std::pair(Role::bos, "<s>"), std::pair(Role::eos, "</s>"), std::pair(Role::unk, "<unk>"),
        std::pair(Role::sep, "</s>"), std::pair(Role::pad, "<pad>"), std::pair(Role::cls, "<s>"),
        std::pair(Role::mask, "<mask>")})
    config.name(role, name);
  family.pre_tokenizer = byte_level(config.add_prefix_space.value_or(false), true).dump();
  family.surround = Surround::roberta;
  family.trim_offsets = config.trim_offsets.value_or(true);
  return {};
}

BpeOptions clip(Family& family, TokenizerConfig& config) {
  config.name(Role::bos, "<|startoftext|>");
  config.name(Role::eos, "<|endoftext|>");
  config.name(Role::pad, "<|endoftext|>");
  BpeOptions options;
  options.unk_token = config.name(Role::unk, "<|endoftext|>");
  options.end_of_word_suffix = end_of_word;
  family.normalizer = json{{"type", "Sequence"},
                           {"normalizers",
                            {{{"type", "NFC"}},
                             {{"type", "Replace"}, {"pattern", {{"Regex", R"(\s+)"}}}, {"content", " "}},
                             {{"type", "Lowercase"}}}}}
                          .dump();
  constexpr auto pattern =
      R"(<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+)";
  family.pre_tokenizer =
      json{{"type", "Sequence"}, {"pretokenizers", {split(pattern, "Removed", true), byte_level(false, true)}}}.dump();
  family.surround = Surround::clip;
  return options;
}

BpeOptions qwen2(Family& family, TokenizerConfig& config) {
  config.name(Role::eos, "<|endoftext|>");
  config.name(Role::unk, "<|endoftext|>");
  config.name(Role::pad, "<|endoftext|>");
  constexpr auto pattern =
      R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
  family.normalizer = R"({"type":"NFC"})";
  family.pre_tokenizer =
      json{{"type", "Sequence"},
           {"pretokenizers",
            {split(pattern, "Isolated", false), byte_level(config.add_prefix_space.value_or(false), false)}}}
          .dump();
  return {};
}

struct Maker {
  std::string_view tokenizer_class;
  BpeOptions (*make)(Family&, TokenizerConfig&);
};
constexpr Maker makers[] = {
    {"GPT2Tokenizer", gpt2}, {"RobertaTokenizer", roberta}, {"CLIPTokenizer", clip}, {"Qwen2Tokenizer", qwen2}};

}  // namespace

Result<TokenizerParts> read_vocab_merges(const std::filesystem::path& dir, TokenizerConfig config) {
  const auto* maker = std::find_if(std::begin(makers), std::end(makers),
                                   [&](const Maker& m) { return m.tokenizer_class == config.tokenizer_class; });
  if (maker == std::end(makers))
    return fail(ErrorCode::unsupported,
                fmt::format("{}: {} for vocab.json and merges.txt; built are GPT2Tokenizer, RobertaTokenizer, "
                            "CLIPTokenizer, Qwen2Tokenizer. A tokenizer.json, as transformers saves it, is read for "
                            "every class",
                            (dir / "tokenizer_config.json").string(),
                            config.tokenizer_class.empty() ? "names no tokenizer_class"
                                                           : "class " + config.tokenizer_class + " is not built"));
  auto vocabulary = read_vocab_json(dir / "vocab.json");
  if (!vocabulary) return fail(std::move(vocabulary.error()));
  const auto merges = read_merge_lines(dir / "merges.txt", 1, MergeTable::none);
  if (!merges) return fail(merges.error());
  Family family;
  family.decoder = byte_decoder;
  auto options = maker->make(family, config);
  auto model = Bpe::make(std::move(*vocabulary), merges->pairs, std::move(options), (dir / "merges.txt").string());
  if (!model) return fail(std::move(model.error()));
  family.model = std::move(*model);
  return make_family_tokenizer(std::move(family), config, dir / "vocab.json");
}

Result<TokenizerParts> read_clip_merges(const std::filesystem::path& file, TokenizerConfig config) {
  constexpr size_t merge_count = 49152 - 256 - 2;  // the file holds more
  const auto merges = read_merge_lines(file, 2, merge_count);
  if (!merges) return fail(merges.error());
  // The letters in the order of their code points, in both forms; then a token a merge.
  std::vector<std::string> letters;
  for (char16_t letter : byte_letters) utf8::append(letters.emplace_back(), letter);
  std::sort(letters.begin(), letters.end());
  std::vector<std::pair<std::string, int64_t>> tokens;
  const auto add = [&](std::string token) {
    tokens.emplace_back(std::move(token), static_cast<int64_t>(tokens.size()));
  };
  for (const auto& letter : letters) add(letter);
  for (const auto& letter : letters) add(letter + std::string(end_of_word));
  for (const auto& [left, right] : merges->pairs) add(std::string(left) + std::string(right));
  add("<|startoftext|>");
  add("<|endoftext|>");
  auto vocabulary = Vocabulary::make(tokens, file.string());
  if (!vocabulary) return fail(std::move(vocabulary.error()));
  if (config.tokenizer_class.empty()) config.tokenizer_class = "CLIPTokenizer";
  Family family;
  family.decoder = byte_decoder;
  auto options = clip(family, config);
  auto model = Bpe::make(std::move(*vocabulary), merges->pairs, std::move(options), file.string());
  if (!model) return fail(std::move(model.error()));
  family.model = std::move(*model);
  return make_family_tokenizer(std::move(family), config, file);
}

}  // namespace weir

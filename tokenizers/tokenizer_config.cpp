#include "tokenizers/tokenizer_config.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "tokenizers/added_token_list.hpp"
#include "tokenizers/json_file.hpp"

namespace weir {
namespace {

constexpr std::array<std::string_view, 7> role_names = {"bos_token", "eos_token", "unk_token", "sep_token",
                                                        "pad_token", "cls_token", "mask_token"};

constexpr int64_t no_limit = 10'000'000;  // transformers writes 1e30 for "none"

// A special token as a string, or as an object with its flags.
Result<AddedToken> read_special(const JsonAt& at) {
  if (at.is_object()) return read_added_token(at, true);
  auto content = at.string();
  if (!content) return fail(std::move(content.error()));
  return special_token(std::move(*content));
}

Result<void> read_roles(const JsonAt& root, TokenizerConfig& config) {
  for (size_t role = 0; role < role_names.size(); ++role) {
    const auto at = root[role_names[role]];
    if (at.is_null()) continue;
    auto token = read_special(at);
    if (!token) return fail(std::move(token.error()));
    token->special = true;
    config.roles[role] = std::move(*token);
  }
  for (const char* name : {"additional_special_tokens", "extra_special_tokens"}) {
    const auto list = root[name];
    if (!list.is_array()) continue;
    auto done = list.each_element([&](const JsonAt& at) -> Result<void> {
      auto token = read_special(at);
      if (!token) return fail(std::move(token.error()));
      config.further.push_back(std::move(*token));
      return {};
    });
    if (!done) return done;
  }
  return {};
}

// {"32000": {"content": "<image>", ...}}
Result<void> read_added(const JsonAt& members, TokenizerConfig& config) {
  if (members.is_null()) return {};
  auto done = members.each_member([&](std::string_view id, const JsonAt& at) -> Result<void> {
    auto token = read_added_token(at);
    if (!token) return fail(std::move(token.error()));
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), token->id);
    if (error != std::errc() || end != id.data() + id.size() || token->id < 0) return at.wrong("a token by its id");
    config.added.push_back(std::move(*token));
    return {};
  });
  std::stable_sort(config.added.begin(), config.added.end(),
                   [](const AddedToken& a, const AddedToken& b) { return a.id < b.id; });
  return done;
}

Result<void> read_flags(const JsonAt& root, TokenizerConfig& config) {
  const std::pair<std::string_view, std::optional<bool>*> flags[] = {
      {"legacy", &config.legacy},
      {"add_prefix_space", &config.add_prefix_space},
      {"add_bos_token", &config.add_bos_token},
      {"add_eos_token", &config.add_eos_token},
      {"do_lower_case", &config.do_lower_case},
      {"strip_accents", &config.strip_accents},
      {"tokenize_chinese_chars", &config.tokenize_chinese_chars},
      {"keep_accents", &config.keep_accents},
      {"trim_offsets", &config.trim_offsets}};
  for (const auto& [name, into] : flags) {
    const auto at = root[name];
    if (at.is_null()) continue;
    const auto flag = at.boolean(false);
    if (!flag) return fail(flag.error());
    *into = *flag;
  }
  return {};
}

// The tokenizer of a model whose tokenizer_config.json names none.
std::string_view class_of_model(std::string_view model_type) {
  constexpr std::pair<std::string_view, std::string_view> classes[] = {{"albert", "AlbertTokenizer"},
                                                                       {"clip", "CLIPTokenizer"},
                                                                       {"clip_text_model", "CLIPTokenizer"},
                                                                       {"gemma", "GemmaTokenizer"},
                                                                       {"gemma2", "GemmaTokenizer"},
                                                                       {"gemma3", "GemmaTokenizer"},
                                                                       {"gemma3_text", "GemmaTokenizer"},
                                                                       {"gpt2", "GPT2Tokenizer"},
                                                                       {"llama", "LlamaTokenizer"},
                                                                       {"qwen2", "Qwen2Tokenizer"},
                                                                       {"qwen3", "Qwen2Tokenizer"},
                                                                       {"roberta", "RobertaTokenizer"},
                                                                       {"t5", "T5Tokenizer"},
                                                                       {"xlm-roberta", "XLMRobertaTokenizer"}};
  for (const auto& [type, tokenizer] : classes)
    if (type == model_type) return tokenizer;
  return {};
}

}  // namespace

AddedToken special_token(std::string content) {
  AddedToken token;
  token.content = std::move(content);
  token.special = true;
  token.normalized = false;
  return token;
}

const std::string& TokenizerConfig::name(TokenRole role, std::string_view fallback) {
  auto& token = roles[static_cast<size_t>(role)];
  if (!token) token = special_token(std::string(fallback));
  return token->content;
}

std::vector<AddedToken> TokenizerConfig::all_added(const std::vector<AddedToken>& own) const {
  std::vector<AddedToken> all;
  const auto add = [&](const AddedToken& token) {
    const auto same = [&](const AddedToken& other) { return other.content == token.content; };
    if (!token.content.empty() && std::none_of(all.begin(), all.end(), same)) all.push_back(token);
  };
  const auto has_role = [&](const AddedToken& token) {
    return std::any_of(roles.begin(), roles.end(),
                       [&](const auto& role) { return role && role->content == token.content; });
  };
  for (auto token : added) {
    token.special = token.special || has_role(token);
    add(token);
  }
  for (const auto& role : roles)
    if (role) add(*role);
  for (const auto& token : own) add(token);
  for (const auto& token : further) add(token);
  return all;
}

void TokenizerConfig::name_as_bert() {
  for (const auto& [role, content] :
       {std::pair(TokenRole::unk, "[UNK]"), std::pair(TokenRole::cls, "[CLS]"), std::pair(TokenRole::sep, "[SEP]"),
        std::pair(TokenRole::pad, "[PAD]"), std::pair(TokenRole::mask, "[MASK]")})
    name(role, content);
}

SpecialIds TokenizerConfig::ids(const std::function<std::optional<int32_t>(const std::string&)>& find) const {
  const auto id = [&](TokenRole role) {
    const auto& token = roles[static_cast<size_t>(role)];
    return token ? find(token->content) : std::nullopt;
  };
  return {id(TokenRole::unk),  id(TokenRole::cls), id(TokenRole::sep), id(TokenRole::pad),
          id(TokenRole::mask), id(TokenRole::bos), id(TokenRole::eos)};
}

Result<TokenizerConfig> read_tokenizer_config(const std::filesystem::path& dir) {
  TokenizerConfig config;
  const auto file = JsonAt::open(dir / "tokenizer_config.json");
  if (!file) return fail(file.error());
  bool lists_added = false;
  if (*file) {
    const JsonAt& root = **file;
    if (auto done = root.object(); !done) return fail(std::move(done.error()));
    if (auto done = read_roles(root, config); !done) return fail(std::move(done.error()));
    if (auto done = read_flags(root, config); !done) return fail(std::move(done.error()));
    lists_added = !root["added_tokens_decoder"].is_null();
    if (auto done = read_added(root["added_tokens_decoder"], config); !done) return fail(std::move(done.error()));
    if (const auto at = root["tokenizer_class"]; !at.is_null()) {
      auto named = at.string();
      if (!named) return fail(std::move(named.error()));
      config.tokenizer_class = named->ends_with("Fast") ? named->substr(0, named->size() - 4) : *named;
    }
    const auto length = root["model_max_length"].number();
    if (length && *length >= 1 && *length < no_limit) config.model_max_length = static_cast<uint32_t>(*length);
  }
  if (!lists_added) {
    const auto map = JsonAt::open(dir / "special_tokens_map.json");
    if (!map) return fail(map.error());
    if (*map) {
      if (auto done = (**map).object(); !done) return fail(std::move(done.error()));
      if (auto done = read_roles(**map, config); !done) return fail(std::move(done.error()));
    }
  }
  if (config.tokenizer_class.empty()) {
    const auto json = JsonAt::open(dir / "config.json");
    if (!json) return fail(json.error());
    if (*json) config.tokenizer_class = class_of_model((**json)["model_type"].view().value_or(""));
  }
  return config;
}

}  // namespace weir

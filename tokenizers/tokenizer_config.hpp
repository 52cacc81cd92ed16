#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "tokenizers/added_tokens.hpp"
#include "tokenizers/tokenizer.hpp"

namespace weir {

// The special tokens that tokenizer_config.json may name, in the order in which transformers adds them.
enum class TokenRole : uint8_t { bos, eos, unk, sep, pad, cls, mask };

// What tokenizer_config.json and special_tokens_map.json say beside a tokenizer's own files. All of it may be absent.
struct TokenizerConfig {
  std::string tokenizer_class;                     // without "Fast"
  std::array<std::optional<AddedToken>, 7> roles;  // by TokenRole; their ids are open
  std::vector<AddedToken> added;                   // added_tokens_decoder, by id
  std::vector<AddedToken> further;                 // additional_special_tokens, extra_special_tokens
  std::optional<uint32_t> model_max_length;        // absent when it is "no limit"
  std::optional<bool> do_lower_case, strip_accents, tokenize_chinese_chars;  // for vocab.txt
  // For other files without a tokenizer.json; beside one, transformers 5 does not ask add_bos_token and add_eos_token.
  std::optional<bool> legacy, add_prefix_space, add_bos_token, add_eos_token, keep_accents, trim_offsets;

  // A role's token; what the family calls it when the files do not say.
  const std::string& name(TokenRole role, std::string_view fallback);
  // Names those of BERT that the files do not name.
  void name_as_bert();
  // The ids of the roles that have names.
  SpecialIds ids(const std::function<std::optional<int32_t>(const std::string&)>& find) const;
  // All tokens to look for in texts, in the order in which transformers adds them: `own` are those of the model's file.
  std::vector<AddedToken> all_added(const std::vector<AddedToken>& own) const;
};

// As transformers 5.23: special_tokens_map.json is older than `added_tokens_decoder` and is not asked beside it;
// without it, it outranks tokenizer_config.json. The class comes from config.json's model_type when no file names one.
Result<TokenizerConfig> read_tokenizer_config(const std::filesystem::path& dir);

// A token that transformers knows by its text alone.
AddedToken special_token(std::string content);

}  // namespace weir

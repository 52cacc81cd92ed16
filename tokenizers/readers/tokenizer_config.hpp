#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "tokenizers/added_tokens.hpp"

namespace weir {

// The special tokens that tokenizer_config.json may name, in the order in which transformers adds them.
enum class TokenRole : uint8_t { bos, eos, unk, sep, pad, cls, mask };

// What tokenizer_config.json, special_tokens_map.json and added_tokens.json say about a tokenizer that has no
// tokenizer.json. All of it may be absent.
struct TokenizerConfig {
  std::string tokenizer_class;                     // without "Fast"
  std::array<std::optional<AddedToken>, 7> roles;  // by TokenRole; their ids are open
  std::vector<AddedToken> added;                   // added_tokens_decoder, by id
  std::vector<AddedToken> further;                 // additional_special_tokens, extra_special_tokens
  std::optional<bool> legacy, add_prefix_space, add_bos_token, add_eos_token, do_lower_case, keep_accents, trim_offsets;

  // A role's token; what the family calls it when the files do not say.
  const std::string& name(TokenRole role, std::string_view fallback);
  // All tokens to look for in texts, in the order in which transformers adds them: `own` are those of the model's file.
  std::vector<AddedToken> all_added(const std::vector<AddedToken>& own) const;
};

Result<TokenizerConfig> read_tokenizer_config(const std::filesystem::path& dir);

// A token that transformers knows by its text alone.
AddedToken special_token(std::string content);

}  // namespace weir

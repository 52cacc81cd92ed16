#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "tokenizers/pipeline_tokenizer.hpp"
#include "tokenizers/tokenizer_config.hpp"

namespace weir {

// What stands around texts.
enum class Surround : uint8_t {
  as_configured,  // bos and eos where add_bos_token and add_eos_token ask for them
  eos_each,       // T5: an eos behind each text
  bos_eos,        // XLM-RoBERTa: bos, text, eos; two eos between the texts of a pair
  cls_sep,        // ALBERT: cls, text, sep; the second text, with its sep, has type 1
  roberta,        // RoBERTa: cls, text, sep; two sep between the texts of a pair
  clip            // the same with bos and eos
};

// A tokenizer of a family whose files hold only tokens, with what transformers' class for it adds to them.
struct Family {
  std::unique_ptr<Model> model;
  // Members of tokenizer.json, as JSON.
  std::string normalizer = "null";
  std::string pre_tokenizer = "null";
  std::string decoder = "null";
  std::unique_ptr<Normalizer> own_normalizer;  // instead of the one above
  Surround surround = Surround::as_configured;
  bool trim_offsets = false;       // of the post-processor
  std::vector<AddedToken> tokens;  // that the model's file asks to look for
  bool roles_in_texts = true;      // bos, eos and their like are looked for, too
  bool normal_forms = true;        // as in TokenizerParts
};

// Builds the parts; `file` holds the tokens. corrupt: a token that stands around texts is not named.
Result<TokenizerParts> make_family_tokenizer(Family family, const TokenizerConfig& config,
                                             const std::filesystem::path& file);

// Metaspace of tokenizer.json.
std::string metaspace(std::string_view prepend_scheme, bool split);

}  // namespace weir

#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "tokenizers/added_tokens.hpp"
#include "tokenizers/post_processor.hpp"
#include "tokenizers/tokenizer.hpp"

namespace weir {

class Vocabulary;

// What tokenizer_config.json and special_tokens_map.json add to a tokenizer. Both may be absent.
struct Companions {
  std::optional<bool> do_lower_case, strip_accents, tokenize_chinese_chars;
  std::optional<uint32_t> model_max_length;  // absent when it is "no limit"
  // Asks the post-processor to put bos_token before and eos_token behind each text.
  std::optional<bool> add_bos, add_eos;
  std::string tokenizer_class;
  std::vector<AddedToken> added;  // of `added_tokens_decoder`, by id; beside those of tokenizer.json
  std::optional<std::string> bos, eos;
  std::string unk = "[UNK]", cls = "[CLS]", sep = "[SEP]", pad = "[PAD]", mask = "[MASK]";

  using Find = std::function<std::optional<int32_t>(const std::string&)>;
  SpecialIds ids(const Find& find) const;
  SpecialIds ids(const Vocabulary& vocabulary) const;

  // What add_bos and add_eos make of a post-processor. As transformers does they replace its special tokens; asked for
  // are classes of the Llama and Gemma families, which always do so, and any class when one of the two is true. (Its
  // version 5 also takes special tokens away when both are false; version 4 did not, and files were written for that.)
  // corrupt: the token is not there.
  Result<void> apply(const Find& find, PostProcessor& post) const;
};

Result<Companions> read_companions(const std::filesystem::path& dir);

}  // namespace weir

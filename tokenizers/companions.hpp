#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "tokenizers/tokenizer.hpp"

namespace weir {

class Vocabulary;

// What tokenizer_config.json and special_tokens_map.json add to a tokenizer. Both may be absent.
struct Companions {
  std::optional<bool> do_lower_case, strip_accents, tokenize_chinese_chars;
  std::optional<uint32_t> model_max_length;  // absent when it is "no limit"
  std::string unk = "[UNK]", cls = "[CLS]", sep = "[SEP]", pad = "[PAD]", mask = "[MASK]";

  SpecialIds ids(const Vocabulary& vocabulary) const;
};

Result<Companions> read_companions(const std::filesystem::path& dir);

}  // namespace weir

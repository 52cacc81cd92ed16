#include "tokenizers/pre_tokenizers/read_pre_tokenizer.hpp"

#include <fmt/format.h>

#include "tokenizers/json_file.hpp"
#include "tokenizers/pre_tokenizers/bert_pre_tokenizer.hpp"
#include "tokenizers/pre_tokenizers/byte_level.hpp"
#include "tokenizers/pre_tokenizers/split.hpp"

namespace weir {

Result<std::unique_ptr<PreTokenizer>> read_pre_tokenizer(const JsonAt& part, ByteForm bytes) {
  if (part.is_null()) return nullptr;
  if (auto done = part.object(); !done) return fail(std::move(done.error()));
  const auto type = part["type"].view();
  if (!type) return fail(type.error());
  if (*type == "BertPreTokenizer") return std::make_unique<BertPreTokenizer>();
  if (*type == "ByteLevel") return make_byte_level(part, bytes);
  if (*type == "Split") return make_split(part);
  return part["type"].unsupported(fmt::format("the pre-tokenizer '{}' is not built", *type));
}

bool ends_in_byte_level(const JsonAt& part) {
  const auto type = part["type"].view().value_or("");
  if (type == "ByteLevel") return true;
  const auto steps = part["pretokenizers"];
  const auto count = steps.array_size().value_or(0);
  return type == "Sequence" && count > 0 && ends_in_byte_level(steps[count - 1]);
}

}  // namespace weir

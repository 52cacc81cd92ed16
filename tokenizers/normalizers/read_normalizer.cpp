#include "tokenizers/normalizers/read_normalizer.hpp"

#include <fmt/format.h>

#include "tokenizers/json_file.hpp"
#include "tokenizers/normalizers/bert_normalizer.hpp"

namespace weir {
namespace {

Result<std::unique_ptr<Normalizer>> read_bert(const JsonAt& part) {
  const auto clean = part["clean_text"].boolean(true);
  const auto chinese = part["handle_chinese_chars"].boolean(true);
  const auto lower = part["lowercase"].boolean(true);
  const auto accents = part["strip_accents"].boolean(lower.value_or(true));  // null follows lowercase
  for (const auto* flag : {&clean, &chinese, &lower, &accents})
    if (!*flag) return fail(flag->error());
  return std::make_unique<BertNormalizer>(BertNormalizer::Options{*clean, *chinese, *accents, *lower});
}

}  // namespace

Result<std::unique_ptr<Normalizer>> read_normalizer(const JsonAt& part) {
  if (part.is_null()) return nullptr;
  if (auto done = part.object(); !done) return fail(std::move(done.error()));
  const auto type = part["type"].view();
  if (!type) return fail(type.error());
  if (*type == "BertNormalizer") return read_bert(part);
  return part["type"].unsupported(fmt::format("the normalizer '{}' is not built", *type));
}

}  // namespace weir

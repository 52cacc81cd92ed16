#include "tokenizers/tokenizer.hpp"

#include "tokenizers/pipeline_tokenizer.hpp"
#include "tokenizers/readers/read_other_files.hpp"

namespace weir {

void TokenBuffer::clear() {
  ids.clear();
  type_ids.clear();
  offsets.clear();
  special.clear();
}

void TokenBuffer::back_to(const Mark& mark) {
  ids.resize(mark.ids);
  type_ids.resize(mark.type_ids);
  offsets.resize(mark.offsets);
  special.resize(mark.special);
}

Result<std::shared_ptr<const Tokenizer>> Tokenizer::load(const std::filesystem::path& dir,
                                                         const TokenizerOptions& options) {
  std::error_code error;
  auto parts =
      std::filesystem::exists(dir / "tokenizer.json", error) ? read_tokenizer_json(dir) : read_other_files(dir);
  if (!parts) return fail(std::move(parts.error()));
  return std::make_shared<const PipelineTokenizer>(std::move(*parts), options);
}

std::string_view to_string(Truncation value) {
  switch (value) {
    case Truncation::longest_first: return "longest_first";
    case Truncation::only_first: return "only_first";
    case Truncation::only_second: return "only_second";
  }
  return "?";
}

std::optional<Truncation> truncation_from_string(std::string_view text) {
  for (auto value : {Truncation::longest_first, Truncation::only_first, Truncation::only_second})
    if (to_string(value) == text) return value;
  return std::nullopt;
}

std::string_view to_string(Side value) { return value == Side::left ? "left" : "right"; }

std::optional<Side> side_from_string(std::string_view text) {
  for (auto value : {Side::right, Side::left})
    if (to_string(value) == text) return value;
  return std::nullopt;
}

}  // namespace weir

#include "tokenizers/models/read_model.hpp"

#include <limits>

#include <fmt/format.h>

#include "tokenizers/json_file.hpp"
#include "tokenizers/models/wordpiece.hpp"

namespace weir {
namespace {

Result<Vocabulary> read_vocabulary(const JsonAt& vocab) {
  std::vector<std::pair<std::string, int64_t>> tokens;
  const auto done = vocab.each_member([&tokens](std::string_view token, const JsonAt& value) -> Result<void> {
    const auto id = value.integer(0, std::numeric_limits<int32_t>::max());
    if (!id) return fail(id.error());
    tokens.emplace_back(token, *id);
    return {};
  });
  if (!done) return fail(done.error());
  return Vocabulary::make(tokens, vocab.place());
}

Result<std::unique_ptr<Model>> read_wordpiece(const JsonAt& part) {
  auto vocabulary = read_vocabulary(part["vocab"]);
  if (!vocabulary) return fail(std::move(vocabulary.error()));
  auto unk = part["unk_token"].string();
  if (!unk) return fail(std::move(unk.error()));
  auto prefix = part["continuing_subword_prefix"].is_null() ? Result<std::string>("##")
                                                            : part["continuing_subword_prefix"].string();
  if (!prefix) return fail(std::move(prefix.error()));
  const auto limit = part["max_input_chars_per_word"];
  const auto max_chars = limit.is_null() ? Result<int64_t>(100) : limit.integer(1, 1'000'000);
  if (!max_chars) return fail(max_chars.error());
  return WordPiece::make(std::move(*vocabulary), std::move(*unk), *prefix, static_cast<uint32_t>(*max_chars),
                         part["unk_token"].place());
}

}  // namespace

Result<std::unique_ptr<Model>> read_model(const JsonAt& part, ByteForm /*bytes*/) {
  if (auto done = part.object(); !done) return fail(std::move(done.error()));
  // Files of tokenizers before 0.14 name no type; only WordPiece has this field.
  if (part["type"].is_null() && !part["max_input_chars_per_word"].is_null()) return read_wordpiece(part);
  const auto type = part["type"].view();
  if (!type) return fail(type.error());
  if (*type == "WordPiece") return read_wordpiece(part);
  return part["type"].unsupported(fmt::format("the model '{}' is not built", *type));
}

}  // namespace weir

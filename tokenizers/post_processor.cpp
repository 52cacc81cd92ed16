#include "tokenizers/post_processor.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "tokenizers/json_file.hpp"

namespace weir {
namespace {

constexpr int64_t highest_id = std::numeric_limits<int32_t>::max();

using Kind = TemplatePart::Kind;

Result<int32_t> read_id(const JsonAt& at) {
  const auto id = at.integer(0, highest_id);
  if (!id) return fail(id.error());
  return static_cast<int32_t>(*id);
}

// One piece of a template: {"SpecialToken": {"id": "[CLS]", "type_id": 0}} or {"Sequence": {"id": "A", "type_id": 0}}.
Result<TemplatePart> read_part(const JsonAt& piece, const JsonAt& specials) {
  const bool sequence = !piece["Sequence"].is_null();
  const auto inner = sequence ? piece["Sequence"] : piece["SpecialToken"];
  if (auto done = inner.object(); !done) return fail(std::move(done.error()));
  const auto id = inner["id"].view();
  if (!id) return fail(id.error());
  const auto type = inner["type_id"].integer(0, highest_id);
  if (!type) return fail(type.error());
  TemplatePart part;
  part.type_id = static_cast<int32_t>(*type);
  if (sequence) {
    if (*id != "A" && *id != "B") return inner["id"].wrong("\"A\" or \"B\"");
    part.kind = *id == "A" ? Kind::first : Kind::second;
    return part;
  }
  const auto ids = specials[*id]["ids"];
  if (!ids.is_array()) return ids.wrong("the ids of this special token");
  const auto done = ids.each_element([&part](const JsonAt& item) -> Result<void> {
    const auto number = read_id(item);
    if (!number) return fail(number.error());
    part.ids.push_back(*number);
    return {};
  });
  if (!done) return fail(done.error());
  return part;
}

Result<std::vector<TemplatePart>> read_template(const JsonAt& list, const JsonAt& specials, bool pair) {
  std::vector<TemplatePart> parts;
  const auto done = list.each_element([&](const JsonAt& piece) -> Result<void> {
    auto part = read_part(piece, specials);
    if (!part) return fail(std::move(part.error()));
    if (part->kind == Kind::second && !pair) return piece.wrong("a part of a single text");
    const auto same = [&part](const TemplatePart& other) { return other.kind == part->kind; };
    if (part->kind != Kind::special && std::any_of(parts.begin(), parts.end(), same))
      return piece.unsupported("a template with one text twice is not built");
    parts.push_back(std::move(*part));
    return {};
  });
  if (!done) return fail(done.error());
  return parts;
}

Result<void> read_template_processing(const JsonAt& part, PostProcessor& made) {
  auto single = read_template(part["single"], part["special_tokens"], false);
  if (!single) return fail(std::move(single.error()));
  auto pair = read_template(part["pair"], part["special_tokens"], true);
  if (!pair) return fail(std::move(pair.error()));
  made.single = std::move(*single);
  made.pair = std::move(*pair);
  return {};
}

// ["[SEP]", 102]
Result<int32_t> read_token_and_id(const JsonAt& at) {
  const auto size = at.array_size();
  if (!size) return fail(size.error());
  if (*size != 2) return at.wrong("a token and its id");
  return read_id(at[size_t{1}]);
}

Result<void> read_trim(const JsonAt& part, PostProcessor& made) {
  const auto trim = part["trim_offsets"].boolean(true);
  if (!trim) return fail(trim.error());
  const auto prefix = part["add_prefix_space"].boolean(true);
  if (!prefix) return fail(prefix.error());
  if (*trim) made.trims.push_back(*prefix);
  return {};
}

// `roberta`: two separators between the texts of a pair, and no type but 0.
Result<void> read_cls_and_sep(const JsonAt& part, bool roberta, PostProcessor& made) {
  const auto cls = read_token_and_id(part["cls"]);
  const auto sep = read_token_and_id(part["sep"]);
  if (!cls) return fail(cls.error());
  if (!sep) return fail(sep.error());
  const int32_t second = roberta ? 0 : 1;
  made.single = {{Kind::special, 0, {*cls}}, {Kind::first, 0, {}}, {Kind::special, 0, {*sep}}};
  made.pair = made.single;
  if (roberta) made.pair.push_back({Kind::special, 0, {*sep}});
  made.pair.push_back({Kind::second, second, {}});
  made.window_types[1] = second;
  made.pair.push_back({Kind::special, second, {*sep}});
  return {};
}

Result<void> read_step(const JsonAt& part, bool& shaped, PostProcessor& made);

Result<void> read_sequence(const JsonAt& part, bool& shaped, PostProcessor& made) {
  return part["processors"].each_element(
      [&](const JsonAt& step) -> Result<void> { return read_step(step, shaped, made); });
}

// One step; `shaped`: one before it has put special tokens around the texts.
Result<void> read_step(const JsonAt& part, bool& shaped, PostProcessor& made) {
  if (auto done = part.object(); !done) return done;
  const auto type = part["type"].view();
  if (!type) return fail(type.error());
  made.name += made.name.empty() ? std::string(*type) : fmt::format(", {}", *type);
  if (*type == "Sequence") return read_sequence(part, shaped, made);
  if (*type == "ByteLevel") return read_trim(part, made);
  const bool named_roberta = *type == "RobertaProcessing";
  if (!named_roberta && *type != "BertProcessing" && *type != "TemplateProcessing")
    return part["type"].unsupported(fmt::format("the post-processor '{}' is not built", *type));
  if (shaped) return part["type"].unsupported("a second post-processor with special tokens is not built");
  shaped = true;
  if (*type == "TemplateProcessing") return read_template_processing(part, made);
  // Without these two Hugging Face takes it for a BertProcessing.
  const bool roberta = named_roberta && !part["trim_offsets"].is_null() && !part["add_prefix_space"].is_null();
  if (roberta)
    if (auto done = read_trim(part, made); !done) return done;
  return read_cls_and_sep(part, roberta, made);
}

}  // namespace

Result<PostProcessor> read_post_processor(const JsonAt& part) {
  PostProcessor made;
  if (part.is_null()) return made;
  made.name.clear();
  bool shaped = false;
  if (auto done = read_step(part, shaped, made); !done) return fail(std::move(done.error()));
  return made;
}

}  // namespace weir

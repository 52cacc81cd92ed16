#include "tokenizers/normalizers/read_normalizer.hpp"

#include <fmt/format.h>

#include "tokenizers/base64.hpp"
#include "tokenizers/json_file.hpp"
#include "tokenizers/normalizers/bert_normalizer.hpp"
#include "tokenizers/normalizers/code_point_maps.hpp"
#include "tokenizers/normalizers/edits.hpp"
#include "tokenizers/normalizers/precompiled.hpp"
#include "tokenizers/normalizers/unicode_form.hpp"

namespace weir {
namespace {

using Made = Result<std::unique_ptr<Normalizer>>;
constexpr int deepest = 64;  // sequences in sequences

Made read_bert(const JsonAt& part) {
  const auto clean = part["clean_text"].boolean(true);
  const auto chinese = part["handle_chinese_chars"].boolean(true);
  const auto lower = part["lowercase"].boolean(true);
  const auto accents = part["strip_accents"].boolean(lower.value_or(true));  // null follows lowercase
  for (const auto* flag : {&clean, &chinese, &lower, &accents})
    if (!*flag) return fail(flag->error());
  return std::make_unique<BertNormalizer>(BertNormalizer::Options{*clean, *chinese, *accents, *lower});
}

Made read_strip(const JsonAt& part) {
  const auto left = part["strip_left"], right = part["strip_right"];
  if (left.is_null()) return left.wrong("true or false");
  if (right.is_null()) return right.wrong("true or false");
  const auto from_left = left.boolean(true), from_right = right.boolean(true);
  if (!from_left) return fail(from_left.error());
  if (!from_right) return fail(from_right.error());
  return std::make_unique<Strip>(*from_left, *from_right);
}

Made read_prepend(const JsonAt& part) {
  auto what = part["prepend"].string();
  if (!what) return fail(std::move(what.error()));
  return std::make_unique<Prepend>(std::move(*what));
}

Made read_replace(const JsonAt& part) {
  auto content = part["content"].string();
  if (!content) return fail(std::move(content.error()));
  const auto pattern = part["pattern"];
  if (auto done = pattern.object(); !done) return fail(std::move(done.error()));
  const bool is_regex = !pattern["Regex"].is_null();
  const auto place = pattern[is_regex ? "Regex" : "String"];
  auto what = place.string();
  if (!what) return fail(std::move(what.error()));
  // Hugging Face takes a string for an expression, too; an empty one then matches everywhere.
  if (!is_regex && !what->empty()) return std::make_unique<ReplaceString>(std::move(*what), std::move(*content));
  if (is_regex && *what == " {2,}") return std::make_unique<ReplaceBlanks>(std::move(*content));
  auto regex = Regex::compile(*what);
  if (!regex) return fail(regex.error().code, fmt::format("{}: {}", place.place(), regex.error().message));
  return std::make_unique<ReplaceRegex>(std::move(*what), std::move(*regex), std::move(*content));
}

Made read_precompiled(const JsonAt& part) {
  const auto place = part["precompiled_charsmap"];
  const auto text = place.view();
  if (!text) return fail(text.error());
  const auto bytes = base64_bytes(*text);
  if (!bytes) return fail(ErrorCode::corrupt, place.place() + ": is no base64");
  auto map = CharacterMap::parse(*bytes);
  if (!map) return fail(map.error().code, place.place() + ": " + map.error().message);
  return std::make_unique<Precompiled>(std::move(*map));
}

Made read_one(const JsonAt& part, std::string_view type) {
  using Form = UnicodeForm::Kind;
  if (type == "BertNormalizer") return read_bert(part);
  if (type == "NFC") return std::make_unique<UnicodeForm>(Form::nfc);
  if (type == "NFD") return std::make_unique<UnicodeForm>(Form::nfd);
  if (type == "NFKC") return std::make_unique<UnicodeForm>(Form::nfkc);
  if (type == "NFKD") return std::make_unique<UnicodeForm>(Form::nfkd);
  if (type == "Lowercase") return std::make_unique<Lowercase>();
  if (type == "StripAccents") return std::make_unique<StripAccents>();
  if (type == "Nmt") return std::make_unique<Nmt>();
  if (type == "ByteLevel") return std::make_unique<ByteLetters>();
  if (type == "Strip") return read_strip(part);
  if (type == "Prepend") return read_prepend(part);
  if (type == "Replace") return read_replace(part);
  if (type == "Precompiled") return read_precompiled(part);
  return part["type"].unsupported(fmt::format("the normalizer '{}' is not built", type));
}

// Appends what `part` does, with sequences laid flat.
Result<void> read_steps(const JsonAt& part, int depth, std::vector<std::unique_ptr<Normalizer>>& steps) {
  if (auto done = part.object(); !done) return done;
  const auto type = part["type"].view();
  if (!type) return fail(type.error());
  if (*type != "Sequence") {
    auto step = read_one(part, *type);
    if (!step) return fail(std::move(step.error()));
    steps.push_back(std::move(*step));
    return {};
  }
  if (depth == deepest) return part.unsupported("sequences nest too deep");
  return part["normalizers"].each_element([&](const JsonAt& step) { return read_steps(step, depth + 1, steps); });
}

}  // namespace

Result<std::unique_ptr<Normalizer>> read_normalizer(const JsonAt& part) {
  if (part.is_null()) return nullptr;
  std::vector<std::unique_ptr<Normalizer>> steps;
  if (auto done = read_steps(part, 0, steps); !done) return fail(std::move(done.error()));
  if (steps.empty()) return nullptr;
  if (steps.size() == 1) return std::move(steps.front());
  return std::make_unique<NormalizerSequence>(std::move(steps));
}

}  // namespace weir

#include "tokenizers/decoders/decoder.hpp"

#include <utility>

#include <fmt/format.h>

#include "tokenizers/decoders/steps.hpp"
#include "tokenizers/json_file.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {

std::string TokenDecoder::decode(std::vector<std::string> tokens) const {
  std::string text;
  if (steps.empty()) {
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (i > 0) text += ' ';
      text += tokens[i];
    }
    return text;
  }
  for (const auto& step : steps) step(tokens);
  for (const auto& token : tokens) text += token;
  return text;
}

namespace {

Result<TokenDecoder::Step> read_word_piece(const JsonAt& part) {
  auto prefix = part["prefix"].string();
  if (!prefix) return fail(std::move(prefix.error()));
  const auto cleanup = part["cleanup"].boolean(true);
  if (!cleanup) return fail(cleanup.error());
  return decoders::word_piece(std::move(*prefix), *cleanup);
}

Result<std::string> read_character(const JsonAt& at) {
  auto text = at.string();
  if (text && utf8::count(*text) != 1) return at.wrong("one character");
  return text;
}

Result<TokenDecoder::Step> read_metaspace(const JsonAt& part) {
  auto replacement = read_character(part["replacement"]);
  if (!replacement) return fail(std::move(replacement.error()));
  const auto scheme = part["prepend_scheme"];
  const auto name = scheme.is_null() ? Result<std::string_view>("always") : scheme.view();
  if (!name) return fail(name.error());
  if (*name != "always" && *name != "first" && *name != "never") return scheme.wrong("always, first or never");
  // What files before 0.15 say; Hugging Face refuses the two when they differ.
  const auto prefix = part["add_prefix_space"].boolean(*name != "never");
  if (!prefix) return fail(prefix.error());
  if (!*prefix && *name != "never") return part["add_prefix_space"].wrong("true, or prepend_scheme never");
  return decoders::metaspace(std::move(*replacement), *name != "never");
}

Result<TokenDecoder::Step> read_strip(const JsonAt& part) {
  constexpr int64_t most = 1'000'000;
  auto content = read_character(part["content"]);
  if (!content) return fail(std::move(content.error()));
  const auto start = part["start"].integer(0, most);
  if (!start) return fail(start.error());
  const auto stop = part["stop"].integer(0, most);
  if (!stop) return fail(stop.error());
  return decoders::strip(std::move(*content), static_cast<size_t>(*start), static_cast<size_t>(*stop));
}

Result<TokenDecoder::Step> read_replace(const JsonAt& part) {
  const auto pattern = part["pattern"];
  auto content = part["content"].string();
  if (!content) return fail(std::move(content.error()));
  if (const auto at = pattern["Regex"]; !at.is_null()) {
    const auto expression = at.view();
    if (!expression) return fail(expression.error());
    auto regex = Regex::compile(*expression);
    if (!regex) return fail(regex.error().code, fmt::format("{}: {}", at.place(), regex.error().message));
    return decoders::replace(std::move(*regex), std::move(*content));
  }
  auto text = pattern["String"].string();
  if (!text) return fail(std::move(text.error()));
  return decoders::replace(std::move(*text), std::move(*content));
}

Result<TokenDecoder::Step> read_ctc(const JsonAt& part) {
  auto pad = part["pad_token"].string();
  if (!pad) return fail(std::move(pad.error()));
  auto delimiter = part["word_delimiter_token"].string();
  if (!delimiter) return fail(std::move(delimiter.error()));
  const auto cleanup = part["cleanup"].boolean(true);
  if (!cleanup) return fail(cleanup.error());
  return decoders::ctc(std::move(*pad), std::move(*delimiter), *cleanup);
}

Result<TokenDecoder::Step> read_step(const JsonAt& part, std::string_view type) {
  if (type == "ByteLevel") return decoders::byte_level();
  if (type == "ByteFallback") return decoders::byte_fallback();
  if (type == "Fuse") return decoders::fuse();
  if (type == "WordPiece") return read_word_piece(part);
  if (type == "Metaspace") return read_metaspace(part);
  if (type == "Strip") return read_strip(part);
  if (type == "Replace") return read_replace(part);
  if (type == "CTC") return read_ctc(part);
  if (type != "BPEDecoder") return part["type"].unsupported(fmt::format("the decoder '{}' is not built", type));
  auto suffix = part["suffix"].string();
  if (!suffix) return fail(std::move(suffix.error()));
  return decoders::bpe(std::move(*suffix));
}

Result<void> add_steps(const JsonAt& part, TokenDecoder& made) {
  if (auto done = part.object(); !done) return done;
  const auto type = part["type"].view();
  if (!type) return fail(type.error());
  made.name += made.name.empty() ? std::string(*type) : fmt::format(", {}", *type);
  if (*type == "Sequence")
    return part["decoders"].each_element([&made](const JsonAt& step) { return add_steps(step, made); });
  auto step = read_step(part, *type);
  if (!step) return fail(std::move(step.error()));
  made.steps.push_back(std::move(*step));
  return {};
}

}  // namespace

Result<TokenDecoder> read_decoder(const JsonAt& part) {
  TokenDecoder made;
  if (part.is_null()) return made;
  made.name.clear();
  if (auto done = add_steps(part, made); !done) return fail(std::move(done.error()));
  if (made.steps.empty()) made.steps.push_back(decoders::fuse());  // a Sequence of none joins without blanks
  return made;
}

}  // namespace weir

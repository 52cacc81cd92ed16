#include "tokenizers/companions.hpp"

#include <utility>

#include "tokenizers/json_file.hpp"
#include "tokenizers/vocabulary.hpp"

namespace weir {
namespace {

constexpr int64_t no_limit = 10'000'000;  // transformers writes 1e30 for "none"

Result<void> read_flag(const JsonAt& at, std::optional<bool>& into) {
  if (at.is_null()) return {};
  auto flag = at.boolean(false);
  if (!flag) return fail(std::move(flag.error()));
  into = *flag;
  return {};
}

// A token as a string, or as an object with its content.
Result<void> read_token(const JsonAt& at, std::string& into) {
  if (at.is_null()) return {};
  auto text = at.is_object() ? at["content"].string() : at.string();
  if (!text) return fail(std::move(text.error()));
  into = std::move(*text);
  return {};
}

Result<void> read_tokens(const JsonAt& root, Companions& into) {
  const std::pair<std::string_view, std::string*> tokens[] = {{"unk_token", &into.unk},
                                                              {"cls_token", &into.cls},
                                                              {"sep_token", &into.sep},
                                                              {"pad_token", &into.pad},
                                                              {"mask_token", &into.mask}};
  for (const auto& [name, token] : tokens)
    if (auto done = read_token(root[name], *token); !done) return done;
  return {};
}

}  // namespace

SpecialIds Companions::ids(const Vocabulary& vocabulary) const {
  SpecialIds ids;
  ids.unk = vocabulary.find(unk);
  ids.cls = vocabulary.find(cls);
  ids.sep = vocabulary.find(sep);
  ids.pad = vocabulary.find(pad);
  ids.mask = vocabulary.find(mask);
  return ids;
}

Result<Companions> read_companions(const std::filesystem::path& dir) {
  Companions companions;
  for (const char* name : {"special_tokens_map.json", "tokenizer_config.json"}) {
    auto json = JsonAt::open(dir / name);
    if (!json) return fail(std::move(json.error()));
    if (!*json) continue;
    const JsonAt& root = **json;
    if (auto done = root.object(); !done) return fail(std::move(done.error()));
    if (auto done = read_tokens(root, companions); !done) return fail(std::move(done.error()));
    if (auto done = read_flag(root["do_lower_case"], companions.do_lower_case); !done)
      return fail(std::move(done.error()));
    if (auto done = read_flag(root["strip_accents"], companions.strip_accents); !done)
      return fail(std::move(done.error()));
    if (auto done = read_flag(root["tokenize_chinese_chars"], companions.tokenize_chinese_chars); !done)
      return fail(std::move(done.error()));
    const auto length = root["model_max_length"].number();
    if (length && *length >= 1 && *length < no_limit) companions.model_max_length = static_cast<uint32_t>(*length);
  }
  return companions;
}

}  // namespace weir

#include "tokenizers/companions.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "tokenizers/added_token_list.hpp"
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
  const std::pair<std::string_view, std::optional<std::string>*> others[] = {{"bos_token", &into.bos},
                                                                             {"eos_token", &into.eos}};
  for (const auto& [name, token] : others) {
    if (root[name].is_null()) continue;
    if (auto done = read_token(root[name], token->emplace()); !done) return done;
  }
  return {};
}

// {"151643": {"content": "<|endoftext|>", ...}, ...}
Result<void> read_added(const JsonAt& tokens, std::vector<AddedToken>& into) {
  if (tokens.is_null()) return {};
  const auto done = tokens.each_member([&into](std::string_view name, const JsonAt& value) -> Result<void> {
    auto token = read_added_token(value);
    if (!token) return fail(std::move(token.error()));
    const auto end = std::from_chars(name.data(), name.data() + name.size(), token->id).ptr;
    if (end != name.data() + name.size() || token->id < 0) return value.wrong("under a token's id");
    into.push_back(std::move(*token));
    return {};
  });
  std::stable_sort(into.begin(), into.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return done;
}

}  // namespace

SpecialIds Companions::ids(const Find& find) const {
  SpecialIds ids;
  ids.unk = find(unk);
  ids.cls = find(cls);
  ids.sep = find(sep);
  ids.pad = find(pad);
  ids.mask = find(mask);
  if (bos) ids.bos = find(*bos);
  if (eos) ids.eos = find(*eos);
  return ids;
}

SpecialIds Companions::ids(const Vocabulary& vocabulary) const {
  return ids([&vocabulary](const std::string& token) { return vocabulary.find(token); });
}

Result<void> Companions::apply(const Find& find, PostProcessor& post) const {
  const auto is = [this](std::string_view family) { return tokenizer_class.starts_with(family); };
  const bool family = is("Llama") || is("CodeLlama") || is("Gemma");
  if (!add_bos && !add_eos) return {};
  if (!family && !add_bos.value_or(false) && !add_eos.value_or(false)) return {};
  using Kind = TemplatePart::Kind;
  const auto part = [&find](const std::optional<std::string>& token, bool wanted) -> Result<std::vector<TemplatePart>> {
    if (!wanted || !token) return std::vector<TemplatePart>();
    const auto id = find(*token);
    if (!id)
      return fail(ErrorCode::corrupt,
                  fmt::format("tokenizer_config.json: asks for '{}' around texts, which is no token", *token));
    return std::vector<TemplatePart>{{Kind::special, 0, {*id}}};
  };
  const auto before = part(bos, add_bos.value_or(family));
  const auto behind = part(eos, add_eos.value_or(false));
  if (!before) return fail(before.error());
  if (!behind) return fail(behind.error());
  post.single = *before;
  post.single.push_back({Kind::first, 0, {}});
  post.single.insert(post.single.end(), behind->begin(), behind->end());
  post.pair = post.single;
  for (TemplatePart each : post.single) {
    each.type_id = 1;
    if (each.kind == Kind::first) each.kind = Kind::second;
    post.pair.push_back(std::move(each));
  }
  post.name += ", then add_bos_token and add_eos_token of tokenizer_config.json";
  return {};
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
    if (auto done = read_flag(root["add_bos_token"], companions.add_bos); !done) return fail(std::move(done.error()));
    if (auto done = read_flag(root["add_eos_token"], companions.add_eos); !done) return fail(std::move(done.error()));
    if (auto done = read_added(root["added_tokens_decoder"], companions.added); !done)
      return fail(std::move(done.error()));
    companions.tokenizer_class = root["tokenizer_class"].string().value_or(companions.tokenizer_class);
    const auto length = root["model_max_length"].number();
    if (length && *length >= 1 && *length < no_limit) companions.model_max_length = static_cast<uint32_t>(*length);
  }
  return companions;
}

}  // namespace weir

#include "tokenizers/readers/family_tokenizer.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tokenizers/json_file.hpp"

namespace weir {
namespace {

using Kind = TemplatePart::Kind;

std::string json_of(const std::vector<AddedToken>& tokens) {
  auto list = nlohmann::json::array();
  for (const auto& token : tokens)
    list.push_back({{"id", 0},  // read_parts numbers them
                    {"content", token.content},
                    {"single_word", token.single_word},
                    {"lstrip", token.lstrip},
                    {"rstrip", token.rstrip},
                    {"normalized", token.normalized},
                    {"special", token.special}});
  return list.dump();
}

// The ids of the tokens that have roles.
class RoleIds {
 public:
  RoleIds(const TokenizerConfig& config, const TokenizerParts& parts) {
    for (size_t role = 0; role < config.roles.size(); ++role) {
      if (!config.roles[role]) continue;
      ids_[role] = parts.model->vocabulary().find(config.roles[role]->content);
      for (const auto& token : parts.added)
        if (token.content == config.roles[role]->content) ids_[role] = token.id;
    }
  }
  std::optional<int32_t> id(TokenRole role) const { return ids_[static_cast<size_t>(role)]; }
  SpecialIds all() const {
    return {id(TokenRole::unk),  id(TokenRole::cls), id(TokenRole::sep), id(TokenRole::pad),
            id(TokenRole::mask), id(TokenRole::bos), id(TokenRole::eos)};
  }

 private:
  std::array<std::optional<int32_t>, 7> ids_;
};

// A template of texts between special tokens. `type`: of the second text and what stands around it.
class Template {
 public:
  Template(const RoleIds& ids, int32_t type) : ids_(ids), type_(type) {}

  Template& token(std::vector<TemplatePart>& list, TokenRole role, bool second = false) {
    if (const auto id = ids_.id(role)) {
      list.push_back({Kind::special, second ? type_ : 0, {*id}});
    } else {
      complete_ = false;
    }
    return *this;
  }
  Template& text(std::vector<TemplatePart>& list, bool second = false) {
    list.push_back({second ? Kind::second : Kind::first, second ? type_ : 0, {}});
    return *this;
  }
  bool complete() const { return complete_; }

 private:
  const RoleIds& ids_;
  int32_t type_;
  bool complete_ = true;
};

// False: a token that it needs is not named.
bool surround(const Family& family, const TokenizerConfig& config, const RoleIds& ids, PostProcessor& post) {
  using Role = TokenRole;
  auto& one = post.single;
  auto& two = post.pair;
  one.clear();
  const auto around = [&](Role before, Role after, int32_t type, bool doubled) {
    Template made(ids, type);
    made.token(one, before).text(one).token(one, after);
    two = one;
    if (doubled) made.token(two, after);
    made.text(two, true).token(two, after, true);
    return made.complete();
  };
  switch (family.surround) {
    case Surround::eos_each: {
      Template made(ids, 0);
      made.text(one).token(one, Role::eos);
      two = one;
      made.text(two, true).token(two, Role::eos, true);
      return made.complete();
    }
    case Surround::bos_eos: return around(Role::bos, Role::eos, 0, true);
    case Surround::cls_sep: return around(Role::cls, Role::sep, 1, false);
    case Surround::roberta:
    case Surround::clip: {
      const bool clip = family.surround == Surround::clip;
      post.window_types = {0, 0};  // RobertaProcessing reaches further windows, too
      return around(clip ? Role::bos : Role::cls, clip ? Role::eos : Role::sep, 0, true);
    }
    case Surround::as_configured: break;
  }
  const bool bos = config.add_bos_token.value_or(false) && ids.id(Role::bos);
  const bool eos = config.add_eos_token.value_or(false) && ids.id(Role::eos);
  Template made(ids, 1);
  const auto add = [&](std::vector<TemplatePart>& list, bool second) {
    if (bos) made.token(list, Role::bos, second);
    made.text(list, second);
    if (eos) made.token(list, Role::eos, second);
  };
  add(one, false);
  two = one;
  add(two, true);
  return true;
}

}  // namespace

std::string metaspace(std::string_view prepend_scheme, bool split) {
  return fmt::format(R"({{"type":"Metaspace","replacement":"▁","prepend_scheme":"{}","split":{}}})", prepend_scheme,
                     split);
}

Result<TokenizerParts> make_family_tokenizer(Family family, const TokenizerConfig& config,
                                             const std::filesystem::path& file) {
  const auto name = fmt::format("{} ({})", file.string(),
                                config.tokenizer_class.empty() ? "no tokenizer_class" : config.tokenizer_class);
  const auto text = fmt::format(R"({{"normalizer":{},"pre_tokenizer":{},"decoder":{},"added_tokens":{}}})",
                                family.normalizer, family.pre_tokenizer, family.decoder,
                                json_of(family.roles_in_texts ? config.all_added(family.tokens) : family.tokens));
  const auto root = JsonAt::parse(text, name);
  if (!root) return fail(root.error());
  auto parts = read_parts(*root, std::move(family.model), {});
  if (!parts) return parts;
  if (family.own_normalizer) parts->normalizer = std::move(family.own_normalizer);
  parts->normal_forms = family.normal_forms;
  const RoleIds ids(config, *parts);
  if (!surround(family, config, ids, parts->post_processor))
    return fail(ErrorCode::corrupt, fmt::format("{}: a token that stands around texts is not named", name));
  if (family.trim_offsets) parts->post_processor.trims.push_back(config.add_prefix_space.value_or(false));
  parts->post_processor.name = "as " + (config.tokenizer_class.empty() ? "configured" : config.tokenizer_class);
  parts->special = ids.all();
  parts->file = file.filename().string();
  return parts;
}

}  // namespace weir

#include "tokenizers/added_token_list.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "tokenizers/json_file.hpp"
#include "tokenizers/vocabulary.hpp"

namespace weir {

AddedTokenList::AddedTokenList(const Vocabulary& vocabulary) : vocabulary_(vocabulary) {
  for (uint32_t id = 0; id < vocabulary.size(); ++id) next_ += vocabulary.token(static_cast<int32_t>(id)).has_value();
}

void AddedTokenList::add(AddedToken token) {
  if (token.content.empty()) return;
  const auto [known, is_new] = at_.emplace(token.content, tokens_.size());
  if (!is_new) {
    token.id = tokens_[known->second].id;
    tokens_[known->second] = std::move(token);
    return;
  }
  token.id = vocabulary_.find(token.content).value_or(next_);
  next_ = std::max(next_, token.id + 1);
  tokens_.push_back(std::move(token));
}

Result<void> AddedTokenList::read(const JsonAt& list) {
  if (list.is_null()) return {};
  return list.each_element([this](const JsonAt& item) -> Result<void> {
    if (const auto id = item["id"].integer(0, std::numeric_limits<int32_t>::max()); !id) return fail(id.error());
    auto token = read_added_token(item);
    if (!token) return fail(std::move(token.error()));
    add(std::move(*token));
    return {};
  });
}

std::optional<int32_t> AddedTokenList::find(const std::string& content) const {
  if (const auto known = at_.find(content); known != at_.end()) return tokens_[known->second].id;
  return vocabulary_.find(content);
}

Result<AddedToken> read_added_token(const JsonAt& at, bool special) {
  if (auto done = at.object(); !done) return fail(std::move(done.error()));
  AddedToken token;
  token.special = special;
  auto content = at["content"].string();
  if (!content) return fail(std::move(content.error()));
  token.content = std::move(*content);
  const std::pair<std::string_view, bool*> flags[] = {{"single_word", &token.single_word},
                                                      {"lstrip", &token.lstrip},
                                                      {"rstrip", &token.rstrip},
                                                      {"special", &token.special},
                                                      {"normalized", &token.normalized}};
  for (const auto& [name, flag] : flags) {
    const auto value = at[name].boolean(name == "normalized" ? !token.special : *flag);
    if (!value) return fail(value.error());
    *flag = *value;
  }
  return token;
}

}  // namespace weir

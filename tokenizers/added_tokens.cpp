#include "tokenizers/added_tokens.hpp"

#include <algorithm>
#include <cstring>

#include "tokenizers/unicode/tables.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

char32_t last_of(std::string_view text) {
  size_t at = text.size() - 1;
  while (at > 0 && utf8::is_continuation(text[at])) --at;
  const char* p = text.data() + at;
  return utf8::next(p);
}

char32_t first_of(std::string_view text) {
  const char* p = text.data();
  return utf8::next(p);
}

// Bytes of white space at the end of the text.
size_t blank_tail(std::string_view text) {
  size_t end = text.size();
  while (end > 0 && (unicode::flags(last_of(text.substr(0, end))) & unicode::blank)) do
      --end;
    while (end > 0 && utf8::is_continuation(text[end]));
  return text.size() - end;
}

size_t blank_head(std::string_view text) {
  const char* p = text.data();
  const char* const end = p + text.size();
  while (p < end) {
    const char* next = p;
    if (!(unicode::flags(utf8::next(next)) & unicode::blank)) break;
    p = next;
  }
  return static_cast<size_t>(p - text.data());
}

bool alone(std::string_view text, size_t begin, size_t end) {
  const bool before = begin == 0 || !(unicode::flags(last_of(text.substr(0, begin))) & unicode::word);
  const bool after = end == text.size() || !(unicode::flags(first_of(text.substr(end))) & unicode::word);
  return before && after;
}

}  // namespace

AddedTokens::AddedTokens(std::vector<AddedToken> tokens) : tokens_(std::move(tokens)) {
  std::erase_if(tokens_, [](const AddedToken& token) { return token.content.empty(); });
  for (uint32_t i = 0; i < tokens_.size(); ++i) {
    const auto first = static_cast<unsigned char>(tokens_[i].content[0]);
    by_first_[first].push_back(i);
    first_[first] = true;
  }
  for (auto& list : by_first_)
    std::stable_sort(list.begin(), list.end(),
                     [this](uint32_t a, uint32_t b) { return tokens_[a].content.size() > tokens_[b].content.size(); });
}

bool AddedTokens::may_occur(std::string_view text) const {
  for (size_t first = 0; first < 256; ++first)
    if (first_[first] && std::memchr(text.data(), static_cast<int>(first), text.size()) != nullptr) return true;
  return false;
}

const AddedToken* AddedTokens::longest_at(std::string_view text, size_t at) const {
  const auto first = static_cast<unsigned char>(text[at]);
  if (!first_[first]) return nullptr;
  for (uint32_t i : by_first_[first])
    if (text.substr(at).starts_with(tokens_[i].content)) return &tokens_[i];
  return nullptr;
}

void AddedTokens::split(std::string_view text, std::vector<AddedSplit>& out) const {
  size_t done = 0;
  for (size_t at = 0; at < text.size();) {
    const AddedToken* token = longest_at(text, at);
    if (token == nullptr) {
      ++at;
      continue;
    }
    size_t begin = at;
    size_t end = at + token->content.size();
    at = end;  // the search goes on behind the match even when it does not count
    if (token->single_word && !alone(text, begin, end)) continue;
    if (token->lstrip) begin = std::max(begin - blank_tail(text.substr(0, begin)), done);
    if (token->rstrip) end += blank_head(text.substr(end));
    if (done < begin) out.push_back({done, begin, -1});
    out.push_back({begin, end, token->id});
    done = end;
  }
  if (done < text.size()) out.push_back({done, text.size(), -1});
}

}  // namespace weir

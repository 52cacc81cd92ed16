#include "tokenizers/added_tokens.hpp"

#include <algorithm>

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

AddedTokens::AddedTokens(const std::vector<AddedToken>& tokens) {
  for (const auto& token : tokens) {
    if (token.content.empty()) continue;
    insert(token.content, static_cast<int32_t>(tokens_.size()));
    tokens_.push_back({token.id, token.single_word, token.lstrip, token.rstrip});
  }
}

uint32_t AddedTokens::child_of(uint32_t node, char byte) const {
  uint32_t child = nodes_[node].child;
  while (child != 0 && nodes_[child].byte != byte) child = nodes_[child].sibling;
  return child;
}

void AddedTokens::insert(std::string_view content, int32_t token) {
  auto& first = first_[static_cast<unsigned char>(content[0])];
  if (first == 0) {
    first = static_cast<uint32_t>(nodes_.size());
    nodes_.push_back({0, 0, -1, content[0]});
    firsts_ += content[0];
  }
  uint32_t node = first;
  for (char byte : content.substr(1)) {
    uint32_t child = child_of(node, byte);
    if (child == 0) {
      child = static_cast<uint32_t>(nodes_.size());
      nodes_.push_back({0, nodes_[node].child, -1, byte});
      nodes_[node].child = child;
    }
    node = child;
  }
  if (nodes_[node].token < 0) nodes_[node].token = token;
}

size_t AddedTokens::candidate(std::string_view text, size_t at) const {
  if (firsts_.size() == 1) return std::min(text.find(firsts_[0], at), text.size());
  while (at < text.size() && first_[static_cast<unsigned char>(text[at])] == 0) ++at;
  return at;
}

int32_t AddedTokens::longest_at(std::string_view text, size_t at, size_t& end) const {
  int32_t found = -1;
  uint32_t node = first_[static_cast<unsigned char>(text[at++])];
  while (node != 0) {
    if (nodes_[node].token >= 0) {
      found = nodes_[node].token;
      end = at;
    }
    node = at < text.size() ? child_of(node, text[at++]) : 0;
  }
  return found;
}

bool AddedTokens::split(std::string_view text, std::vector<AddedSplit>& out) const {
  const size_t before = out.size();
  size_t done = 0;
  for (size_t at = candidate(text, 0); at < text.size(); at = candidate(text, at)) {
    size_t begin = at;
    size_t end = 0;
    const int32_t found = longest_at(text, at, end);
    if (found < 0) {
      ++at;
      continue;
    }
    at = end;  // the search goes on behind the match even when it does not count
    const auto& token = tokens_[static_cast<size_t>(found)];
    if (token.single_word && !alone(text, begin, end)) continue;
    if (token.lstrip) begin = std::max(begin - blank_tail(text.substr(0, begin)), done);
    if (token.rstrip) end += blank_head(text.substr(end));
    if (done < begin) out.push_back({done, begin, -1});
    out.push_back({begin, end, token.id});
    done = end;
  }
  if (out.size() == before) return false;
  if (done < text.size()) out.push_back({done, text.size(), -1});
  return true;
}

}  // namespace weir

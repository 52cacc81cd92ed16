#include "tokenizers/bert_tokenizer.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/truncation.hpp"
#include "tokenizers/unicode/tables.hpp"
#include "tokenizers/utf8.hpp"
#include "tokenizers/word_cache.hpp"

namespace weir {
namespace {

// What BertPreTokenizer does at a byte of ASCII.
enum Class : uint8_t { letter, blank, mark };

constexpr std::array<uint8_t, 128> make_classes() {
  std::array<uint8_t, 128> classes{};
  for (uint8_t c = 0; c < 128; ++c) {
    const bool white = c == ' ' || (c >= 9 && c <= 13);
    const bool punctuation =
        (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) || (c >= 123 && c <= 126);
    classes[c] = white ? blank : punctuation ? mark : letter;
  }
  return classes;
}
constexpr auto classes = make_classes();

uint64_t next_identity() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

// Python's str.lower: code point by code point, but for a sigma at the end of a word.
void python_lower(std::string_view text, std::string& out) {
  const auto is_letter = [](char32_t c) {
    return (unicode::flags(c) & unicode::word) && !(unicode::flags(c) & unicode::mark);
  };
  const char* p = text.data();
  const char* const end = p + text.size();
  bool after_letter = false;
  while (p < end) {
    const char32_t c = utf8::next(p);
    if (c == 0x3A3) {
      const char* ahead = p;
      utf8::append(out, after_letter && (ahead == end || !is_letter(utf8::next(ahead))) ? 0x3C2 : 0x3C3);
    } else {
      const auto lowered = unicode::lower(c);
      for (uint32_t i = 0; i < lowered.count; ++i) utf8::append(out, lowered.at[i]);
    }
    after_letter = is_letter(c);
  }
}

std::string yes_no(bool value, std::string_view what) { return fmt::format("{}{}", value ? "" : "no ", what); }

}  // namespace

BertTokenizer::BertTokenizer(BertParts parts, const TokenizerOptions& options)
    : parts_(std::move(parts)), options_(options), identity_(next_identity()) {
  std::vector<AddedToken> raw;
  std::vector<AddedToken> normalized;
  vocab_size_ = parts_.model.vocabulary().size();
  EncodeBuffers buffers;
  for (const auto& token : parts_.added) {
    vocab_size_ = std::max(vocab_size_, static_cast<uint32_t>(token.id) + 1);
    if (!token.normalized) {
      raw.push_back(token);
      continue;
    }
    NormalizedText form;
    parts_.normalizer.apply(token.content, false, 0, buffers, form);
    normalized.push_back(token);
    normalized.back().content = std::move(form.text);
  }
  raw_added_ = AddedTokens(std::move(raw));
  normalized_added_ = AddedTokens(std::move(normalized));
}

std::optional<std::string_view> BertTokenizer::id_to_token(int32_t id) const {
  for (const auto& token : parts_.added)
    if (token.id == id) return token.content;
  return parts_.model.vocabulary().token(id);
}

std::optional<int32_t> BertTokenizer::token_to_id(std::string_view token) const {
  for (const auto& added : parts_.added)
    if (added.content == token) return added.id;
  return parts_.model.vocabulary().find(token);
}

std::vector<TokenizerPart> BertTokenizer::describe() const {
  const auto& n = parts_.normalizer;
  return {
      {"file", parts_.file},
      {"normalizer", fmt::format("BertNormalizer: {}, {}, {}, {}", yes_no(n.clean_text, "clean text"),
                                 yes_no(n.handle_chinese_chars, "blanks around Chinese characters"),
                                 yes_no(n.strip_accents, "stripping of accents"), yes_no(n.lowercase, "lower case"))},
      {"pre-tokenizer", "BertPreTokenizer: words and punctuation"},
      {"model", fmt::format("WordPiece: {} tokens, unknown {}, words up to {} characters",
                            parts_.model.vocabulary().size(), parts_.model.unk_token(), parts_.model.max_chars())},
      {"post-processor", fmt::format("{}: {} tokens around a text, {} around a pair", parts_.post_processor.name,
                                     parts_.post_processor.added(false), parts_.post_processor.added(true))},
      {"added tokens", fmt::format("{}", parts_.added.size())}};
}

Result<void> BertTokenizer::encode(std::string_view text, std::optional<std::string_view> pair,
                                   const EncodeOptions& options, Scratch& scratch, TokenBuffer& out,
                                   std::vector<Piece>& pieces) const {
  const auto& format = pair ? parts_.post_processor.pair : parts_.post_processor.single;
  const uint32_t special = options.add_special ? added_tokens(pair.has_value()) : 0;
  if (options.max_tokens < special)
    return fail(ErrorCode::tokenizer_error,
                fmt::format("max_tokens is {}, the special tokens alone are {}", options.max_tokens, special));
  Piece piece;
  piece.replaced_utf8 = tokenize(text, options.offsets, scratch, 0);
  if (pair) piece.replaced_utf8 |= tokenize(*pair, options.offsets, scratch, 1);
  auto& buffers = scratch.buffers();
  if (!pair) buffers.ids[1].clear();
  const auto first = static_cast<uint32_t>(buffers.ids[0].size());
  const auto second = static_cast<uint32_t>(buffers.ids[1].size());
  const auto kept = truncated(first, second, pair.has_value(), options.max_tokens - special, options.truncation);
  if (!kept) return fail(kept.error());

  piece.begin = static_cast<uint32_t>(out.ids.size());
  piece.dropped = first + second - kept->first - kept->second;
  const auto typed = [&out](int32_t type, size_t count) {
    if (type == 0 && out.type_ids.empty()) return;
    out.type_ids.resize(out.ids.size(), 0);  // up to here all were 0
    out.type_ids.resize(out.ids.size() + count, type);
  };
  for (const auto& part : format) {
    if (part.kind == TemplatePart::Kind::special) {
      if (!options.add_special) continue;
      typed(part.type_id, part.ids.size());
      out.ids.insert(out.ids.end(), part.ids.begin(), part.ids.end());
      if (options.offsets) {
        out.offsets.resize(out.offsets.size() + part.ids.size());
        out.special.resize(out.special.size() + part.ids.size(), 1);
      }
      continue;
    }
    const size_t which = part.kind == TemplatePart::Kind::second ? 1 : 0;
    const uint32_t count = which == 0 ? kept->first : kept->second;
    const size_t from = options.side == Side::left ? buffers.ids[which].size() - count : 0;
    const auto begin = buffers.ids[which].begin() + static_cast<std::ptrdiff_t>(from);
    typed(part.type_id, count);
    out.ids.insert(out.ids.end(), begin, begin + count);
    if (options.offsets) {
      const auto span = buffers.spans[which].begin() + static_cast<std::ptrdiff_t>(from);
      out.offsets.insert(out.offsets.end(), span, span + count);
      out.special.resize(out.special.size() + count, 0);
    }
  }
  piece.count = static_cast<uint32_t>(out.ids.size()) - piece.begin;
  pieces.push_back(piece);
  return {};
}

// Fills buffers.ids[which]; true when invalid UTF-8 was replaced.
bool BertTokenizer::tokenize(std::string_view text, bool spans, Scratch& scratch, size_t which) const {
  auto& buffers = scratch.buffers();
  auto& cache = scratch.cache(identity_);
  bool replaced = false;
  if (!utf8::valid(text)) {
    buffers.repaired.clear();
    utf8::replace_invalid(text, buffers.repaired);
    text = buffers.repaired;
    replaced = true;
  }
  if (options_.lower_case) {
    buffers.lowered.clear();
    python_lower(text, buffers.lowered);
    text = buffers.lowered;
  }
  buffers.ids[which].clear();
  buffers.spans[which].clear();
  const Target target{buffers.ids[which], spans ? &buffers.spans[which] : nullptr};
  if (raw_added_.empty() || !raw_added_.may_occur(text)) {
    add_segment(text, 0, buffers, cache, target);
    return replaced;
  }
  std::vector<AddedSplit> splits;
  raw_added_.split(text, splits);
  uint32_t origin = 0;
  for (const auto& split : splits) {
    const auto part = text.substr(split.begin, split.end - split.begin);
    const auto characters = static_cast<uint32_t>(utf8::count(part));
    if (split.id < 0) {
      add_segment(part, origin, buffers, cache, target);
    } else {
      target.ids.push_back(split.id);
      if (target.spans != nullptr) target.spans->push_back({origin, origin + characters});
    }
    origin += characters;
  }
  return replaced;
}

// Text without added tokens of the first kind.
void BertTokenizer::add_segment(std::string_view text, uint32_t origin, EncodeBuffers& buffers, WordCache& cache,
                                Target target) const {
  auto& normalized = buffers.normalized;
  normalized.clear();
  parts_.normalizer.apply(text, target.spans != nullptr, origin, buffers, normalized);
  if (normalized_added_.empty() || !normalized_added_.may_occur(normalized.text)) {
    add_words(normalized.text, 0, buffers, cache, target);
    return;
  }
  std::vector<AddedSplit> splits;
  normalized_added_.split(normalized.text, splits);
  for (const auto& split : splits) {
    if (split.id < 0) {
      add_words(std::string_view(normalized.text).substr(split.begin, split.end - split.begin), split.begin, buffers,
                cache, target);
      continue;
    }
    target.ids.push_back(split.id);
    if (target.spans != nullptr)
      target.spans->push_back({normalized.origins[split.begin].begin, normalized.origins[split.end - 1].end});
  }
}

// `begin`: where `text` stands in buffers.normalized.
void BertTokenizer::add_words(std::string_view text, size_t begin, EncodeBuffers& buffers, WordCache& cache,
                              Target target) const {
  const char* const start = text.data();
  const char* const end = start + text.size();
  const char* word = start;
  const auto flush = [&](const char* until) {
    if (word < until)
      add_word({word, static_cast<size_t>(until - word)}, begin + static_cast<size_t>(word - start), buffers, cache,
               target);
  };
  for (const char* p = start; p < end;) {
    const char* const at = p;
    bool is_blank;
    bool is_mark;
    if (static_cast<unsigned char>(*p) < 0x80) {
      const uint8_t kind = classes[static_cast<unsigned char>(*p++)];
      if (kind == letter) continue;
      is_blank = kind == blank;
      is_mark = kind == mark;
    } else {
      const uint8_t flags = unicode::flags(utf8::next(p));
      is_blank = flags & unicode::whitespace;
      is_mark = flags & unicode::punct;
    }
    if (!is_blank && !is_mark) continue;
    flush(at);
    word = at;
    if (is_mark) flush(p);
    word = p;
  }
  flush(end);
}

void BertTokenizer::add_word(std::string_view word, size_t begin, EncodeBuffers& buffers, WordCache& cache,
                             Target target) const {
  if (target.spans != nullptr) {
    std::vector<uint32_t> ends;
    parts_.model.encode(word, buffers.hashes, target.ids, &ends);
    const auto& origins = buffers.normalized.origins;
    size_t from = 0;
    for (uint32_t until : ends) {
      target.spans->push_back({origins[begin + from].begin, origins[begin + until - 1].end});
      from = until;
    }
    return;
  }
  const uint64_t hash = WordCache::hash(word);
  if (const auto known = cache.find(word, hash); !known.empty()) {
    target.ids.push_back(known[0]);  // most words are one token
    if (known.size() > 1) target.ids.insert(target.ids.end(), known.begin() + 1, known.end());
    return;
  }
  const size_t first = target.ids.size();
  parts_.model.encode(word, buffers.hashes, target.ids, nullptr);
  cache.put(word, hash, std::span(target.ids).subspan(first));
}

}  // namespace weir

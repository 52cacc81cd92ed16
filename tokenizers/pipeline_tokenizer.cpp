#include "tokenizers/pipeline_tokenizer.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "tokenizers/lower_case.hpp"
#include "tokenizers/sequence_writer.hpp"
#include "tokenizers/truncation.hpp"
#include "tokenizers/unicode/tables.hpp"
#include "tokenizers/utf8.hpp"
#include "tokenizers/word_cache.hpp"

namespace weir {
namespace {

constexpr size_t most_bytes = size_t{1} << 30;  // of a text, before and after normalization: places fit 32 bits

constexpr double most_window_tokens = 1 << 28;  // of one text's or pair's windows: a gigabyte of ids

uint64_t next_identity() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

// Each byte's code point, counted from the start of the text.
void trace(std::string_view text, std::vector<TokenSpan>& origins) {
  origins.clear();
  origins.reserve(text.size());
  uint32_t characters = 0;
  for (char byte : text) {
    characters += !utf8::is_continuation(byte);
    origins.push_back({characters - 1, characters});
  }
}

bool is_edge(char32_t c) { return c == U'\u0120' || (unicode::flags(c) & unicode::blank); }

// What process_offsets of Hugging Face counts: white space and the byte alphabet's blank.
TokenEdges edges_of(std::string_view token) {
  TokenEdges edges;
  uint32_t run = 0;
  uint32_t characters = 0;
  for (const char* p = token.data(); p < token.data() + token.size(); ++characters) {
    run = is_edge(utf8::next(p)) ? run + 1 : 0;
    if (run == characters + 1) edges.leading = run;
  }
  edges.trailing = run;
  return edges;
}

}  // namespace

PipelineTokenizer::PipelineTokenizer(TokenizerParts parts, const TokenizerOptions& options)
    : parts_(std::move(parts)), options_(options), identity_(next_identity()) {
  std::vector<AddedToken> raw;
  std::vector<AddedToken> normalized;
  vocab_size_ = parts_.model->vocabulary().size();
  traces_start_ = parts_.normalizer && parts_.pre_tokenizer && parts_.pre_tokenizer->asks_start();
  EncodeBuffers buffers;
  for (const auto& token : parts_.added) {
    vocab_size_ = std::max(vocab_size_, static_cast<uint32_t>(token.id) + 1);
    added_by_id_.emplace(token.id, &token);
    added_by_content_.emplace(token.content, token.id);
    auto& list = token.normalized ? normalized : raw;
    list.push_back(token);
    NormalizedText form;
    if (token.normalized && parts_.normal_forms && parts_.normalizer &&
        parts_.normalizer->apply({token.content, {}}, buffers, form)) {
      if (form.text != token.content) normal_forms_.emplace(token.id, form.text);
      list.back().content = std::move(form.text);
    }
  }
  raw_added_ = AddedTokens(raw);
  normalized_added_ = AddedTokens(normalized);
}

std::optional<std::string_view> PipelineTokenizer::id_to_token(int32_t id) const {
  if (const auto form = normal_forms_.find(id); form != normal_forms_.end()) return form->second;
  if (const auto added = added_by_id_.find(id); added != added_by_id_.end()) return added->second->content;
  return parts_.model->vocabulary().token(id);
}

std::optional<int32_t> PipelineTokenizer::token_to_id(std::string_view token) const {
  if (const auto added = added_by_content_.find(token); added != added_by_content_.end()) return added->second;
  return parts_.model->vocabulary().find(token);
}

Result<std::string> PipelineTokenizer::decode(std::span<const int32_t> ids, bool skip_special) const {
  std::vector<std::string> tokens;
  tokens.reserve(ids.size());
  for (const int32_t id : ids) {
    if (id < 0) return fail(ErrorCode::tokenizer_error, fmt::format("{} is no token id", id));
    const auto added = added_by_id_.find(id);
    // By its name: Hugging Face does not know a special token again whose normal form is another text.
    if (skip_special && added != added_by_id_.end() && added->second->special && !normal_forms_.contains(id)) continue;
    if (const auto token = id_to_token(id)) tokens.emplace_back(*token);
  }
  return parts_.decoder.decode(std::move(tokens));
}

std::vector<TokenizerPart> PipelineTokenizer::describe() const {
  const auto& post = parts_.post_processor;
  return {{"file", parts_.file},
          {"normalizer", parts_.normalizer ? parts_.normalizer->describe() : "none"},
          {"pre-tokenizer", parts_.pre_tokenizer ? parts_.pre_tokenizer->describe() : "none"},
          {"model", parts_.model->describe()},
          {"post-processor", fmt::format("{}: {} tokens around a text, {} around a pair", post.name, post.added(false),
                                         post.added(true))},
          {"decoder", parts_.decoder.name},
          {"added tokens", fmt::format("{}", parts_.added.size())}};
}

Result<void> PipelineTokenizer::encode(std::string_view text, std::optional<std::string_view> pair,
                                       const EncodeOptions& options, Scratch& scratch, TokenBuffer& out,
                                       std::vector<Piece>& pieces) const {
  const uint32_t special = options.add_special ? added_tokens(pair.has_value()) : 0;
  if (options.max_tokens < special)
    return fail(ErrorCode::tokenizer_error,
                fmt::format("max_tokens is {}, the special tokens alone are {}", options.max_tokens, special));
  const Job job{text, pair, options, options.max_tokens - special, scratch.buffers(), scratch.cache(identity_)};
  SequenceWriter writer(parts_.post_processor, pair.has_value(), options, out);
  if (pair || options.window_stride || !writer.one_text()) return encode_any(job, writer, out, pieces);
  const TokenBuffer::Mark before = out.mark();
  auto done = encode_one(job, writer, out, pieces);
  if (!done) out.back_to(before);
  return done;
}

// A text alone: its tokens are written where they stay.
Result<void> PipelineTokenizer::encode_one(const Job& job, SequenceWriter& writer, TokenBuffer& out,
                                           std::vector<Piece>& pieces) const {
  Piece piece;
  piece.begin = static_cast<uint32_t>(out.ids.size());
  writer.begin_text();
  const size_t from = out.ids.size();
  auto& edges = job.buffers.texts[0].edges;
  edges.clear();
  const bool whole = job.options.count_dropped || job.options.side == Side::left;
  Run run{out.ids,
          job.options.offsets ? &out.offsets : nullptr,
          edges_wanted(job.options) ? &edges : nullptr,
          no_limit,
          job.buffers,
          job.cache};
  if (!whole && job.options.max_tokens != EncodeOptions::no_limit) run.enough = from + job.room + 1;
  const auto replaced = tokenize(job.text, run);
  if (!replaced) return fail(replaced.error());
  piece.replaced_utf8 = *replaced;
  const auto count = static_cast<uint32_t>(out.ids.size() - from);
  const auto kept = truncated(count, 0, false, job.room, job.options.truncation);
  if (!kept) return fail(kept.error());
  piece.dropped = count - kept->first;
  if (piece.dropped > 0) {
    const auto cut = [&](auto& list, size_t begin) {
      const auto first = list.begin() + static_cast<std::ptrdiff_t>(begin);
      if (job.options.side == Side::left) {
        list.erase(first, first + piece.dropped);
      } else {
        list.erase(first + kept->first, list.end());
      }
    };
    cut(out.ids, from);
    if (run.spans != nullptr) cut(*run.spans, from);
    if (run.edges != nullptr) cut(*run.edges, 0);
  }
  writer.end_text(from, edges);
  piece.count = static_cast<uint32_t>(out.ids.size()) - piece.begin;
  pieces.push_back(piece);
  return {};
}

// A pair, windows, or an unusual template.
Result<void> PipelineTokenizer::encode_any(const Job& job, SequenceWriter& writer, TokenBuffer& out,
                                           std::vector<Piece>& pieces) const {
  auto& texts = job.buffers.texts;
  Piece piece;
  for (size_t i = 0; i < 2; ++i) {
    texts[i].ids.clear();
    texts[i].spans.clear();
    texts[i].edges.clear();
    if (i == 1 && !job.pair) continue;
    Run run{texts[i].ids,
            job.options.offsets ? &texts[i].spans : nullptr,
            edges_wanted(job.options) ? &texts[i].edges : nullptr,
            no_limit,
            job.buffers,
            job.cache};
    const auto replaced = tokenize(i == 0 ? job.text : *job.pair, run);
    if (!replaced) return fail(replaced.error());
    piece.replaced_utf8 |= *replaced;
  }
  const uint32_t total[] = {static_cast<uint32_t>(texts[0].ids.size()), static_cast<uint32_t>(texts[1].ids.size())};
  const auto kept = truncated(total[0], total[1], job.pair.has_value(), job.room, job.options.truncation);
  if (!kept) return fail(kept.error());
  const auto write = [&](SequenceWriter::Window first, SequenceWriter::Window second) {
    piece.begin = static_cast<uint32_t>(out.ids.size());
    writer.sequence(texts, first, second);
    piece.count = static_cast<uint32_t>(out.ids.size()) - piece.begin;
    pieces.push_back(piece);
  };
  if (!job.options.window_stride) {
    piece.dropped = total[0] + total[1] - kept->first - kept->second;
    const auto range = [&](uint32_t all, uint32_t some) {
      const auto kept_range = job.options.side == Side::left ? TokenRange{all - some, all} : TokenRange{0, some};
      return SequenceWriter::Window{kept_range, false};
    };
    write(range(total[0], kept->first), range(total[1], kept->second));
    return {};
  }
  auto& ranges = job.buffers.windows;
  const uint32_t keep[] = {kept->first, kept->second};
  for (size_t i = 0; i < 2; ++i)
    if (auto done = windows(total[i], keep[i], *job.options.window_stride, job.options.side, ranges[i]); !done)
      return done;
  const double most = static_cast<double>(ranges[0].size()) * static_cast<double>(ranges[1].size()) *
                      (static_cast<double>(keep[0]) + keep[1] + added_tokens(job.pair.has_value()));
  if (most > most_window_tokens)
    return fail(ErrorCode::tokenizer_error,
                fmt::format("{} times {} windows would have {} tokens", ranges[0].size(), ranges[1].size(), most));
  // Hugging Face's order: the sequence, then each further window of what the template has first with all of the other,
  // then its first one with the further ones of the other.
  const size_t outer = writer.pair_comes_first() ? 1 : 0;
  const auto write_both = [&](size_t i, size_t j) {
    const size_t at[] = {outer == 0 ? i : j, outer == 0 ? j : i};
    write({ranges[0][at[0]], at[0] > 0}, {ranges[1][at[1]], at[1] > 0});
  };
  write_both(0, 0);
  for (size_t i = 1; i < ranges[outer].size(); ++i)
    for (size_t j = 0; j < ranges[1 - outer].size(); ++j) write_both(i, j);
  for (size_t j = 1; j < ranges[1 - outer].size(); ++j) write_both(0, j);
  return {};
}

bool PipelineTokenizer::edges_wanted(const EncodeOptions& options) const {
  return options.offsets && !parts_.post_processor.trims.empty();
}

// Appends the tokens of one text; true when invalid UTF-8 was replaced.
Result<bool> PipelineTokenizer::tokenize(std::string_view text, Run& run) const {
  auto& buffers = run.buffers;
  if (text.size() > most_bytes)
    return fail(ErrorCode::tokenizer_error,
                fmt::format("the text has {} bytes, more than {}", text.size(), most_bytes));
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
  TextView whole{text, {}};
  if (run.spans != nullptr || traces_start_) {
    trace(text, buffers.raw_origins);
    whole.origins = buffers.raw_origins;
  }
  buffers.raw_splits.clear();
  if (raw_added_.empty() || !raw_added_.split(text, buffers.raw_splits)) {
    if (auto done = add_segment(whole, true, run); !done) return fail(std::move(done.error()));
    return replaced;
  }
  for (const auto& split : buffers.raw_splits) {
    const auto part = whole.sub(split.begin, split.end);
    if (split.id >= 0) {
      add_token(split.id, part, run);
    } else if (auto done = add_segment(part, split.begin == 0, run); !done) {
      return fail(std::move(done.error()));
    }
  }
  return replaced;
}

// Text without added tokens of the first kind.
Result<void> PipelineTokenizer::add_segment(TextView text, bool at_start, Run& run) const {
  auto& buffers = run.buffers;
  if (text.text.empty() || run.ids.size() >= run.enough) return {};
  if (parts_.normalizer && parts_.normalizer->apply(text, buffers, buffers.normalized))
    text = buffers.normalized.view();
  if (text.text.size() > most_bytes)
    return fail(ErrorCode::tokenizer_error,
                fmt::format("the normalized text has {} bytes, more than {}", text.text.size(), most_bytes));
  buffers.normalized_splits.clear();
  if (normalized_added_.empty() || !normalized_added_.split(text.text, buffers.normalized_splits))
    return add_words(text, at_start, run);
  for (const auto& split : buffers.normalized_splits) {
    const auto part = text.sub(split.begin, split.end);
    if (split.id >= 0) {
      add_token(split.id, part, run);
    } else if (auto done = add_words(part, at_start && split.begin == 0, run); !done) {
      return done;
    }
  }
  return {};
}

void PipelineTokenizer::add_token(int32_t id, TextView text, Run& run) const {
  run.ids.push_back(id);
  if (run.spans != nullptr) run.spans->push_back({text.origins.front().begin, text.origins.back().end});
  if (run.edges != nullptr) run.edges->push_back(edges_of(text.text));
}

Result<void> PipelineTokenizer::add_words(TextView text, bool at_start, Run& run) const {
  if (text.text.empty()) return {};
  auto& words = run.buffers.words;
  words.text = text;
  words.at_start = text.traced() ? text.origins.front().begin == 0 : at_start;
  words.words.assign(1, {0, static_cast<uint32_t>(text.text.size())});
  if (parts_.pre_tokenizer) parts_.pre_tokenizer->apply(words, run.buffers);
  if (const auto* splits = parts_.model->safe_splits()) splits->apply(words, run.buffers);
  if (run.spans != nullptr) {
    for (const ByteRange range : words.words) {
      if (run.ids.size() >= run.enough) return {};
      if (auto done = add_traced(words.text.sub(range.begin, range.end), run); !done) return done;
    }
    return {};
  }
  return add_cached(words, run);
}

// Words whose places nobody asks for. A few at a time: while one is looked up, the cache's lines of the next ones are
// on their way.
Result<void> PipelineTokenizer::add_cached(const Words& words, Run& run) const {
  constexpr size_t ahead = 16;
  WordKey keys[ahead];
  uint64_t hashes[ahead];
  int32_t known[ahead * WordCache::max_ids];
  const std::string_view text = words.text.text;
  for (size_t begin = 0; begin < words.words.size() && run.ids.size() < run.enough; begin += ahead) {
    const auto some = std::span(words.words).subspan(begin, std::min(ahead, words.words.size() - begin));
    for (size_t i = 0; i < some.size(); ++i) {
      const char* const word = text.data() + some[i].begin;
      keys[i] = WordKey::of(word, some[i].end - some[i].begin, text);
      hashes[i] = keys[i].hash(word);
      run.cache.prefetch(hashes[i]);
    }
    size_t count = 0;
    for (size_t i = 0; i < some.size(); ++i) {
      const char* const word = text.data() + some[i].begin;
      if (const auto* found = run.cache.find(word, keys[i], hashes[i])) {
        std::memcpy(known + count, found->ids, sizeof found->ids);  // all, since that is faster than some
        count += found->count;
        continue;
      }
      run.ids.insert(run.ids.end(), known, known + count);
      count = 0;
      const size_t first = run.ids.size();
      if (auto done = parts_.model->encode({word, keys[i].size}, run.buffers, run.ids, nullptr); !done) return done;
      run.cache.put(word, keys[i], hashes[i], std::span(run.ids).subspan(first));
    }
    run.ids.insert(run.ids.end(), known, known + count);
  }
  return {};
}

// A word whose tokens' places are asked for; the cache does not know them.
Result<void> PipelineTokenizer::add_traced(TextView word, Run& run) const {
  auto& ends = run.buffers.ends;
  ends.clear();
  const size_t first = run.ids.size();
  if (auto done = parts_.model->encode(word.text, run.buffers, run.ids, &ends); !done) return done;
  size_t begin = 0;
  size_t from = 0;
  for (size_t i = 0; i < ends.size(); ++i) {
    const size_t until = std::min<size_t>(ends[i], word.text.size());
    if (until > from) begin = from;  // else the token shares the place of the one before it
    run.spans->push_back({word.origins[begin].begin, word.origins[until - 1].end});
    if (run.edges != nullptr) {
      const int32_t id = run.ids[first + i];
      const bool text = id == parts_.model->shown_as_text();
      run.edges->push_back(edges_of(text ? word.text.substr(from, until - from) : id_to_token(id).value_or("")));
    }
    from = until;
  }
  return {};
}

}  // namespace weir

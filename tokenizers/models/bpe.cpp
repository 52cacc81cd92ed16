#include "tokenizers/models/bpe.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "tokenizers/byte_alphabet.hpp"
#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/models/long_words.hpp"
#include "tokenizers/utf8.hpp"
#include "tokenizers/word_key.hpp"

namespace weir {
namespace {

constexpr std::string_view blank = "▁";  // SentencePiece's
// Up to here scanning for the lowest rank beats a heap.
constexpr size_t short_word = 48;

uint64_t word_hash(std::string_view word) { return WordKey::of(word.data(), word.size(), word).hash(word.data()); }

// Whether a blank stands behind another character.
bool has_inner_blank(std::string_view token) {
  size_t at = 0;
  while (token.substr(at).starts_with(blank)) at += blank.size();
  return token.find(blank, at) != std::string_view::npos;
}

// Cuts in front of each blank that follows another character.
class BlankSplits final : public PreTokenizer {
 public:
  void apply(Words& words, EncodeBuffers& buffers) const override {
    const std::string_view text = words.text.text;
    buffers.ranges.clear();
    for (const ByteRange word : words.words) {
      size_t begin = word.begin;
      for (size_t at = begin + 1; (at = text.substr(0, word.end).find(blank, at)) != std::string_view::npos;) {
        if (!text.substr(0, at).ends_with(blank)) {
          buffers.ranges.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(at)});
          begin = at;
        }
        at += blank.size();
      }
      buffers.ranges.push_back({static_cast<uint32_t>(begin), word.end});
    }
    std::swap(words.words, buffers.ranges);
  }
  std::string describe() const override { return "in front of blanks"; }
};

}  // namespace

Result<std::unique_ptr<Bpe>> Bpe::make(Vocabulary vocabulary, std::span<const MergePair> pairs, BpeOptions options,
                                       const std::string& place) {
  MergeReader reader(vocabulary, options.continuing_subword_prefix.size(), pairs.size(), place);
  for (const auto& pair : pairs)
    if (auto done = reader.add(pair); !done) return fail(std::move(done.error()));
  auto merges = reader.finish();
  if (!merges) return fail(std::move(merges.error()));
  return make(std::move(vocabulary), std::move(*merges), std::move(options), place);
}

Result<std::unique_ptr<Bpe>> Bpe::make(Vocabulary vocabulary, LargeVector<Merge> merges, BpeOptions options,
                                       const std::string& place) {
  if (vocabulary.size() > MergeTable::most_ids || merges.size() >= MergeTable::none)
    return fail(ErrorCode::unsupported,
                fmt::format("{}: {} ids and {} merges; at most {} and {} are read", place, vocabulary.size(),
                            merges.size(), MergeTable::most_ids, MergeTable::none - 1));
  return std::unique_ptr<Bpe>(new Bpe(std::move(vocabulary), std::move(merges), std::move(options)));
}

Bpe::Bpe(Vocabulary vocabulary, LargeVector<Merge> merges, BpeOptions options)
    : vocabulary_(std::move(vocabulary)), options_(std::move(options)), symbols_(vocabulary_, options_) {
  const auto grows = [&](const Merge& merge) {
    return vocabulary_.token(merge.right)->size() > options_.continuing_subword_prefix.size();
  };
  if (!options_.continuing_subword_prefix.empty() || vocabulary_.find(""))
    growing_ = std::all_of(merges.begin(), merges.end(), grows);
  if (blanks_stand_in_front(merges)) splits_ = std::make_unique<BlankSplits>();
  merges_ = MergeTable(merges);
}

// Whether no merge reaches over the place in front of a blank that follows another character: neighbours there have
// texts that end in another character and begin with a blank, and no result holds the two together.
bool Bpe::blanks_stand_in_front(std::span<const Merge> merges) const {
  if (!options_.continuing_subword_prefix.empty() || !options_.end_of_word_suffix.empty()) return false;
  if (symbols_.may_lose_characters()) return false;
  if (!vocabulary_.find(blank) || (options_.unk_token && options_.unk_token->ends_with(blank))) return false;
  std::vector<bool> reached(vocabulary_.size(), options_.ignore_merges);
  for (const auto& merge : merges) reached[static_cast<size_t>(merge.result)] = true;
  for (int32_t id = 0; id < static_cast<int32_t>(vocabulary_.size()); ++id)
    if (const auto token = vocabulary_.token(id); token && reached[static_cast<size_t>(id)] && has_inner_blank(*token))
      return false;
  return true;
}

bool Bpe::use_raw_bytes() {
  raw_ = symbols_.use_raw_bytes();
  if (raw_) splits_ = nullptr;
  if (raw_ && options_.ignore_merges) find_words();
  return raw_;
}

// Most words are no token, which their bytes tell sooner than their letters.
void Bpe::find_words() {
  words_ = HashFilter(vocabulary_.size());
  std::string bytes;
  for (int32_t id = 0; id < static_cast<int32_t>(vocabulary_.size()); ++id) {
    const auto token = vocabulary_.token(id);
    if (!token) continue;
    bytes.clear();
    for (const char* p = token->data(); p < token->data() + token->size();)
      bytes += static_cast<char>(letter_byte(utf8::next(p)));  // a token of other letters is no word anyhow
    words_.add(word_hash(bytes));
  }
}

std::string Bpe::describe() const {
  std::string text = fmt::format("BPE: {} tokens, {} merges", vocabulary_.size(), merges_.size());
  if (raw_) text += ", on bytes";
  if (options_.unk_token)
    text += fmt::format(", unknown {}{}", *options_.unk_token, options_.fuse_unk ? " (fused)" : "");
  if (options_.byte_fallback) text += ", byte fallback";
  if (options_.ignore_merges) text += ", whole words first";
  if (!options_.continuing_subword_prefix.empty()) text += ", prefix " + options_.continuing_subword_prefix;
  if (!options_.end_of_word_suffix.empty()) text += ", suffix " + options_.end_of_word_suffix;
  return text;
}

Result<void> Bpe::encode(std::string_view word, EncodeBuffers& buffers, std::vector<int32_t>& ids,
                         std::vector<uint32_t>* ends) const {
  auto& work = buffers.bpe;
  if (options_.ignore_merges) {
    if (const auto id = whole(word, work)) {
      ids.push_back(*id);
      if (ends != nullptr) ends->push_back(static_cast<uint32_t>(word.size()));
      return {};
    }
  }
  if (auto done = symbols_.split(word, work.symbols); !done) return done;
  if (growing_ && work.symbols.size() <= short_word) {
    merge_short(work);
  } else {
    merge_long(merges_, work);
  }
  for (const auto& symbol : work.symbols) ids.push_back(symbol.id);
  if (ends != nullptr) {
    uint32_t end = 0;
    for (const auto& symbol : work.symbols) ends->push_back(end += symbol.length);
  }
  return {};
}

std::optional<int32_t> Bpe::whole(std::string_view word, BpeBuffers& work) const {
  if (word.size() > vocabulary_.longest()) return std::nullopt;
  if (!raw_) return vocabulary_.find(word);
  if (!words_.may_have(word_hash(word))) return std::nullopt;
  work.letters.clear();
  for (char byte : word) utf8::append(work.letters, byte_letters[static_cast<unsigned char>(byte)]);
  return vocabulary_.find(work.letters);
}

void Bpe::merge_short(BpeBuffers& work) const {
  Symbol* const symbols = work.symbols.data();
  size_t count = work.symbols.size();
  std::array<uint32_t, short_word + 1> ranks;
  const auto rank_at = [&](size_t i) {
    if (i + 1 >= count) return MergeTable::none;
    const uint32_t rank = merges_.rank(symbols[i].id, symbols[i + 1].id);
    if (rank != MergeTable::none) merges_.prefetch_result(rank);
    return rank;
  };
  for (size_t i = 0; i < count; ++i) ranks[i] = rank_at(i);
  while (count > 1) {
    const auto lowest = std::min_element(ranks.begin(), ranks.begin() + static_cast<std::ptrdiff_t>(count - 1));
    if (*lowest == MergeTable::none) break;
    const auto at = static_cast<size_t>(lowest - ranks.begin());
    symbols[at] = {merges_.result(*lowest), symbols[at].length + symbols[at + 1].length};
    --count;
    for (size_t i = at + 1; i < count; ++i) {
      symbols[i] = symbols[i + 1];
      ranks[i] = ranks[i + 1];
    }
    ranks[at] = rank_at(at);
    if (at > 0) ranks[at - 1] = rank_at(at - 1);
  }
  work.symbols.resize(count);
}

}  // namespace weir

#include "tokenizers/normalizers/sentencepiece_normalizer.hpp"

#include <utility>

#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

constexpr std::string_view mark = "▁";

void put(std::string_view text, TokenSpan origin, bool traced, NormalizedText& out) {
  out.text += text;
  if (traced) out.origins.resize(out.text.size(), origin);
}

}  // namespace

Result<std::unique_ptr<Normalizer>> SentencePieceNormalizer::make(std::string_view map,
                                                                  const std::vector<std::string_view>& kept,
                                                                  Options options) {
  std::unique_ptr<SentencePieceNormalizer> made(new SentencePieceNormalizer);
  if (!map.empty()) {
    auto parsed = CharacterMap::parse(map);
    if (!parsed) return fail(std::move(parsed.error()));
    made->map_ = std::move(*parsed);
  }
  std::vector<PieceTrie::Piece> pieces;
  for (const auto piece : kept)
    if (!piece.empty()) pieces.emplace_back(piece, static_cast<int32_t>(pieces.size()));
  auto trie = PieceTrie::make(std::move(pieces));
  if (!trie) return fail(std::move(trie.error()));
  made->kept_ = std::move(*trie);
  made->options_ = options;
  return made;
}

SentencePieceNormalizer::Step SentencePieceNormalizer::next(std::string_view rest) const {
  size_t kept = 0;
  PieceTrie::Walk walk(kept_);
  for (size_t i = 0; i < rest.size() && walk.next(rest[i]); ++i)
    if (walk.id() >= 0) kept = i + 1;
  if (kept > 0) return {rest.substr(0, kept), kept};
  if (const auto found = map_.find_longest(rest)) return {found->replacement, found->size};
  const size_t one = utf8::length_at(rest[0]);
  return {rest.substr(0, one), one};
}

bool SentencePieceNormalizer::apply(TextView in, EncodeBuffers& /*buffers*/, NormalizedText& out) const {
  out.clear();
  const bool traced = in.traced();
  const std::string_view blank = options_.escape_whitespaces ? mark : " ";
  bool behind_blank = options_.remove_extra_whitespaces;
  bool begun = false;
  for (size_t at = 0; at < in.text.size();) {
    const auto [text, consumed] = next(in.text.substr(at));
    const auto origin = traced ? TokenSpan{in.origins[at].begin, in.origins[at + consumed - 1].end} : TokenSpan{};
    at += consumed;
    if (!begun) {
      if (options_.remove_extra_whitespaces && text == " ") continue;
      begun = true;
      if (options_.add_dummy_prefix) put(blank, {origin.begin, origin.begin}, traced, out);
    }
    auto shown = text;
    while (behind_blank && shown.starts_with(' ')) shown.remove_prefix(1);
    for (char byte : shown) put(byte == ' ' ? blank : std::string_view(&byte, 1), origin, traced, out);
    if (!shown.empty()) behind_blank = shown.ends_with(' ');
    behind_blank = behind_blank && options_.remove_extra_whitespaces;
  }
  while (options_.remove_extra_whitespaces && out.text.ends_with(blank))
    out.text.resize(out.text.size() - blank.size());
  if (traced) out.origins.resize(out.text.size());
  return true;
}

std::string SentencePieceNormalizer::describe() const {
  std::string text = "SentencePiece: longest matches of its map";
  if (options_.add_dummy_prefix) text += ", a blank in front";
  if (options_.remove_extra_whitespaces) text += ", no blanks in a row";
  return text;
}

}  // namespace weir

#include "tokenizers/readers/sentencepiece_file.hpp"

#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "tokenizers/readers/sentencepiece.pb.h"
#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

constexpr uintmax_t most_bytes = uintmax_t{1} << 28;

SentencePieceFile::PieceType type_of(sentencepiece::Model::Piece::Type type) {
  using Piece = sentencepiece::Model::Piece;
  using Type = SentencePieceFile::PieceType;
  switch (type) {
    case Piece::NORMAL: return Type::normal;
    case Piece::UNKNOWN: return Type::unknown;
    case Piece::CONTROL: return Type::control;
    case Piece::USER_DEFINED: return Type::user_defined;
    case Piece::UNUSED: return Type::unused;
    case Piece::BYTE: return Type::byte;
  }
  return Type::normal;
}

Result<std::string> read_all(const std::filesystem::path& file) {
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  std::ifstream in(file, std::ios::binary);
  if (error || !in) return fail(ErrorCode::io_error, fmt::format("{}: cannot be read", file.string()));
  if (size > most_bytes)
    return fail(ErrorCode::corrupt,
                fmt::format("{}: has {} bytes; at most {} are read", file.string(), size, most_bytes));
  return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
}

}  // namespace

bool looks_like_sentencepiece(const std::filesystem::path& file) {
  // A model begins with a piece: field 1, with a length. A line of ranks begins with base64, never with a line end.
  std::ifstream in(file, std::ios::binary);
  return in.get() == 0x0A;
}

Result<SentencePieceFile> read_sentencepiece_file(const std::filesystem::path& file) {
  const auto text = read_all(file);
  if (!text) return fail(text.error());
  sentencepiece::Model model;
  if (!model.ParseFromString(*text) || model.pieces().empty())
    return fail(ErrorCode::corrupt, fmt::format("{}: is no SentencePiece model", file.string()));
  const auto& trainer = model.trainer_spec();
  const auto& normalizer = model.normalizer_spec();
  SentencePieceFile made;
  made.place = file.string();
  if (trainer.model_type() != sentencepiece::Trainer::UNIGRAM && trainer.model_type() != sentencepiece::Trainer::BPE)
    return fail(ErrorCode::unsupported,
                fmt::format("{}: a SentencePiece model of type {}; unigram and bpe are built", file.string(),
                            trainer.model_type() == sentencepiece::Trainer::WORD ? "word" : "char"));
  if (trainer.treat_whitespace_as_suffix())
    return fail(ErrorCode::unsupported, fmt::format("{}: treat_whitespace_as_suffix is not built", file.string()));
  made.kind = trainer.model_type() == sentencepiece::Trainer::BPE ? SentencePieceFile::Kind::bpe
                                                                  : SentencePieceFile::Kind::unigram;
  for (const auto& piece : model.pieces()) {
    if (!utf8::valid(piece.piece()))
      return fail(ErrorCode::corrupt, fmt::format("{}: piece {} is no UTF-8", file.string(), made.pieces.size()));
    made.pieces.push_back({piece.piece(), piece.score(), type_of(piece.type())});
  }
  made.byte_fallback = trainer.byte_fallback();
  made.unk_id = trainer.unk_id();
  made.bos_id = trainer.bos_id();
  made.eos_id = trainer.eos_id();
  if (made.unk_id < 0 || static_cast<size_t>(made.unk_id) >= made.pieces.size())
    return fail(ErrorCode::corrupt, fmt::format("{}: the unknown piece is number {} of {}", file.string(), made.unk_id,
                                                made.pieces.size()));
  made.unk_piece = trainer.unk_piece();
  made.bos_piece = trainer.bos_piece();
  made.eos_piece = trainer.eos_piece();
  made.charsmap = normalizer.precompiled_charsmap();
  made.add_dummy_prefix = normalizer.add_dummy_prefix();
  made.remove_extra_whitespaces = normalizer.remove_extra_whitespaces();
  made.escape_whitespaces = normalizer.escape_whitespaces();
  return made;
}

}  // namespace weir

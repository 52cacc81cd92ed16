#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace weir {

// A SentencePiece model file, read. Plain data.
struct SentencePieceFile {
  enum class Kind : uint8_t { unigram, bpe };
  enum class PieceType : uint8_t { normal, unknown, control, user_defined, unused, byte };
  struct Piece {
    std::string text;
    double score = 0;
    PieceType type = PieceType::normal;
  };

  std::string place;  // the file's name, for errors
  Kind kind = Kind::unigram;
  std::vector<Piece> pieces;  // by id
  bool byte_fallback = false;
  int32_t unk_id = 0, bos_id = 1, eos_id = 2;  // -1: there is none
  std::string unk_piece, bos_piece, eos_piece;
  std::string charsmap;  // of the normalizer; empty: none
  bool add_dummy_prefix = true, remove_extra_whitespaces = true, escape_whitespaces = true;
};

// Whether a file begins like a SentencePiece model and not like a list of ranks: both are called tokenizer.model.
bool looks_like_sentencepiece(const std::filesystem::path& file);

// corrupt: no such file, a piece that is no UTF-8, an unknown piece that is not there. unsupported: a model of words or
// characters, blanks behind words.
Result<SentencePieceFile> read_sentencepiece_file(const std::filesystem::path& file);

}  // namespace weir

#pragma once

#include "tokenizers/decoders/decoder.hpp"
#include "tokenizers/regex/regex.hpp"

// The decoders of Hugging Face tokenizers, each by its name there.
namespace weir::decoders {

// Letters of the byte alphabet to their bytes; a token with another letter stays. Invalid UTF-8 becomes U+FFFD.
TokenDecoder::Step byte_level();
// Runs of tokens "<0x41>" to their bytes; U+FFFD for each token of a run that is no UTF-8.
TokenDecoder::Step byte_fallback();
// Blanks between words; a token with the prefix continues one. `cleanup`: no blank before punctuation and "n't".
TokenDecoder::Step word_piece(std::string prefix, bool cleanup);
// The suffix ends a word.
TokenDecoder::Step bpe(std::string suffix);
// Each `replacement` is a blank; those of the first token go when `skip_first`.
TokenDecoder::Step metaspace(std::string replacement, bool skip_first);
// One token of all.
TokenDecoder::Step fuse();
// Up to `start` times `content` (a code point) at a token's start goes, up to `stop` times at its end.
TokenDecoder::Step strip(std::string content, size_t start, size_t stop);
// Each `pattern` in a token becomes `content`.
TokenDecoder::Step replace(std::string pattern, std::string content);
// The same for each match of an expression.
TokenDecoder::Step replace(Regex pattern, std::string content);
// Repeated tokens and padding go; `delimiter` is a blank when `cleanup`.
TokenDecoder::Step ctc(std::string pad, std::string delimiter, bool cleanup);

}  // namespace weir::decoders

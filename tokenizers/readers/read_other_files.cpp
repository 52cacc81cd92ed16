#include "tokenizers/readers/read_other_files.hpp"

#include <utility>

#include <fmt/format.h>

#include "tokenizers/readers/read_sentencepiece.hpp"
#include "tokenizers/readers/read_tiktoken.hpp"
#include "tokenizers/readers/read_vocab_merges.hpp"
#include "tokenizers/readers/sentencepiece_file.hpp"

namespace weir {
namespace {

Result<TokenizerParts> read_parts_of(const std::filesystem::path& dir, TokenizerConfig config) {
  const auto has = [&dir](const char* name) {
    std::error_code error;
    return std::filesystem::exists(dir / name, error);
  };
  for (const char* name : {"spiece.model", "sentencepiece.bpe.model", "tokenizer.model"}) {
    if (!has(name)) continue;
    return looks_like_sentencepiece(dir / name) ? read_sentencepiece(dir / name, std::move(config))
                                                : read_tiktoken(dir / name, std::move(config));
  }
  if (has("qwen.tiktoken")) return read_tiktoken(dir / "qwen.tiktoken", std::move(config));
  if (has("vocab.json")) return read_vocab_merges(dir, std::move(config));
  constexpr const char* clip = "bpe_simple_vocab_16e6.txt";
  if (has(clip)) return read_clip_merges(dir / clip, std::move(config));
  if (has("bpe_simple_vocab_16e6.txt.gz"))
    return fail(ErrorCode::unsupported,
                fmt::format("{}.gz: is compressed; unpack it with gunzip", (dir / clip).string()));
  return read_vocab_txt(dir, std::move(config));
}

}  // namespace

Result<TokenizerParts> read_other_files(const std::filesystem::path& dir) {
  auto config = read_tokenizer_config(dir);
  if (!config) return fail(std::move(config.error()));
  const auto longest = config->model_max_length;
  auto parts = read_parts_of(dir, std::move(*config));
  if (parts) parts->model_max_length = longest;
  return parts;
}

}  // namespace weir

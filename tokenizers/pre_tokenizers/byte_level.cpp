#include "tokenizers/pre_tokenizers/byte_level.hpp"

#include <fmt/format.h>

#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/json_file.hpp"
#include "tokenizers/pre_tokenizers/split.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

constexpr std::string_view gpt2 = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

bool wants_blank(const Words& words) {
  for (const auto word : words.words)
    if (words.text.text[word.begin] != ' ') return true;
  return false;
}

class ByteLevel final : public PreTokenizer {
 public:
  ByteLevel(bool add_prefix_space, std::unique_ptr<PreTokenizer> split, ByteForm bytes)
      : add_prefix_space_(add_prefix_space), split_(std::move(split)), bytes_(bytes) {}

  void apply(Words& words, EncodeBuffers& buffers) const override {
    if (add_prefix_space_ && wants_blank(words)) put_blanks(words, buffers);
    if (split_) split_->apply(words, buffers);
    if (bytes_ == ByteForm::letters) write_letters(words, buffers);
  }

  std::string describe() const override {
    return fmt::format("ByteLevel: {}{}{}", add_prefix_space_ ? "a blank in front" : "no blank in front",
                       split_ ? ", words as GPT-2" : "", bytes_ == ByteForm::raw ? "" : ", bytes as letters");
  }

 private:
  static void put_blanks(Words& words, EncodeBuffers& buffers) {
    auto& out = buffers.rewritten;
    out.clear();
    for (auto& word : words.words) {
      const auto begin = static_cast<uint32_t>(out.text.size());
      const auto view = words.text.sub(word.begin, word.end);
      if (view.text[0] != ' ') {
        out.text += ' ';
        if (view.traced()) out.origins.push_back(view.origins[0]);
      }
      out.text.append(view.text);
      if (view.traced()) out.origins.insert(out.origins.end(), view.origins.begin(), view.origins.end());
      word = {begin, static_cast<uint32_t>(out.text.size())};
    }
    words.rewrite(out);
  }

  static void write_letters(Words& words, EncodeBuffers& buffers) {
    auto& out = buffers.rewritten;
    out.clear();
    for (auto& word : words.words) {
      const auto begin = static_cast<uint32_t>(out.text.size());
      const auto view = words.text.sub(word.begin, word.end);
      for (size_t i = 0; i < view.text.size(); ++i) {
        char letter[4];
        const size_t size = utf8::write(byte_letters[static_cast<uint8_t>(view.text[i])], letter);
        out.text.append(letter, size);
        if (view.traced()) out.origins.insert(out.origins.end(), size, view.origins[i]);
      }
      word = {begin, static_cast<uint32_t>(out.text.size())};
    }
    words.rewrite(out);
  }

  const bool add_prefix_space_;
  const std::unique_ptr<PreTokenizer> split_;  // null: words stay whole
  const ByteForm bytes_;
};

}  // namespace

Result<std::unique_ptr<PreTokenizer>> make_byte_level(const JsonAt& json, ByteForm bytes) {
  const auto add_prefix_space = json["add_prefix_space"].boolean(true);
  if (!add_prefix_space) return fail(add_prefix_space.error());
  const auto use_regex = json["use_regex"].boolean(true);
  if (!use_regex) return fail(use_regex.error());
  std::unique_ptr<PreTokenizer> split;
  if (*use_regex) {
    auto made = make_pattern_split(gpt2, SplitBehavior::isolated, false);
    if (!made) return fail(made.error());
    split = std::move(*made);
  }
  return std::make_unique<ByteLevel>(*add_prefix_space, std::move(split), bytes);
}

}  // namespace weir

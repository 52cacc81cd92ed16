// Any bytes as a text or a pair, for tokenizers of all settings: the path with offsets and the one with the word cache
// agree, and nothing is longer than max_tokens. The first bytes choose settings and where the pair begins.
#include <vector>

#include "tests/fuzz/tokenizers/fuzz_tokenizer.hpp"

namespace weir {
namespace {

std::string small(bool lower, bool chinese) {
  const auto flag = [](bool value) { return value ? "true" : "false"; };
  return std::string(R"({"normalizer":{"type":"BertNormalizer","clean_text":true,"strip_accents":null,"lowercase":)") +
         flag(lower) + R"(,"handle_chinese_chars":)" + flag(chinese) + R"(},
    "pre_tokenizer":{"type":"BertPreTokenizer"},
    "post_processor":{"type":"BertProcessing","cls":["[CLS]",2],"sep":["[SEP]",3]},
    "added_tokens":[{"id":3,"content":"[SEP]","special":true},
                    {"id":9,"content":"aB","single_word":true,"lstrip":true,"rstrip":true,"normalized":true},
                    {"id":10,"content":"<x","lstrip":true,"rstrip":true,"normalized":false}],
    "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":20,
             "vocab":{"[PAD]":0,"[UNK]":1,"[CLS]":2,"[SEP]":3,"a":4,"##a":5,"ab":6,"##b":7,"b":8,"aB":9,"<x":10}}})";
}

std::vector<std::shared_ptr<const Tokenizer>> make_all() {
  std::vector<std::shared_ptr<const Tokenizer>> all;
  for (int i = 0; i < 8; ++i) {
    auto made = load_tokenizer(small(i & 1, i & 2), {.lower_case = (i & 4) != 0});
    require(made.has_value());
    all.push_back(*made);
  }
  return all;
}

}  // namespace
}  // namespace weir

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  static const auto tokenizers = make_all();
  static Scratch scratch;
  if (size < 3) return 0;
  EncodeOptions options;
  options.truncation = static_cast<Truncation>(data[0] / 8 % 3);
  options.side = data[0] & 64 ? Side::left : Side::right;
  options.add_special = (data[0] & 128) == 0;
  if (data[1] < 200) options.max_tokens = data[1];
  const std::string_view text(reinterpret_cast<const char*>(data) + 3, size - 3);
  const size_t cut = data[2] % (text.size() + 1);
  check_encoded(*tokenizers[data[0] % 8], text, std::nullopt, options, scratch);
  check_encoded(*tokenizers[data[0] % 8], text.substr(0, cut), text.substr(cut), options, scratch);
  return 0;
}

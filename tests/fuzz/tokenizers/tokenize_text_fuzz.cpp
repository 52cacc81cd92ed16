// Any bytes as a text or a pair, for the tokenizers of corpus/tokenizer_json: the path with offsets and the one with
// the word cache agree, nothing is longer than max_tokens, what is encoded decodes. The first bytes choose tokenizer,
// settings and where the pair begins.
#include <algorithm>
#include <iterator>

#include "tests/fuzz/tokenizers/fuzz_tokenizer.hpp"

namespace weir {
namespace {

std::vector<std::shared_ptr<const Tokenizer>> load_all() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(WEIR_FUZZ_TOKENIZERS)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<std::shared_ptr<const Tokenizer>> all;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    const std::string json((std::istreambuf_iterator<char>(in)), {});
    auto made = load_tokenizer("tokenizer.json", json, {.lower_case = all.size() % 8 == 7});
    if (made) all.push_back(*made);  // the others show what is refused
  }
  require(all.size() > 20);
  return all;
}

}  // namespace
}  // namespace weir

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  static const auto tokenizers = load_all();
  static std::vector<Scratch> scratches(tokenizers.size());
  if (size < 4) return 0;
  const size_t which = data[3] % tokenizers.size();
  EncodeOptions options;
  options.truncation = static_cast<Truncation>(data[0] / 8 % 3);
  options.side = data[0] & 64 ? Side::left : Side::right;
  options.add_special = (data[0] & 128) == 0;
  if (data[1] < 200) options.max_tokens = data[1];
  if (data[1] < 200 && data[0] & 1) options.window_stride = data[0] / 2 % 4;
  const std::string_view text(reinterpret_cast<const char*>(data) + 4, size - 4);
  const size_t cut = data[2] % (text.size() + 1);
  check_encoded(*tokenizers[which], text, std::nullopt, options, scratches[which]);
  check_encoded(*tokenizers[which], text.substr(0, cut), text.substr(cut), options, scratches[which]);
  return 0;
}

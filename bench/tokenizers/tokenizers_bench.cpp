// How fast weir tokenizes, one thread: the weir side of bench/tokenizers/race.py, which runs the others on the same
// texts.
//
//   weir_tokenizers_bench MODEL_DIR texts FILE ROUNDS   FILE: u32 length and bytes of each text. Prints MB/s of the
//   first half (cold: a
//                                                       new word cache a round) and of the second (warm), best of the
//                                                       rounds, and the number of tokens
//   weir_tokenizers_bench MODEL_DIR growth              time(2n) / time(n) at n = 256 KiB for texts made to be hard
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "tokenizers/tokenizer.hpp"

namespace weir {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

int texts(const Tokenizer& tokenizer, const char* file, int rounds) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  std::vector<std::string_view> all;
  for (size_t at = 0; at + 4 <= bytes.size();) {
    uint32_t size;
    std::memcpy(&size, bytes.data() + at, sizeof size);
    all.emplace_back(bytes.data() + at + 4, size);
    at += 4 + size;
  }
  double best[2] = {};
  uint64_t tokens = 0;
  for (int round = 0; round < rounds; ++round) {
    Scratch scratch;
    TokenBuffer out;
    std::vector<Piece> pieces;
    tokens = 0;
    for (size_t half = 0; half < 2; ++half) {
      size_t size = 0;
      const auto begin = Clock::now();
      for (size_t i = half * all.size() / 2; i < (half + 1) * all.size() / 2; ++i) {
        if (i % 256 == 0) {  // a chunk's worth
          tokens += out.ids.size();
          out.clear();
          pieces.clear();
        }
        if (!tokenizer.encode(all[i], std::nullopt, {}, scratch, out, pieces)) return 1;
        size += all[i].size();
      }
      best[half] = std::max(best[half], static_cast<double>(size) / seconds_since(begin) / 1e6);
    }
    tokens += out.ids.size();
  }
  fmt::print("{{\"cold\": {:.2f}, \"warm\": {:.2f}, \"tokens\": {}}}\n", best[0], best[1], tokens);
  return 0;
}

int growth(const Tokenizer& tokenizer) {
  const std::pair<const char*, const char*> families[] = {{"one letter", "x"},
                                                          {"letter and mark", "a\u0301"},
                                                          {"Chinese", "\u4e2d"},
                                                          {"punctuation", "-"},
                                                          {"[SEP]", "[SEP]"},
                                                          {"[", "["},
                                                          {"marks alone", "\u0301\u0323"},
                                                          {"words of 100", nullptr}};
  const std::string word = std::string(99, 'q') + " ";
  for (const auto& [name, unit] : families) {
    double best[2] = {1e9, 1e9};
    for (int round = 0; round < 5; ++round)
      for (size_t size = 0; size < 2; ++size) {
        std::string text;
        while (text.size() < (size + 1) * 262'144) text += unit != nullptr ? unit : word;
        Scratch scratch;
        TokenBuffer out;
        std::vector<Piece> pieces;
        const auto begin = Clock::now();
        if (!tokenizer.encode(text, std::nullopt, {}, scratch, out, pieces)) return 1;
        best[size] = std::min(best[size], seconds_since(begin));
      }
    fmt::print("{:<16} time(2n)/time(n) {:.2f}, {:.1f} MB/s\n", name, best[1] / best[0], 0.524288 / best[1]);
  }
  return 0;
}

}  // namespace
}  // namespace weir

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print("usage: weir_tokenizers_bench MODEL_DIR texts FILE ROUNDS | MODEL_DIR growth\n");
    return argc == 2 && std::string_view(argv[1]) == "--help" ? 0 : 64;
  }
  const auto tokenizer = weir::Tokenizer::load(argv[1]);
  if (!tokenizer) {
    fmt::print(stderr, "{}\n", tokenizer.error().message);
    return 1;
  }
  if (std::string_view(argv[2]) == "growth") return weir::growth(**tokenizer);
  return argc < 5 ? 64 : weir::texts(**tokenizer, argv[3], std::atoi(argv[4]));
}

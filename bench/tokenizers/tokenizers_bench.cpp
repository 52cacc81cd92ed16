// How fast weir tokenizes: its side of bench/tokenizers/race.py, which runs the others on the same texts.
//
//   weir_tokenizers_bench DIR texts FILE ROUNDS   FILE: u32 length and bytes of each text. MB/s of one thread over the
//                                                 first half (cold: a new word cache each round) and over the second
//                                                 (warm), best of the rounds; the number of tokens
//   weir_tokenizers_bench DIR threads FILE        how much more two threads do than one
//   weir_tokenizers_bench DIR growth              time(2n) / time(n) at n = 512 KiB for texts made to be hard, best of
//   7 weir_tokenizers_bench DIR load                seconds to load, MiB that stay and MiB at the highest
//   weir_tokenizers_bench DIR pass FILE           one pass in `measured_pass`, for callgrind
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "tokenizers/tokenizer.hpp"

namespace weir {

using Clock = std::chrono::steady_clock;

// The ids of some texts, in buffers that a chunk's worth of texts shares. Outside of the nameless namespace, so that
// callgrind can be told its name.
uint64_t measured_pass(const Tokenizer& tokenizer, const std::vector<std::string_view>& texts, size_t begin, size_t end,
                       Scratch& scratch) {
  TokenBuffer out;
  std::vector<Piece> pieces;
  uint64_t tokens = 0;
  for (size_t i = begin; i < end; ++i) {
    if (pieces.size() == 256) {
      tokens += out.ids.size();
      out.clear();
      pieces.clear();
    }
    if (!tokenizer.encode(texts[i], std::nullopt, {}, scratch, out, pieces)) std::abort();
  }
  return tokens + out.ids.size();
}

namespace {

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

// What this thread has had of a processor, whoever else runs on it.
double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Texts {
  std::string bytes;
  std::vector<std::string_view> all;

  explicit Texts(const char* file) {
    std::ifstream in(file, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
    for (size_t at = 0; at + 4 <= bytes.size();) {
      uint32_t size;
      std::memcpy(&size, bytes.data() + at, sizeof size);
      all.emplace_back(bytes.data() + at + 4, size);
      at += 4 + size;
    }
  }
  size_t size(size_t begin, size_t end) const {
    size_t sum = 0;
    for (size_t i = begin; i < end; ++i) sum += all[i].size();
    return sum;
  }
};

int texts(const Tokenizer& tokenizer, const Texts& some, int rounds) {
  double best[2] = {};
  uint64_t tokens = 0;
  const size_t middle = some.all.size() / 2;
  for (int round = 0; round < rounds; ++round) {
    Scratch scratch;
    tokens = 0;
    for (const bool warm : {false, true}) {
      const size_t from = warm ? middle : 0;
      const size_t to = warm ? some.all.size() : middle;
      const auto begin = Clock::now();
      tokens += measured_pass(tokenizer, some.all, from, to, scratch);
      best[warm] = std::max(best[warm], static_cast<double>(some.size(from, to)) / seconds_since(begin) / 1e6);
    }
  }
  fmt::print("{{\"cold\": {:.2f}, \"warm\": {:.2f}, \"tokens\": {}}}\n", best[0], best[1], tokens);
  return 0;
}

// Each thread makes three passes over all texts, so that two do twice the work of one.
int threads(const Tokenizer& tokenizer, const Texts& some) {
  double best[2] = {1e9, 1e9};
  const auto work = [&] {
    Scratch scratch;
    for (int pass = 0; pass < 3; ++pass) measured_pass(tokenizer, some.all, 0, some.all.size(), scratch);
  };
  for (int round = 0; round < 5; ++round) {
    auto begin = Clock::now();
    work();
    best[0] = std::min(best[0], seconds_since(begin));
    begin = Clock::now();
    std::thread other(work);
    work();
    other.join();
    best[1] = std::min(best[1], seconds_since(begin));
  }
  fmt::print("{{\"speedup\": {:.2f}}}\n", 2 * best[0] / best[1]);
  return 0;
}

int growth(const Tokenizer& tokenizer) {
  std::string letters;
  for (uint32_t i = 0, state = 1; i < 1U << 20; ++i)
    letters += static_cast<char>('a' + (state = state * 1664525 + 1013904223) % 1789 % 26);
  const std::pair<const char*, std::string> families[] = {{"one letter", "x"},
                                                          {"random letters", letters},
                                                          {"ab", "ab"},
                                                          {"letter and mark", "a\u0301"},
                                                          {"marks alone", "\u0301\u0323"},
                                                          {"Chinese", "\u4e2d\u6587\u5b57"},
                                                          {"punctuation", "-"},
                                                          {"digits", "1234567890"},
                                                          {"blanks", " "},
                                                          {"line ends", "\n"},
                                                          {"blanks, then x", std::string(1000, ' ') + "x"},
                                                          {"quotes", "'"},
                                                          {"emoji", "\U0001F600\u200d"},
                                                          {"[SEP]", "[SEP]"},
                                                          {"<|", "<|"},
                                                          {"lower blocks", "\u2581"},
                                                          {"the", "the"},
                                                          {"words of 100", std::string(99, 'q') + " "}};
  std::string worst;
  double highest = 0;
  double slowest = 1e9;
  for (const auto& [name, unit] : families) {
    constexpr size_t half = 524'288;
    std::string text;
    while (text.size() < 2 * half) text += unit;
    text.resize(2 * half);
    // In memory that is there already: page faults are no part of the algorithm. The first round is not counted.
    Scratch scratch;
    TokenBuffer out;
    std::vector<Piece> pieces;
    double best[2] = {1e9, 1e9};
    for (int round = 0; round < 8; ++round)
      for (const size_t twice : {1, 0}) {
        out.clear();
        pieces.clear();
        const double begin = thread_seconds();
        if (!tokenizer.encode(std::string_view(text).substr(0, (twice + 1) * half), std::nullopt, {}, scratch, out,
                              pieces))
          return 1;
        if (round > 0) best[twice] = std::min(best[twice], thread_seconds() - begin);
      }
    const double ratio = best[1] / best[0];
    const double rate = 1.048576 / best[1];
    if (ratio > highest) worst = name;
    highest = std::max(highest, ratio);
    slowest = std::min(slowest, rate);
    if (ratio > 2.2) fmt::print(stderr, "{}: time(2n)/time(n) {:.2f}, {:.1f} MB/s\n", name, ratio, rate);
  }
  fmt::print("{{\"ratio\": {:.2f}, \"family\": \"{}\", \"slowest\": {:.1f}, \"families\": {}}}\n", highest, worst,
             slowest, std::size(families));
  return 0;
}

// A figure of /proc/self/status in MiB.
double memory(std::string_view field) {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(field)) return std::atof(line.c_str() + field.size() + 1) / 1024;
  return 0;
}

int load(const char* dir) {
  const double before = memory("VmRSS");
  const auto begin = Clock::now();
  const auto tokenizer = Tokenizer::load(dir);
  const double seconds = seconds_since(begin);
  if (!tokenizer) return 1;
  fmt::print("{{\"seconds\": {:.4f}, \"stay\": {:.1f}, \"highest\": {:.1f}}}\n", seconds, memory("VmRSS") - before,
             memory("VmHWM") - before);
  return 0;
}

}  // namespace
}  // namespace weir

int main(int argc, char** argv) {
  using namespace weir;
  const std::string_view what = argc > 2 ? argv[2] : "";
  const bool takes_file = what == "texts" || what == "threads" || what == "pass";
  if ((!takes_file && what != "growth" && what != "load") || (takes_file && argc < 4) ||
      (what == "texts" && argc < 5)) {
    fmt::print("usage: weir_tokenizers_bench DIR texts FILE ROUNDS | threads FILE | growth | load | pass FILE\n");
    return argc == 2 && std::string_view(argv[1]) == "--help" ? 0 : 64;
  }
  if (what == "load") return load(argv[1]);
  const auto tokenizer = Tokenizer::load(argv[1]);
  if (!tokenizer) {
    fmt::print(stderr, "{}\n", tokenizer.error().message);
    return 1;
  }
  if (what == "growth") return growth(**tokenizer);
  const Texts some(argv[3]);
  if (what == "texts") return texts(**tokenizer, some, std::atoi(argv[4]));
  if (what == "threads") return threads(**tokenizer, some);
  Scratch scratch;
  fmt::print("{{\"tokens\": {}}}\n", measured_pass(**tokenizer, some.all, 0, some.all.size(), scratch));
  return 0;
}

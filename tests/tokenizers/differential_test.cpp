// Ids, type ids, offsets and dropped counts equal those of Hugging Face tokenizers on every string that differential.py
// makes.
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "tokenizers/tokenizer.hpp"

namespace weir {
namespace {

std::string cache() {
  const char* set = std::getenv("WEIR_CACHE");
  return set != nullptr ? set : std::string(WEIR_SOURCE_DIR) + "/.cache";
}

// Reads the binary cases in order.
class Reader {
 public:
  explicit Reader(std::string bytes) : bytes_(std::move(bytes)) {}
  bool at_end() const { return at_ == bytes_.size(); }
  template <typename T>
  T number() {
    T value;
    std::memcpy(&value, bytes_.data() + at_, sizeof value);
    at_ += sizeof value;
    return value;
  }
  std::string_view text() {
    const auto size = number<uint32_t>();
    at_ += size;
    return std::string_view(bytes_).substr(at_ - size, size);
  }
  template <typename T>
  std::vector<int32_t> list(size_t count) {
    std::vector<int32_t> values(count);
    for (auto& value : values) value = static_cast<int32_t>(number<T>());
    return values;
  }

 private:
  std::string bytes_;
  size_t at_ = 0;
};

struct Case {
  uint8_t which, flags, strategy;
  uint32_t limit;
  std::string_view text, pair;
  std::vector<int32_t> ids, types, spans;
  uint32_t dropped;

  bool has(uint8_t flag) const { return (flags & flag) != 0; }
  explicit Case(Reader& in) : which(in.number<uint8_t>()), flags(in.number<uint8_t>()), strategy(in.number<uint8_t>()) {
    limit = in.number<uint32_t>();
    text = in.text();
    pair = in.text();
    const auto count = in.number<uint32_t>();
    ids = in.list<int32_t>(count);
    types = in.list<uint8_t>(count);
    spans = in.list<uint32_t>(size_t{2} * count);
    dropped = in.number<uint32_t>();
  }
};

class DifferentialTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const auto python = cache() + "/venv/bin/python";
    ASSERT_TRUE(std::filesystem::exists(python)) << python << " is not there: run tools/setup --for test";
    const auto command = fmt::format(
        "'{}' '{}/tests/tokenizers/differential.py' '{}/models/all-MiniLM-L6-v2' '{}/text/descriptions.jsonl' '{}'",
        python, WEIR_SOURCE_DIR, cache(), cache(), folder());
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
  static std::string folder() {
    return (std::filesystem::temp_directory_path() / fmt::format("weir-differential-{}", getpid())).string();
  }
  static void TearDownTestSuite() { std::filesystem::remove_all(folder()); }

  // What is wrong with one case; empty: nothing. `offsets`: the slow path, which also says where tokens stand.
  std::string compare(const Tokenizer& tokenizer, const Case& expected, bool offsets) {
    EncodeOptions options;
    if (expected.limit != 0) options.max_tokens = expected.limit;
    options.truncation = static_cast<Truncation>(expected.strategy);
    options.side = expected.has(2) ? Side::left : Side::right;
    options.add_special = !expected.has(4);
    options.offsets = offsets;
    TokenBuffer out;
    std::vector<Piece> pieces;
    const auto pair = expected.has(1) ? std::optional(expected.pair) : std::nullopt;
    const auto done = tokenizer.encode(expected.text, pair, options, scratch_, out, pieces);
    if (expected.has(16)) return done ? "was not refused" : "";
    if (!done) return done.error().message;
    if (out.ids != expected.ids)
      return fmt::format("ids {}\n expected {}", fmt::join(out.ids, " "), fmt::join(expected.ids, " "));
    out.type_ids.resize(out.ids.size(), 0);
    if (out.type_ids != expected.types) return fmt::format("type ids {}", fmt::join(out.type_ids, " "));
    if (pieces[0].dropped != expected.dropped)
      return fmt::format("dropped {}, expected {}", pieces[0].dropped, expected.dropped);
    if (pieces[0].replaced_utf8 != expected.has(8)) return "replaced_utf8 is wrong";
    if (!offsets) return "";
    for (size_t i = 0; i < out.offsets.size(); ++i)
      if (static_cast<int32_t>(out.offsets[i].begin) != expected.spans[2 * i] ||
          static_cast<int32_t>(out.offsets[i].end) != expected.spans[2 * i + 1])
        return fmt::format("token {} stands at {}-{}, expected {}-{}", i, out.offsets[i].begin, out.offsets[i].end,
                           expected.spans[2 * i], expected.spans[2 * i + 1]);
    return "";
  }

  Scratch scratch_;
};

TEST_F(DifferentialTest, equals_hugging_face_on_a_quarter_million_strings) {
  if (HasFatalFailure()) return;
  std::vector<std::shared_ptr<const Tokenizer>> tokenizers;
  for (int i = 0; i < 4; ++i) {
    auto loaded = Tokenizer::load(folder() + "/" + std::to_string(i));
    ASSERT_TRUE(loaded) << loaded.error().message;
    tokenizers.push_back(*loaded);
  }
  std::ifstream in(folder() + "/cases.bin", std::ios::binary);
  Reader reader{std::string(std::istreambuf_iterator<char>(in), {})};
  size_t cases = 0;
  size_t wrong = 0;
  for (; !reader.at_end(); ++cases) {
    const Case expected(reader);
    for (const bool offsets : {false, true}) {
      const auto complaint = compare(*tokenizers.at(expected.which), expected, offsets);
      if (complaint.empty()) continue;
      if (++wrong <= 20)
        ADD_FAILURE() << "case " << cases << ", tokenizer " << int{expected.which} << ", text \""
                      << testing::PrintToString(std::string(expected.text)) << "\": " << complaint;
      break;
    }
  }
  EXPECT_EQ(wrong, 0u) << "of " << cases;
  EXPECT_GE(cases, 200'000u);
}

}  // namespace
}  // namespace weir

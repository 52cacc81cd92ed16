// Compares weir's tokenizer with what Hugging Face tokenizers made of the same strings; tests/tokenizers/differential
// runs it.
//
//   weir_tokenizers_differential DIR          records on standard input (reference/cases.py describes them); prints the
//                                             first differences and ends with 1 when there is one
//   weir_tokenizers_differential DIR --show   a text on standard input: its way through the parts, its tokens
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tests/tokenizers/case_reader.hpp"
#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/json_file.hpp"
#include "tokenizers/normalizers/read_normalizer.hpp"
#include "tokenizers/pre_tokenizers/read_pre_tokenizer.hpp"
#include "tokenizers/tokenizer.hpp"

namespace weir {
namespace {

template <typename T>
std::vector<int32_t> list(CaseReader& in, size_t count) {
  std::vector<int32_t> values(count);
  for (auto& value : values) value = static_cast<int32_t>(in.number<T>());
  return values;
}

struct Sequence {
  std::vector<int32_t> ids, types, special, spans;  // spans: begin and end of each token

  explicit Sequence(CaseReader& in) {
    const auto count = in.number<uint32_t>();
    ids = list<int32_t>(in, count);
    types = list<uint8_t>(in, count);
    special = list<uint8_t>(in, count);
    spans = list<uint32_t>(in, size_t{2} * count);
  }
};

struct Case {
  enum Flag : uint8_t { pair_given = 1, left = 2, no_special = 4, replaced = 8, refused = 16, ids_only = 32 };
  uint8_t flags;
  EncodeOptions options;
  std::string_view text;
  std::optional<std::string_view> pair;
  uint32_t dropped;
  std::vector<Sequence> sequences;

  bool has(Flag flag) const { return (flags & flag) != 0; }
  explicit Case(CaseReader& in) : flags(in.number<uint8_t>()) {
    options.truncation = static_cast<Truncation>(in.number<uint8_t>());
    if (const auto limit = in.number<uint32_t>(); limit != 0) options.max_tokens = limit;
    if (const auto stride = in.number<int32_t>(); stride >= 0) options.window_stride = static_cast<uint32_t>(stride);
    options.side = has(left) ? Side::left : Side::right;
    options.add_special = !has(no_special);
    text = in.text();
    pair = in.text();
    if (!has(pair_given)) pair.reset();
    dropped = in.number<uint32_t>();
    for (auto left_over = in.number<uint32_t>(); left_over > 0; --left_over) sequences.emplace_back(in);
  }
};

// Text as a JSON string of ASCII; of long ones the beginning.
std::string escaped(std::string_view text) {
  std::string out = "\"";
  for (size_t i = 0; i < text.size() && i < 200; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '"' || byte == '\\') {
      out += fmt::format("\\{}", text[i]);
    } else if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += text[i];
    }
  }
  return out + (text.size() > 200 ? fmt::format("\" and more, {} bytes", text.size()) : "\"");
}

template <typename List>
std::string around(const List& list, size_t at) {
  const size_t begin = at > 8 ? at - 8 : 0;
  const size_t end = std::min(list.size(), at + 16);
  return fmt::format("{}{}{}", begin > 0 ? "... " : "",
                     fmt::join(list.begin() + static_cast<ptrdiff_t>(std::min(begin, list.size())),
                               list.begin() + static_cast<ptrdiff_t>(std::max(std::min(begin, list.size()), end)), " "),
                     end < list.size() ? " ..." : "");
}

// What is different; empty: nothing.
std::string difference(std::string_view what, const std::vector<int32_t>& ours, const std::vector<int32_t>& theirs) {
  if (ours == theirs) return "";
  size_t at = 0;
  while (at < ours.size() && at < theirs.size() && ours[at] == theirs[at]) ++at;
  return fmt::format("{} differ from number {} of {} and {}\n    weir         {}\n    Hugging Face {}", what, at,
                     ours.size(), theirs.size(), around(ours, at), around(theirs, at));
}

class Comparison {
 public:
  explicit Comparison(const Tokenizer& tokenizer) : tokenizer_(tokenizer) {}

  void take(std::string_view bytes) {
    CaseReader record(bytes);
    const auto kind = record.number<uint8_t>();
    const auto complaint = kind == 0 ? encoded(Case(record)) : decoded(record);
    ++cases_;
    if (complaint.empty()) return;
    if (++wrong_ <= 2) fmt::print("  {}\n", complaint);
  }
  int report() const {
    if (wrong_ != 0) fmt::print("  {} of {} cases are different\n", wrong_, cases_);
    return wrong_ != 0 ? 1 : 0;
  }

 private:
  std::string encoded(const Case& expected) {
    for (const bool offsets : {false, true}) {
      auto complaint = encoded(expected, offsets);
      if (complaint.empty()) continue;
      if (offsets) complaint = "with offsets, " + complaint;
      auto about = escaped(expected.text);
      if (expected.pair) about += " and " + escaped(*expected.pair);
      if (expected.options.max_tokens != EncodeOptions::no_limit)
        about += fmt::format(" ({} at most, {}, {}{})", expected.options.max_tokens,
                             to_string(expected.options.truncation), to_string(expected.options.side),
                             expected.options.window_stride
                                 ? fmt::format(", windows that share {}", *expected.options.window_stride)
                                 : "");
      if (!expected.options.add_special) about += " (no special tokens)";
      return about + ": " + complaint;
    }
    return "";
  }

  std::string encoded(const Case& expected, bool offsets) {
    auto options = expected.options;
    options.offsets = offsets;
    TokenBuffer out;
    std::vector<Piece> pieces;
    const auto done = tokenizer_.encode(expected.text, expected.pair, options, scratch_, out, pieces);
    if (expected.has(Case::refused)) return done ? "was not refused" : "";
    if (!done) return "refused: " + done.error().message;
    if (pieces.size() != expected.sequences.size())
      return fmt::format("{} sequences, expected {}", pieces.size(), expected.sequences.size());
    out.type_ids.resize(out.ids.size(), 0);
    for (size_t i = 0; i < pieces.size(); ++i) {
      const bool all = offsets && !expected.has(Case::ids_only);
      auto complaint = sequence(out, pieces[i], expected.sequences[i], all);
      if (!complaint.empty()) return pieces.size() > 1 ? fmt::format("sequence {}: {}", i, complaint) : complaint;
    }
    if (!options.window_stride && pieces[0].dropped != expected.dropped)
      return fmt::format("dropped {}, expected {}", pieces[0].dropped, expected.dropped);
    if (pieces[0].replaced_utf8 != expected.has(Case::replaced)) return "replaced_utf8 is wrong";
    if (options.max_tokens == EncodeOptions::no_limit || options.window_stride) return "";
    options.count_dropped = false;  // stops early
    TokenBuffer early;
    pieces.clear();
    if (!tokenizer_.encode(expected.text, expected.pair, options, scratch_, early, pieces))
      return "refused when dropped tokens are not counted";
    return difference("when dropped tokens are not counted, ids", early.ids, expected.sequences[0].ids);
  }

  static std::string sequence(const TokenBuffer& out, const Piece& piece, const Sequence& expected, bool offsets) {
    const auto part = [&](const auto& list) {
      return std::vector<int32_t>(list.begin() + piece.begin, list.begin() + piece.begin + piece.count);
    };
    auto complaint = difference("ids", part(out.ids), expected.ids);
    if (complaint.empty()) complaint = difference("type ids", part(out.type_ids), expected.types);
    if (!complaint.empty() || !offsets) return complaint;
    complaint = difference("special masks", part(out.special), expected.special);
    if (!complaint.empty()) return complaint;
    std::vector<int32_t> spans;
    for (uint32_t i = piece.begin; i < piece.begin + piece.count; ++i) {
      spans.push_back(static_cast<int32_t>(out.offsets[i].begin));
      spans.push_back(static_cast<int32_t>(out.offsets[i].end));
    }
    return difference("offsets (begin, end, begin, ...)", spans, expected.spans);
  }

  std::string decoded(CaseReader& record) const {
    const bool skip_special = record.number<uint8_t>() != 0;
    const auto ids = list<int32_t>(record, record.number<uint32_t>());
    const auto expected = record.text();
    const auto text = tokenizer_.decode(ids, skip_special);
    if (text && *text == expected) return "";
    return fmt::format("decoded {}: {}\n    expected {}", around(ids, 8), text ? escaped(*text) : text.error().message,
                       escaped(expected));
  }

  const Tokenizer& tokenizer_;
  Scratch scratch_;
  size_t cases_ = 0;
  size_t wrong_ = 0;
};

int compare(const Tokenizer& tokenizer) {
  Comparison comparison(tokenizer);
  std::string record;
  uint32_t size;
  while (std::fread(&size, sizeof size, 1, stdin) == 1) {
    record.resize(size);
    if (std::fread(record.data(), 1, size, stdin) != size) {
      fmt::print("  the records end in the middle of one\n");
      return 1;
    }
    comparison.take(record);
  }
  return comparison.report();
}

// The way of a text through the parts of a tokenizer.json, each as weir runs it.
Result<void> show_parts(const std::string& dir, std::string_view text) {
  auto json = JsonAt::open(dir + "/tokenizer.json");
  if (!json) return fail(json.error());
  if (!*json) return {};
  const auto normalizer = read_normalizer((**json)["normalizer"]);
  if (!normalizer) return fail(normalizer.error());
  const auto pre_tokenizer = read_pre_tokenizer((**json)["pre_tokenizer"], ByteForm::letters);
  if (!pre_tokenizer) return fail(pre_tokenizer.error());
  EncodeBuffers buffers;
  NormalizedText normal;
  if (*normalizer == nullptr || !(*normalizer)->apply({text, {}}, buffers, normal)) normal.text = text;
  fmt::print("weir: normal form {}\n", escaped(normal.text));
  if (*pre_tokenizer == nullptr) return {};
  Words words;
  words.text = normal.view();
  if (!normal.text.empty()) words.words.push_back({0, static_cast<uint32_t>(normal.text.size())});
  (*pre_tokenizer)->apply(words, buffers);
  fmt::print("weir: words      ");
  for (const auto& word : words.words)
    fmt::print(" {}", escaped(words.text.text.substr(word.begin, word.end - word.begin)));
  fmt::print("\n");
  return {};
}

int show(const Tokenizer& tokenizer, const std::string& dir) {
  std::string text;
  char buffer[4096];
  while (const auto count = std::fread(buffer, 1, sizeof buffer, stdin)) text.append(buffer, count);
  if (const auto done = show_parts(dir, text); !done) fmt::print("weir: {}\n", done.error().message);
  EncodeOptions options;
  options.offsets = true;
  Scratch scratch;
  TokenBuffer out;
  std::vector<Piece> pieces;
  const auto done = tokenizer.encode(text, std::nullopt, options, scratch, out, pieces);
  if (!done) {
    fmt::print("weir: {}\n", done.error().message);
    return 1;
  }
  fmt::print("weir: tokens     ");
  for (const auto id : out.ids) fmt::print(" {}", escaped(tokenizer.id_to_token(id).value_or("?")));
  fmt::print("\nweir: ids         {}\nweir: offsets    ", fmt::join(out.ids, " "));
  for (const auto& span : out.offsets) fmt::print(" {}-{}", span.begin, span.end);
  fmt::print("\n");
  return 0;
}

}  // namespace
}  // namespace weir

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print("usage: weir_tokenizers_differential DIR [--show]\n");
    return 64;
  }
  const auto tokenizer = weir::Tokenizer::load(argv[1]);
  if (!tokenizer) {
    fmt::print("  does not load: {}\n", tokenizer.error().message);
    return 2;
  }
  return argc > 2 ? weir::show(**tokenizer, argv[1]) : weir::compare(**tokenizer);
}

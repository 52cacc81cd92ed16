// tokenize: what a model's tokenizer makes of texts.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/exit_codes.hpp"
#include "app/text_arguments.hpp"
#include "app/verbs.hpp"
#include "pooling/read_facts.hpp"
#include "tokenizers/tokenizer.hpp"

namespace weir {
namespace {

struct TokenizeOptions {
  std::string model;
  std::vector<std::string> texts;
  std::string pair;
  uint32_t max_tokens = EncodeOptions::no_limit;
  bool no_special = false;
  bool decode = false;
  bool json = false;
  bool count = false;
};

std::string shown(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void print_json(const Tokenizer& tokenizer, const TokenBuffer& out, const Piece& piece) {
  auto tokens = nlohmann::json::array();
  auto offsets = nlohmann::json::array();
  for (size_t i = 0; i < out.ids.size(); ++i) {
    tokens.push_back(tokenizer.id_to_token(out.ids[i]).value_or(""));
    offsets.push_back({out.offsets[i].begin, out.offsets[i].end});
  }
  nlohmann::json line{{"ids", out.ids}, {"tokens", tokens}, {"offsets", offsets}, {"special", out.special}};
  if (!out.type_ids.empty()) line["type_ids"] = out.type_ids;
  if (piece.dropped > 0) line["dropped"] = piece.dropped;
  if (piece.replaced_utf8) line["replaced_utf8"] = true;
  fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void print_table(const Tokenizer& tokenizer, const TokenBuffer& out, const Piece& piece) {
  fmt::print("{:>8}  {:>5} {:>5}  token\n", "id", "from", "to");
  for (size_t i = 0; i < out.ids.size(); ++i) {
    const auto& at = out.offsets[i];
    const auto token = shown(tokenizer.id_to_token(out.ids[i]).value_or(""));
    if (out.special[i] != 0) {
      fmt::print("{:>8}  {:>5} {:>5}  {}\n", out.ids[i], "", "", token);
    } else {
      fmt::print("{:>8}  {:>5} {:>5}  {}\n", out.ids[i], at.begin, at.end, token);
    }
  }
  fmt::print("{} tokens{}{}\n", out.ids.size(), piece.dropped > 0 ? fmt::format(", {} dropped", piece.dropped) : "",
             piece.replaced_utf8 ? ", invalid UTF-8 replaced" : "");
}

// One text; false when it was refused, with the reason on stderr.
bool print_text(const Tokenizer& tokenizer, std::string_view text, const TokenizeOptions& options, bool table,
                Scratch& scratch) {
  EncodeOptions encode;
  encode.max_tokens = options.max_tokens;
  encode.add_special = !options.no_special;
  encode.offsets = !options.count;
  TokenBuffer out;
  std::vector<Piece> pieces;
  const auto pair = options.pair.empty() ? std::nullopt : std::optional<std::string_view>(options.pair);
  if (const auto done = tokenizer.encode(text, pair, encode, scratch, out, pieces); !done) {
    fmt::print(stderr, "weir: {}\n", done.error().message);
    return false;
  }
  if (options.count) {
    fmt::print("{}\n", pieces[0].count + pieces[0].dropped);
  } else if (table) {
    print_table(tokenizer, out, pieces[0]);
  } else {
    print_json(tokenizer, out, pieces[0]);
  }
  return true;
}

// Ids between blanks or commas; false: something else is there.
bool print_decoded(const Tokenizer& tokenizer, std::string_view line, const TokenizeOptions& options) {
  std::vector<int32_t> ids;
  for (size_t at = 0; (at = line.find_first_not_of(" ,[]\t", at)) != std::string_view::npos;) {
    const size_t end = std::min(line.find_first_of(" ,[]\t", at), line.size());
    int32_t id = 0;
    const auto word = line.substr(at, end - at);
    if (std::from_chars(word.data(), word.data() + word.size(), id).ptr != word.data() + word.size()) {
      fmt::print(stderr, "weir: '{}' is no token id\n", word);
      return false;
    }
    ids.push_back(id);
    at = end;
  }
  const auto text = tokenizer.decode(ids, options.no_special);
  fmt::print("{}\n", text ? *text : "");
  if (!text) fmt::print(stderr, "weir: {}\n", text.error().message);
  return text.has_value();
}

int tokenize(const TokenizeOptions& options) {
  // A directory with a tokenizer alone is enough; a model's settings count when it is whole.
  TokenizerOptions load;
  if (const auto facts = read_model_facts(options.model)) load.lower_case = facts->lower_case;
  const auto tokenizer = Tokenizer::load(options.model, load);
  if (!tokenizer) {
    fmt::print(stderr, "weir: {}\n", tokenizer.error().message);
    return exit_code_of(tokenizer.error());
  }
  const bool table = !options.json && isatty(STDOUT_FILENO) != 0;
  Scratch scratch;
  bool all = true;
  const auto print = [&](std::string_view text) {
    all &= options.decode ? print_decoded(**tokenizer, text, options)
                          : print_text(**tokenizer, text, options, table, scratch);
  };
  for (const auto& text : options.texts) print(text);
  if (options.texts.empty())
    for (std::string line; std::getline(std::cin, line);) print(line);
  return all ? exit_ok : exit_failure;
}

}  // namespace

void add_tokenize(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand("tokenize", "Show the tokens of texts: ids, where they stand, and what they are");
  auto options = std::make_shared<TokenizeOptions>();
  verb->add_option("MODEL_DIR", options->model, "Hugging Face model directory; a tokenizer in it is enough")
      ->required();
  add_texts(*verb, options->texts, "Texts to tokenize, or ids with --decode");
  verb->add_option("--pair", options->pair, "A second text to stand beside each");
  verb->add_option("--max-tokens", options->max_tokens, "Truncate to as many, special tokens included");
  verb->add_flag("--no-special", options->no_special, "Without the special tokens around a text");
  verb->add_flag("--count", options->count, "Print only how many tokens each text has");
  verb->add_flag("--decode", options->decode, "The other way: from ids to text");
  verb->add_flag("--json", options->json, "JSON lines also on a terminal");
  verb->footer(
      "Without TEXT, stdin is read line by line.\n"
      "Prints one JSON object a line, on a terminal a table. Places count code points.\nExamples:\n"
      "  weir tokenize .cache/models/all-MiniLM-L6-v2 \"A man is eating food.\"\n"
      "  weir tokenize .cache/models/all-MiniLM-L6-v2 --count < texts.txt\n"
      "  weir tokenize .cache/models/all-MiniLM-L6-v2 --decode --no-special \"101 2204 2851 102\"");
  verb->callback([options, &exit_code] { exit_code = tokenize(*options); });
}

}  // namespace weir

#include "tokenizers/decoders/steps.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "tokenizers/byte_alphabet.hpp"
#include "tokenizers/utf8.hpp"

namespace weir::decoders {
namespace {

using Tokens = std::vector<std::string>;

// An empty pattern is found before every code point and at the end.
std::string replaced(std::string_view text, std::string_view pattern, std::string_view content) {
  std::string out;
  if (pattern.empty()) {
    for (char byte : text) {
      if (!utf8::is_continuation(byte)) out += content;
      out += byte;
    }
    return out += content;
  }
  for (size_t at = 0;;) {
    const size_t found = text.find(pattern, at);
    out += text.substr(at, found - at);
    if (found == std::string_view::npos) return out;
    out += content;
    at = found + pattern.size();
  }
}

std::string cleaned(std::string text) {
  constexpr std::pair<std::string_view, std::string_view> all[] = {
      {" .", "."},   {" ?", "?"},           {" !", "!"},   {" ,", ","},     {" ' ", "'"},   {" n't", "n't"},
      {" 'm", "'m"}, {" do not", " don't"}, {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}};
  for (const auto& [pattern, content] : all) text = replaced(text, pattern, content);
  return text;
}

// The bytes of a token whose letters are all of the byte alphabet.
std::optional<std::string> bytes_of(std::string_view token) {
  std::string bytes;
  for (const char* p = token.data(); p < token.data() + token.size();) {
    const int byte = letter_byte(utf8::next(p));
    if (byte < 0) return std::nullopt;
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

// "<0x41>", as Rust's u8::from_str_radix reads it: a plus sign and one digit are a number too.
std::optional<char> byte_of(std::string_view token) {
  if (token.size() != 6 || !token.starts_with("<0x") || token[5] != '>') return std::nullopt;
  const char* first = token.data() + 3;
  const char* const last = token.data() + 5;
  if (*first == '+') ++first;
  uint8_t byte = 0;
  const auto [end, error] = std::from_chars(first, last, byte, 16);
  if (error != std::errc() || end != last) return std::nullopt;
  return static_cast<char>(byte);
}

}  // namespace

TokenDecoder::Step byte_level() {
  return [](Tokens& tokens) {
    std::string bytes;
    for (const auto& token : tokens) bytes += bytes_of(token).value_or(token);
    std::string text;
    utf8::replace_invalid(bytes, text);
    tokens.clear();
    tokens.push_back(std::move(text));
  };
}

TokenDecoder::Step byte_fallback() {
  return [](Tokens& tokens) {
    Tokens out;
    std::string run;
    const auto flush = [&] {
      if (run.empty()) return;
      if (utf8::valid(run)) {
        out.push_back(run);
      } else {
        out.insert(out.end(), run.size(), "\uFFFD");
      }
      run.clear();
    };
    for (auto& token : tokens) {
      if (const auto byte = byte_of(token)) {
        run += *byte;
        continue;
      }
      flush();
      out.push_back(std::move(token));
    }
    flush();
    tokens = std::move(out);
  };
}

TokenDecoder::Step word_piece(std::string prefix, bool cleanup) {
  return [prefix = std::move(prefix), cleanup](Tokens& tokens) {
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (i > 0) {
        if (tokens[i].starts_with(prefix)) {
          tokens[i].erase(0, prefix.size());
        } else {
          tokens[i].insert(0, " ");
        }
      }
      if (cleanup) tokens[i] = cleaned(std::move(tokens[i]));
    }
  };
}

TokenDecoder::Step bpe(std::string suffix) {
  return [suffix = std::move(suffix)](Tokens& tokens) {
    for (size_t i = 0; i < tokens.size(); ++i)
      tokens[i] = replaced(tokens[i], suffix, i + 1 == tokens.size() ? "" : " ");
  };
}

TokenDecoder::Step metaspace(std::string replacement, bool skip_first) {
  return [replacement = std::move(replacement), skip_first](Tokens& tokens) {
    for (size_t i = 0; i < tokens.size(); ++i)
      tokens[i] = replaced(tokens[i], replacement, i == 0 && skip_first ? "" : " ");
  };
}

TokenDecoder::Step fuse() {
  return [](Tokens& tokens) {
    std::string all;
    for (const auto& token : tokens) all += token;
    tokens.clear();
    tokens.push_back(std::move(all));
  };
}

TokenDecoder::Step strip(std::string content, size_t start, size_t stop) {
  return [content = std::move(content), start, stop](Tokens& tokens) {
    for (auto& token : tokens) {
      std::string_view left = token;
      for (size_t i = 0; i < start && left.starts_with(content); ++i) left.remove_prefix(content.size());
      for (size_t i = 0; i < stop && left.ends_with(content); ++i) left.remove_suffix(content.size());
      token = std::string(left);
    }
  };
}

TokenDecoder::Step replace(std::string pattern, std::string content) {
  return [pattern = std::move(pattern), content = std::move(content)](Tokens& tokens) {
    for (auto& token : tokens) token = replaced(token, pattern, content);
  };
}

TokenDecoder::Step replace(Regex pattern, std::string content) {
  return [pattern = std::move(pattern), content = std::move(content)](Tokens& tokens) {
    RegexScratch scratch;
    std::vector<ByteRange> matches;
    for (auto& token : tokens) {
      matches.clear();
      pattern.find_all(token, scratch, matches);
      std::string out;
      size_t done = 0;
      for (const auto& match : matches) {
        out.append(token, done, match.begin - done).append(content);
        done = match.end;
      }
      token = out.append(token, done);
    }
  };
}

TokenDecoder::Step ctc(std::string pad, std::string delimiter, bool cleanup) {
  return [pad = std::move(pad), delimiter = std::move(delimiter), cleanup](Tokens& tokens) {
    tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
    for (auto& token : tokens) {
      token = replaced(token, pad, "");
      if (cleanup) token = replaced(cleaned(std::move(token)), delimiter, " ");
    }
    std::erase(tokens, "");
  };
}

}  // namespace weir::decoders

#include "messages/json_writer.hpp"

#include <algorithm>

#include "messages/arena.hpp"
#include "messages/base64.hpp"
#include "messages/utf8.hpp"

namespace weir {
namespace {

void append_escaped(std::string_view text, std::string& out) {
  constexpr std::string_view hex = "0123456789abcdef";
  size_t from = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out += text.substr(from, i - from);
    from = i + 1;
    out += '\\';
    switch (c) {
      case '"':
      case '\\': out += static_cast<char>(c); break;
      case '\n': out += 'n'; break;
      case '\r': out += 'r'; break;
      case '\t': out += 't'; break;
      default:
        out += "u00";
        out += hex[c >> 4];
        out += hex[c & 15];
    }
  }
  out += text.substr(from);
}

}  // namespace

void JsonWriter::string(std::string_view text) {
  separate();
  out_ += '"';
  if (valid_utf8(text)) {
    append_escaped(text, out_);
  } else {
    Arena arena;
    append_escaped(replace_invalid_utf8(text, arena), out_);
  }
  out_ += '"';
}

void JsonWriter::json(std::string_view text) {
  separate();
  const size_t from = out_.size();
  out_ += text;
  std::replace_if(
      out_.begin() + static_cast<ptrdiff_t>(from), out_.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
}

void JsonWriter::base64(std::string_view bytes) {
  separate();
  out_ += '"';
  append_base64(bytes, out_);
  out_ += '"';
}

}  // namespace weir

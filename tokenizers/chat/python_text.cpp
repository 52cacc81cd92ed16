#include "tokenizers/chat/python_text.hpp"

#include <algorithm>
#include <string.h>

#include "tokenizers/chat/python_unicode.hpp"
#include "tokenizers/utf8.hpp"

namespace weir::chat {
namespace {

bool is_blank(char32_t c) {
  return c < 0x80 ? c == ' ' || (c >= 9 && c <= 13) || (c >= 0x1C && c <= 0x1F) : (properties(c) & blank) != 0;
}

char32_t point_at(std::string_view text, size_t byte) {
  const char* p = text.data() + byte;
  return utf8::next(p);
}

// Where the character that ends at `byte` begins.
size_t previous_point(std::string_view text, size_t byte) {
  do --byte;
  while (utf8::is_continuation(text[byte]));
  return byte;
}

bool is_stripped(std::string_view text, size_t byte, size_t end, std::optional<std::string_view> chars) {
  if (!chars) return is_blank(point_at(text, byte));
  // A character's bytes occur in well-formed UTF-8 only as that character.
  return chars->find(text.substr(byte, end - byte)) != std::string_view::npos;
}

void append(std::string& out, const Mapping& mapping) {
  for (const char32_t c : mapping.to)
    if (c != 0) utf8::append(out, c);
}

// Python's rule for a capital sigma: it becomes final when a cased letter precedes it and none follows.
bool is_final_sigma(std::string_view text, size_t byte) {
  size_t before = byte;
  bool preceded = false;
  while (before > 0) {
    before = previous_point(text, before);
    const uint32_t p = properties(point_at(text, before));
    if ((p & case_ignorable) != 0) continue;
    preceded = (p & cased) != 0;
    break;
  }
  if (!preceded) return false;
  for (size_t after = next_point(text, byte); after < text.size(); after = next_point(text, after)) {
    const uint32_t p = properties(point_at(text, after));
    if ((p & case_ignorable) == 0) return (p & cased) == 0;
  }
  return true;
}

void append_lower(std::string& out, std::string_view text, size_t byte) {
  const char32_t c = point_at(text, byte);
  if (c < 0x80) {
    out += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  } else if (c == 0x3A3) {
    utf8::append(out, is_final_sigma(text, byte) ? 0x3C2 : 0x3C3);
  } else {
    append(out, lower_of(c));
  }
}

template <typename Step>
std::string change(std::string_view text, Step step) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); i = next_point(text, i)) step(out, i);
  return out;
}

}  // namespace

size_t count_points(std::string_view text) { return utf8::count(text); }

size_t byte_of_point(std::string_view text, size_t point) {
  size_t byte = 0;
  for (; point > 0 && byte < text.size(); --point) byte = next_point(text, byte);
  return byte;
}

size_t next_point(std::string_view text, size_t byte) {
  do ++byte;
  while (byte < text.size() && utf8::is_continuation(text[byte]));
  return byte;
}

size_t leading_space(std::string_view text) { return text.size() - strip_left(text).size(); }

std::string_view strip_left(std::string_view text, std::optional<std::string_view> chars) {
  size_t from = 0;
  while (from < text.size()) {
    const size_t next = next_point(text, from);
    if (!is_stripped(text, from, next, chars)) break;
    from = next;
  }
  return text.substr(from);
}

std::string_view strip_right(std::string_view text, std::optional<std::string_view> chars) {
  size_t end = text.size();
  while (end > 0) {
    const size_t last = previous_point(text, end);
    if (!is_stripped(text, last, end, chars)) break;
    end = last;
  }
  return text.substr(0, end);
}

std::string_view strip(std::string_view text, std::optional<std::string_view> chars) {
  return strip_left(strip_right(text, chars), chars);
}

std::string lower(std::string_view text) {
  return change(text, [text](std::string& out, size_t i) { append_lower(out, text, i); });
}

std::string upper(std::string_view text) {
  return change(text, [text](std::string& out, size_t i) { append(out, upper_of(point_at(text, i))); });
}

std::string title(std::string_view text) {
  bool in_word = false;
  return change(text, [&](std::string& out, size_t i) {
    const char32_t c = point_at(text, i);
    if (in_word) {
      append_lower(out, text, i);
    } else {
      append(out, title_of(c));
    }
    in_word = (properties(c) & cased) != 0;
  });
}

std::string capitalize(std::string_view text) {
  return change(text, [text](std::string& out, size_t i) {
    if (i == 0) {
      append(out, title_of(point_at(text, i)));
    } else {
      append_lower(out, text, i);
    }
  });
}

std::string swap_case(std::string_view text) {
  return change(text, [text](std::string& out, size_t i) {
    const char32_t c = point_at(text, i);
    const uint32_t p = properties(c);
    if ((p & uppercase) != 0) {
      append_lower(out, text, i);
    } else if ((p & lowercase) != 0) {
      append(out, upper_of(c));
    } else {
      utf8::append(out, c);
    }
  });
}

bool is_lower(std::string_view text) {
  bool any = false;
  for (size_t i = 0; i < text.size(); i = next_point(text, i)) {
    const uint32_t p = properties(point_at(text, i));
    if ((p & (uppercase | titlecase)) != 0) return false;
    any |= (p & lowercase) != 0;
  }
  return any;
}

bool is_upper(std::string_view text) {
  bool any = false;
  for (size_t i = 0; i < text.size(); i = next_point(text, i)) {
    const uint32_t p = properties(point_at(text, i));
    if ((p & (lowercase | titlecase)) != 0) return false;
    any |= (p & uppercase) != 0;
  }
  return any;
}

bool is_title(std::string_view text) {
  bool any = false, in_word = false;
  for (size_t i = 0; i < text.size(); i = next_point(text, i)) {
    const uint32_t p = properties(point_at(text, i));
    if ((p & (uppercase | titlecase)) != 0) {
      if (in_word) return false;
      in_word = any = true;
    } else if ((p & lowercase) != 0) {
      if (!in_word) return false;
      any = true;
    } else {
      in_word = false;
    }
  }
  return any;
}

bool all_have(std::string_view text, uint32_t property) {
  for (size_t i = 0; i < text.size(); i = next_point(text, i))
    if ((properties(point_at(text, i)) & property) == 0) return false;
  return !text.empty();
}

bool is_identifier(std::string_view text) {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
  };
  return !text.empty() && (text[0] < '0' || text[0] > '9') && std::all_of(text.begin(), text.end(), is_part);
}

size_t find_text(std::string_view text, std::string_view wanted, size_t from) {
  if (from > text.size()) return std::string_view::npos;
  const std::string_view rest = text.substr(from);
  if (wanted.empty()) return from;
  const void* found = memmem(rest.data(), rest.size(), wanted.data(), wanted.size());
  return found == nullptr ? std::string_view::npos : static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

// The last one is the last of those that the forward search meets.
size_t find_last(std::string_view text, std::string_view wanted) {
  if (wanted.empty()) return text.size();
  const std::string backwards(text.rbegin(), text.rend()), mirrored(wanted.rbegin(), wanted.rend());
  const size_t found = find_text(backwards, mirrored);
  return found == std::string_view::npos ? found : text.size() - found - wanted.size();
}

std::vector<std::string_view> split_lines(std::string_view text, bool keep_ends) {
  const auto is_end = [](char32_t c) {
    return (c >= 10 && c <= 13) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
  };
  std::vector<std::string_view> lines;
  size_t from = 0;
  for (size_t i = 0; i < text.size();) {
    const char32_t c = point_at(text, i);
    size_t next = next_point(text, i);
    if (!is_end(c)) {
      i = next;
      continue;
    }
    if (c == '\r' && next < text.size() && text[next] == '\n') ++next;
    lines.push_back(text.substr(from, (keep_ends ? next : i) - from));
    from = i = next;
  }
  if (from < text.size()) lines.push_back(text.substr(from));
  return lines;
}

std::vector<std::string_view> split(std::string_view text, std::optional<std::string_view> separator, int64_t most) {
  std::vector<std::string_view> parts;
  const auto full = [&] { return most >= 0 && static_cast<int64_t>(parts.size()) >= most; };
  if (separator) {
    size_t from = 0;
    for (size_t at; !full() && (at = find_text(text, *separator, from)) != std::string_view::npos;) {
      parts.push_back(text.substr(from, at - from));
      from = at + separator->size();
    }
    parts.push_back(text.substr(from));
    return parts;
  }
  for (text = strip_left(text); !text.empty(); text = strip_left(text)) {
    if (full()) {
      parts.push_back(strip_right(text));
      break;
    }
    size_t end = 0;
    while (end < text.size() && !is_blank(point_at(text, end))) end = next_point(text, end);
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return parts;
}

std::vector<std::string_view> split_right(std::string_view text, std::optional<std::string_view> separator,
                                          int64_t most) {
  if (most < 0 && !separator) return split(text, separator, most);
  std::vector<std::string_view> parts;
  const auto full = [&] { return most >= 0 && static_cast<int64_t>(parts.size()) >= most; };
  if (separator) {
    const std::string backwards(text.rbegin(), text.rend()), mirrored(separator->rbegin(), separator->rend());
    size_t from = 0;  // in the mirrored text
    for (size_t at; !full() && (at = find_text(backwards, mirrored, from)) != std::string_view::npos;) {
      parts.push_back(text.substr(text.size() - at, at - from));
      from = at + mirrored.size();
    }
    parts.push_back(text.substr(0, text.size() - from));
  } else {
    for (text = strip_right(text); !text.empty(); text = strip_right(text)) {
      if (full()) {
        parts.push_back(strip_left(text));
        break;
      }
      size_t start = text.size();
      while (start > 0 && !is_blank(point_at(text, previous_point(text, start)))) start = previous_point(text, start);
      parts.push_back(text.substr(start));
      text = text.substr(0, start);
    }
  }
  std::reverse(parts.begin(), parts.end());
  return parts;
}

}  // namespace weir::chat

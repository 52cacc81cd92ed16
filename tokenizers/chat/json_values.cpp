#include "tokenizers/chat/json_values.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tokenizers/chat/operators.hpp"
#include "tokenizers/chat/python_text.hpp"
#include "tokenizers/utf8.hpp"

namespace weir::chat {
namespace {

// Builds values as nlohmann's parser meets them; it keeps its own stack, so depth costs none of ours.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  Builder(Run& run, std::string_view what) : run_(run), what_(what) {}

  bool null() override { return add(Value::none()); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(Integer{value}); }
  bool number_unsigned(number_unsigned_t value) override { return add(Integer{value}); }
  bool number_float(number_float_t value, const string_t& text) override {
    if (text.find_first_of(".eE") != std::string::npos) return add(static_cast<double>(value));
    bool too_large = false;
    const auto whole = parse_integer(text, 10, too_large);
    if (!whole || too_large) run_.fail(fmt::format("{}: the number {:.40}... is too large", what_, text));
    return add(*whole);
  }
  bool string(string_t& text) override { return add(run_.text(std::move(text))); }
  bool binary(binary_t&) override { return false; }
  bool start_object(size_t) override { return open(run_.dict()); }
  bool key(string_t& name) override {
    open_.back().key = run_.text(std::move(name));
    return true;
  }
  bool end_object() override { return close(Value(static_cast<const Dict*>(open_.back().dict))); }
  bool start_array(size_t) override { return open(nullptr); }
  bool end_array() override { return close(run_.list(std::move(open_.back().items))); }
  bool parse_error(size_t at, const std::string&, const nlohmann::detail::exception& error) override {
    run_.fail(fmt::format("{}: is no JSON at byte {}: {}", what_, at, error.what()));
  }
  Value result() const { return result_; }

 private:
  struct Open {
    Dict* dict;  // null: a list
    Value key;
    std::vector<Value> items;
  };

  bool open(Dict* dict) {
    if (open_.size() == 500) run_.fail(fmt::format("{}: nests more than 500 deep", what_));
    open_.push_back({dict, {}, {}});
    return true;
  }
  bool close(Value value) {
    open_.pop_back();
    return add(value);
  }
  bool add(Value value) {
    if (open_.empty()) {
      result_ = value;
    } else if (open_.back().dict != nullptr) {
      open_.back().dict->set(run_, open_.back().key, value);
    } else {
      open_.back().items.push_back(value);
      run_.need_bytes(open_.back().items.size() * sizeof(Value));
    }
    return true;
  }

  Run& run_;
  std::string_view what_;
  std::vector<Open> open_;
  Value result_;
};

void append_json_text(std::string& out, std::string_view text, bool ascii) {
  out += '"';
  const char* end = text.data() + text.size();
  for (const char* p = text.data(); p < end;) {
    const char* start = p;
    const char32_t c = utf8::next(p);
    static constexpr std::string_view plain = "\"\\\n\r\t\b\f", letters = "\"\\nrtbf";
    if (const size_t at = c < 0x80 ? plain.find(static_cast<char>(c)) : std::string_view::npos;
        at != std::string_view::npos) {
      out += '\\';
      out += letters[at];
    } else if (c < 0x20 || (ascii && c >= 0x7F && c < 0x10000)) {
      out += fmt::format("\\u{:04x}", static_cast<uint32_t>(c));
    } else if (ascii && c >= 0x10000) {
      const uint32_t pair = c - 0x10000;
      out += fmt::format("\\u{:04x}\\u{:04x}", 0xD800 | pair >> 10, 0xDC00 | (pair & 0x3FF));
    } else {
      out.append(start, p);
    }
  }
  out += '"';
}

class Dumper {
 public:
  Dumper(Run& run, const JsonStyle& style) : run_(run), style_(style) {}

  std::string dump(Value value) {
    append(value);
    return std::move(out_);
  }

 private:
  void append(Value value) {
    const Deeper deeper(run_);
    run_.step();
    run_.need_bytes(out_.size());
    switch (value.kind()) {
      case Kind::none: out_ += "null"; return;
      case Kind::boolean: out_ += value.boolean() ? "true" : "false"; return;
      case Kind::integer: out_ += integer_text(value.integer()); return;
      case Kind::real: out_ += real(value.real()); return;
      case Kind::text:
        run_.need_bytes(out_.size() + value.text().size());
        return append_json_text(out_, value.text(), style_.ensure_ascii);
      case Kind::list:
      case Kind::tuple: return append_list(value.items().items);
      case Kind::dict: return append_dict(value.dict());
      case Kind::missing:
      case Kind::undefined:
      case Kind::object: run_.fail(fmt::format("Object of type {} is not JSON serializable", type_name(value)));
    }
  }

  static std::string real(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
    return real_text(value);
  }

  void line() {
    if (!style_.on_lines) return;
    out_ += '\n';
    for (size_t i = 0; i < depth_; ++i) out_ += style_.indent;
    run_.need_bytes(out_.size());
  }

  void append_list(const std::vector<Value>& items) {
    if (items.empty()) {
      out_ += "[]";
      return;
    }
    out_ += '[';
    ++depth_;
    for (size_t i = 0; i < items.size(); ++i) {
      if (i > 0) out_ += style_.item_separator;
      line();
      append(items[i]);
    }
    --depth_;
    line();
    out_ += ']';
  }

  void append_key(Value key) {
    switch (key.kind()) {
      case Kind::text: return append_json_text(out_, key.text(), style_.ensure_ascii);
      case Kind::none: out_ += "\"null\""; return;
      case Kind::boolean: out_ += key.boolean() ? "\"true\"" : "\"false\""; return;
      case Kind::integer: out_ += '"' + integer_text(key.integer()) + '"'; return;
      case Kind::real: out_ += '"' + real(key.real()) + '"'; return;
      default: run_.fail(fmt::format("keys must be str, int, float, bool or None, not {}", type_name(key)));
    }
  }

  void append_dict(const Dict& dict) {
    if (dict.size() == 0) {
      out_ += "{}";
      return;
    }
    auto entries = dict.entries();
    if (style_.sort_keys)
      std::stable_sort(entries.begin(), entries.end(),
                       [this](const auto& a, const auto& b) { return less(run_, a.first, b.first); });
    out_ += '{';
    ++depth_;
    bool first = true;
    for (const auto& [key, value] : entries) {
      if (!first) out_ += style_.item_separator;
      first = false;
      line();
      append_key(key);
      out_ += style_.key_separator;
      append(value);
    }
    --depth_;
    line();
    out_ += '}';
  }

  Run& run_;
  const JsonStyle& style_;
  std::string out_;
  size_t depth_ = 0;
};

}  // namespace

Value parse_json(Run& run, std::string_view text, std::string_view what) {
  Builder builder(run, what);
  nlohmann::json::sax_parse(text, &builder);
  return builder.result();
}

std::string to_json(Run& run, Value value, const JsonStyle& style) { return Dumper(run, style).dump(value); }

}  // namespace weir::chat

#include "tokenizers/json_file.hpp"

#include <algorithm>
#include <bit>
#include <fstream>
#include <simdjson.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tokenizers/large_pages.hpp"

namespace weir {
namespace {

constexpr size_t slack = 4096;  // simdjson wants less, behind all that it is given

// A text to parse: simdjson reads a little behind its end. With room for the places that simdjson finds in it.
class PaddedText {
 public:
  explicit PaddedText(size_t size)
      : size_(size), places_((size + slack) / sizeof(uint32_t)), memory_(places_ + size + slack) {
    std::fill_n(data() + size, simdjson::SIMDJSON_PADDING, '\0');
  }
  explicit PaddedText(std::string_view text) : PaddedText(text.size()) { std::copy(text.begin(), text.end(), data()); }

  char* data() const { return reinterpret_cast<char*>(memory_.data()); }
  size_t size() const { return size_; }
  std::string_view view() const { return {data(), size_}; }
  uint32_t* places() const { return memory_.data() + places_; }

 private:
  size_t size_;
  size_t places_;  // where they begin
  LargeBlock<uint32_t> memory_;
};

}  // namespace

// simdjson's memory is replaced by our own: with small pages, their faults are most of what parsing costs. What is
// filled from its beginning only shares a block, for fewer large pages.
struct JsonAt::Document {
  Document(size_t text_bytes, std::string name)
      : file(std::move(name)), tape_((2 * text_bytes + slack) / 8), memory_(tape_ + text_bytes + slack) {}
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;
  ~Document() { give_back(); }

  simdjson::simdjson_result<simdjson::dom::element> parse(const PaddedText& text) {
    simdjson::dom::parser parser;
    give_back();
    const size_t capacity = std::max<size_t>(text.size(), 64);  // what is less is made larger
    if (const auto failed = values.allocate(capacity)) return failed;
    if (const auto failed = parser.allocate(capacity)) return failed;
    values.string_buf.reset(strings());
    values.tape.reset(tape());
    parser.implementation->structural_indexes.reset(text.places());
    const auto root = parser.parse_into_document(values, text.data(), text.size(), false);
    (void)parser.implementation->structural_indexes.release();
    return root;
  }

  simdjson::dom::document values;
  std::string file;

 private:
  uint8_t* strings() const { return reinterpret_cast<uint8_t*>(memory_.data()); }
  uint64_t* tape() const { return memory_.data() + tape_; }

  void give_back() {
    if (values.tape.get() == tape()) (void)values.tape.release();
    if (values.string_buf.get() == strings()) (void)values.string_buf.release();
  }

  size_t tape_;  // where it begins, behind the strings
  LargeBlock<uint64_t> memory_;
};

namespace {

using Element = simdjson::dom::element;
using Value = std::array<uint64_t, 2>;
static_assert(sizeof(Element) == sizeof(Value) && std::is_trivially_copyable_v<Element>);

constexpr uintmax_t most_bytes = uintmax_t{1} << 30;

Element of(const Value& value) { return std::bit_cast<Element>(value); }
Value kept(Element element) { return std::bit_cast<Value>(element); }
// Where a value stands in its document: grows from one value to the next.
uint64_t position(Element element) { return kept(element)[1]; }

std::string escaped(std::string_view name) {
  std::string text;
  for (char c : name) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += c;
    }
  }
  return text;
}

// The JSON pointer from `at` to the value at `target`, which is below it.
std::string pointer_to(Element at, uint64_t target) {
  std::string pointer;
  while (position(at) != target) {
    std::string step;
    if (simdjson::dom::array list; at.get(list) == simdjson::SUCCESS) {
      size_t index = 0;
      for (Element item : list) {
        if (position(item) > target) break;
        at = item;
        step = std::to_string(index++);
      }
    } else if (simdjson::dom::object members; at.get(members) == simdjson::SUCCESS) {
      std::string_view name;
      for (const auto& member : members) {
        if (position(member.value) > target) break;
        at = member.value;
        name = member.key;
      }
      step = escaped(name);
    }
    pointer += "/" + step;
  }
  return pointer;
}

// A value in short.
std::string shown(Element value) {
  if (simdjson::dom::array list; value.get(list) == simdjson::SUCCESS) return list.size() == 0 ? "[]" : "a list";
  if (simdjson::dom::object members; value.get(members) == simdjson::SUCCESS)
    return members.size() == 0 ? "{}" : "an object";
  std::string text = simdjson::minify(value);
  if (text.size() <= 60) return text;
  size_t end = 57;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

// simdjson does not say where a text stops to be JSON; this reads it once more to find out.
struct FirstError final : nlohmann::json::json_sax_t {
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(size_t, const std::string&, const nlohmann::json::exception& error) override {
    message = error.what();
    return false;
  }
  std::string message;
};

std::string why_not(std::string_view text, simdjson::error_code error) {
  FirstError first;
  nlohmann::json::sax_parse(text.begin(), text.end(), &first);
  return first.message.empty() ? simdjson::error_message(error) : first.message;
}

// transformers writes "no limit" as 1000000000000000019884624838656, which simdjson refuses. Such a number becomes one
// with an exponent, at the same place: 1000000000000000019e12.
void shorten_long_integers(char* text, size_t size) {
  constexpr size_t most_digits = 19;
  for (size_t at = 0; at < size;) {
    if (text[at] == '"') {
      for (++at; at < size && text[at] != '"'; ++at)
        if (text[at] == '\\') ++at;
      ++at;
    } else if (text[at] >= '0' && text[at] <= '9') {
      const size_t begin = at;
      while (at < size && text[at] >= '0' && text[at] <= '9') ++at;
      const size_t digits = at - begin;
      const bool whole = at == size || (text[at] != '.' && text[at] != 'e' && text[at] != 'E');
      const auto exponent = fmt::format("e{}", digits - most_digits);
      if (!whole || digits < most_digits + exponent.size() || (begin > 0 && text[begin - 1] == '.')) continue;
      std::fill(text + begin + most_digits, text + at, ' ');
      std::copy(exponent.begin(), exponent.end(), text + begin + most_digits);
    } else {
      ++at;
    }
  }
}

}  // namespace

Result<std::optional<JsonAt>> JsonAt::open(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return std::optional<JsonAt>();
  const auto size = std::filesystem::file_size(file, error);
  if (!error && size > most_bytes)
    return fail(ErrorCode::corrupt,
                fmt::format("{}: has {} bytes; at most {} are read", file.string(), size, most_bytes));
  const PaddedText text(error ? 0 : size);
  if (std::ifstream in(file, std::ios::binary);
      error || !in ||
      in.rdbuf()->sgetn(text.data(), static_cast<std::streamsize>(size)) != static_cast<std::streamsize>(size))
    return fail(ErrorCode::io_error, fmt::format("{}: cannot be read", file.string()));
  auto document = std::make_shared<Document>(text.size(), file.string());
  Element root;
  auto failed = document->parse(text).get(root);
  if (failed == simdjson::NUMBER_ERROR) {
    shorten_long_integers(text.data(), text.size());
    failed = document->parse(text).get(root);
  }
  if (failed != simdjson::SUCCESS)
    return fail(ErrorCode::corrupt, fmt::format("{}: is no JSON: {}", file.string(), why_not(text.view(), failed)));
  return std::optional(JsonAt(std::move(document), kept(root)));
}

Result<JsonAt> JsonAt::parse(std::string_view text, std::string name) {
  auto document = std::make_shared<Document>(text.size(), std::move(name));
  Element root;
  const auto failed = document->parse(PaddedText(text)).get(root);
  if (failed != simdjson::SUCCESS)
    return fail(ErrorCode::corrupt, fmt::format("{}: is no JSON: {}", document->file, why_not(text, failed)));
  return JsonAt(std::move(document), kept(root));
}

std::string JsonAt::place() const {
  const auto pointer = pointer_to(document_->values.root(), position(of(value_))) + absent_;
  return document_->file + ": " + (pointer.empty() ? "/" : pointer);
}

JsonAt JsonAt::absent(std::string_view step) const {
  JsonAt none(document_, value_);
  none.absent_ = absent_ + "/" + escaped(step);
  return none;
}

JsonAt JsonAt::operator[](std::string_view name) const {
  simdjson::dom::object members;
  if (!is_object() || of(value_).get(members) != simdjson::SUCCESS) return absent(name);
  std::optional<Element> found;
  for (const auto& member : members)
    if (member.key == name) found = member.value;
  return found ? JsonAt(document_, kept(*found)) : absent(name);
}

JsonAt JsonAt::operator[](size_t index) const {
  simdjson::dom::array list;
  size_t at = 0;
  if (is_array() && of(value_).get(list) == simdjson::SUCCESS)
    for (Element item : list)
      if (at++ == index) return {document_, kept(item)};
  return absent(std::to_string(index));
}

Result<void> JsonAt::each_member(const Member& member) const {
  simdjson::dom::object members;
  if (!is_object() || of(value_).get(members) != simdjson::SUCCESS) return wrong("an object");
  JsonAt value(document_, value_);
  for (const auto& [name, element] : members) {
    value.value_ = kept(element);
    if (auto done = member(name, value); !done) return done;
  }
  return {};
}

Result<LargeVector<std::pair<std::string_view, int64_t>>> JsonAt::integers(int64_t low, int64_t high) const {
  simdjson::dom::object members;
  if (!is_object() || of(value_).get(members) != simdjson::SUCCESS) return wrong("an object");
  LargeVector<std::pair<std::string_view, int64_t>> list;
  list.reserve(members.size());
  for (const auto& [name, element] : members) {
    int64_t number = 0;
    if (element.get(number) != simdjson::SUCCESS || number < low || number > high)
      return fail(JsonAt(document_, kept(element)).integer(low, high).error());
    list.emplace_back(name, number);
  }
  return list;
}

Result<void> JsonAt::each_element(const Item& item) const {
  simdjson::dom::array list;
  if (!is_array() || of(value_).get(list) != simdjson::SUCCESS) return wrong("a list");
  JsonAt value(document_, value_);
  for (Element element : list) {
    value.value_ = kept(element);
    if (auto done = item(value); !done) return done;
  }
  return {};
}

bool JsonAt::is_null() const { return !absent_.empty() || of(value_).is_null(); }

bool JsonAt::is_object() const { return absent_.empty() && of(value_).is_object(); }

bool JsonAt::is_array() const { return absent_.empty() && of(value_).is_array(); }

bool JsonAt::is_string() const { return absent_.empty() && of(value_).is_string(); }

std::vector<std::string> JsonAt::names() const {
  std::vector<std::string> names;
  simdjson::dom::object members;
  if (!is_object() || of(value_).get(members) != simdjson::SUCCESS) return names;
  for (const auto& member : members) names.emplace_back(member.key);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::optional<double> JsonAt::number() const {
  double value = 0;
  if (is_null() || of(value_).get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

tl::unexpected<Error> JsonAt::wrong(std::string_view expected) const {
  return fail(ErrorCode::corrupt,
              fmt::format("{}: is {}, should be {}", place(), is_null() ? "null" : shown(of(value_)), expected));
}

tl::unexpected<Error> JsonAt::unsupported(std::string_view what) const {
  return fail(ErrorCode::unsupported, fmt::format("{}: {}", place(), what));
}

Result<std::string_view> JsonAt::view() const {
  std::string_view text;
  if (is_null() || of(value_).get(text) != simdjson::SUCCESS) return wrong("a string");
  return text;
}

Result<std::string> JsonAt::string() const {
  const auto text = view();
  if (!text) return fail(text.error());
  return std::string(*text);
}

Result<int64_t> JsonAt::integer(int64_t low, int64_t high) const {
  int64_t number = 0;
  const auto failed = is_null() ? simdjson::INCORRECT_TYPE : of(value_).get(number);
  if (failed == simdjson::NUMBER_OUT_OF_RANGE || (failed == simdjson::SUCCESS && (number < low || number > high)))
    return wrong(fmt::format("between {} and {}", low, high));
  if (failed != simdjson::SUCCESS) return wrong("a whole number");
  return number;
}

Result<bool> JsonAt::boolean(bool fallback) const {
  if (is_null()) return fallback;
  bool value = false;
  if (of(value_).get(value) != simdjson::SUCCESS) return wrong("true or false");
  return value;
}

Result<size_t> JsonAt::array_size() const {
  if (is_null()) return size_t{0};
  simdjson::dom::array list;
  if (of(value_).get(list) != simdjson::SUCCESS) return wrong("a list");
  constexpr size_t most_kept = 0xFFFFFF;  // simdjson does not keep larger sizes
  if (list.size() < most_kept) return list.size();
  size_t size = 0;
  for ([[maybe_unused]] Element item : list) ++size;
  return size;
}

size_t JsonAt::count() const {
  simdjson::dom::array list;
  simdjson::dom::object members;
  if (is_array() && of(value_).get(list) == simdjson::SUCCESS) return list.size();
  return is_object() && of(value_).get(members) == simdjson::SUCCESS ? members.size() : 0;
}

Result<void> JsonAt::object() const {
  if (!is_object()) return wrong("an object");
  return {};
}

}  // namespace weir

#include <array>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "messages/job_readers.hpp"
#include "messages/utf8.hpp"

namespace weir {
namespace {

// Walks a JSON document along the field map and fills a job. Members return false after setting the error.
class JsonJobReader {
 public:
  JsonJobReader(const ReadContext& context, Job& job) : context_(context), scanner_(context.scanner), job_(job) {}

  Result<void> read() {
    const auto& root = context_.fields.root();
    if (context_.fields.is_own() && scanner_.peek() != '{') {
      mismatch("an object");
    } else if (walk(root) && !scanner_.at_end()) {
      syntax();
    }
    if (!error_.message.empty()) return fail(std::move(error_));
    return settle_input(given_, context_.fields, job_);
  }

 private:
  using Node = FieldMap::Node;
  static constexpr uint32_t max_path = 64;
  static constexpr uint32_t unset = ~0u;

  bool walk(const Node& node) {
    if (node.field && node.members.empty()) return read_field(*node.field);
    const size_t begin = scanner_.position();
    const bool walked = scanner_.peek() == '{' ? walk_object(node) : scanner_.peek() == '[' ? walk_array(node) : skip();
    if (!walked) return false;
    if (node.field == JobField::metadata) {
      given_.add(JobField::metadata);
      job_.metadata = scanner_.since(begin);
    }
    return true;
  }

  bool walk_object(const Node& node) {
    if (!enter()) return false;
    scanner_.advance();
    if (!scanner_.take('}')) {
      do {
        const auto raw = scanner_.take_string();
        if (!raw) return syntax();
        std::string_view name;
        if (unescape_json(*raw, context_.arena, name) == Unescaped::broken) return syntax();
        if (!scanner_.take(':')) return syntax();
        path_[depth_ - 1] = {name.data(), static_cast<uint32_t>(name.size()), 0};
        if (!walk_member(node.find(name))) return false;
      } while (scanner_.take(','));
      if (!scanner_.take('}')) return syntax();
    }
    --depth_;
    return true;
  }

  bool walk_array(const Node& node) {
    if (!enter()) return false;
    scanner_.advance();
    if (!scanner_.take(']')) {
      uint32_t index = 0;
      do {
        std::array<char, 12> digits;
        const auto end = std::to_chars(digits.begin(), digits.end(), index).ptr;
        path_[depth_ - 1] = {nullptr, 0, index++};
        if (!walk_member(node.find({digits.data(), static_cast<size_t>(end - digits.data())}))) return false;
      } while (scanner_.take(','));
      if (!scanner_.take(']')) return syntax();
    }
    --depth_;
    return true;
  }

  bool walk_member(const uint32_t* child) { return child ? walk(context_.fields.node(*child)) : skip(); }

  bool skip() { return scanner_.skip_value(context_.options.max_depth - depth_) || syntax(); }

  bool enter() {
    if (depth_ >= context_.options.max_depth || depth_ >= max_path) return syntax();
    path_[depth_++] = {nullptr, 0, unset};
    return true;
  }

  bool read_field(JobField field) {
    if (scanner_.peek() == 'n' && scanner_.token() == "null" && field != JobField::metadata) {
      scanner_.advance();  // as if it were not there
      return true;
    }
    if (given_.has(field)) return refuse(ErrorCode::schema_mismatch, "is given twice");
    given_.add(field);
    switch (field) {
      case JobField::id: return read_id();
      case JobField::text: return read_string(job_.text);
      case JobField::token_ids: return read_token_ids();
      case JobField::query: return read_string(job_.query);
      case JobField::document: return read_document();
      case JobField::documents: return read_documents();
      case JobField::model: return read_string(job_.model);
      case JobField::task:
        return read_name(job_.task, task_from_string, "embed, classify, score, reward, token_embed, token_classify");
      case JobField::dimensions: return read_dimensions();
      case JobField::use_activation: return read_bool(job_.use_activation);
      case JobField::truncate: return read_name(job_.truncate, truncate_from_string, "end, start, none");
      case JobField::prompt_name: return read_string(job_.prompt_name);
      case JobField::priority: return read_name(job_.priority, lane_from_string, "realtime, bulk");
      case JobField::deadline_ms: return read_deadline();
      case JobField::metadata: return read_metadata();
      case JobField::messages:
      case JobField::content: return refuse(ErrorCode::invalid_request, "is not supported yet; give text");
    }
    return false;
  }

  bool read_string(std::string_view& out) {
    const size_t at = scanner_.position();
    const auto raw = scanner_.take_string();
    if (!raw) return mismatch("a string");
    switch (unescape_json(*raw, context_.arena, out)) {
      case Unescaped::ok: return true;
      case Unescaped::broken: return broken_at(at, "a string with an escape that JSON does not know");
      case Unescaped::lone_surrogate: break;
    }
    if (context_.options.invalid_utf8 == InvalidUtf8::reject)
      return refuse(ErrorCode::decode_error, "has half of a surrogate pair; send both, or set `invalid_utf8: replace`");
    job_.replaced_utf8 = true;
    return true;
  }

  bool read_id() {
    const std::string_view token = scanner_.token();
    if (!is_json_number(token)) return read_string(job_.id);
    job_.id = token;
    scanner_.advance();
    return true;
  }

  template <typename T, typename Parse>
  bool read_name(std::optional<T>& out, Parse parse, std::string_view choices) {
    std::string_view name;
    if (!read_string(name)) return false;
    out = parse(name);
    return out || refuse(ErrorCode::invalid_request, fmt::format("{} is none of {}", quote(name), choices));
  }

  bool read_bool(std::optional<bool>& out) {
    const std::string_view token = scanner_.token();
    if (token != "true" && token != "false") return mismatch("true or false");
    out = token == "true";
    scanner_.advance();
    return true;
  }

  template <typename T>
  bool read_integer(T& out) {
    const std::string_view token = scanner_.token();
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), out);
    if (error == std::errc::result_out_of_range && is_json_number(token))
      return refuse(ErrorCode::schema_mismatch, fmt::format("is not between {} and {}", std::numeric_limits<T>::min(),
                                                            std::numeric_limits<T>::max()));
    if (error != std::errc{} || end != token.data() + token.size() || !is_json_number(token))
      return mismatch("an integer");
    scanner_.advance();
    return true;
  }

  bool read_dimensions() {
    uint32_t dimensions = 0;
    if (!read_integer(dimensions)) return false;
    if (dimensions == 0) return refuse(ErrorCode::invalid_request, "must be at least 1");
    job_.dimensions = dimensions;
    return true;
  }

  bool read_deadline() {
    if (!read_integer(job_.deadline_ms)) return false;
    return job_.deadline_ms >= 0 || refuse(ErrorCode::invalid_request, "must be a time in Unix milliseconds");
  }

  bool read_metadata() {
    const size_t begin = scanner_.position();
    if (!skip()) return false;
    job_.metadata = scanner_.since(begin);
    return true;
  }

  bool read_document() {
    auto one = context_.arena.array<std::string_view>(1);
    job_.documents = one;
    return read_string(one[0]);
  }

  bool read_documents() {
    size_t count = 0;
    if (!count_elements(count)) return false;
    auto documents = context_.arena.array<std::string_view>(count);
    job_.documents = documents;
    return read_elements([&](size_t i) { return read_string(documents[i]); });
  }

  bool read_token_ids() {
    size_t count = 0;
    if (!count_elements(count)) return false;
    auto ids = context_.arena.array<int32_t>(count);
    job_.token_ids = ids;
    return read_elements([&](size_t i) { return read_integer(ids[i]); });
  }

  // Counted first, so that elements go straight to the arena.
  bool count_elements(size_t& count) {
    if (scanner_.peek() != '[') return mismatch("an array");
    count = scanner_.count_elements();
    return true;
  }

  template <typename ReadOne>
  bool read_elements(ReadOne read_one) {
    if (!enter()) return false;
    scanner_.advance();
    if (!scanner_.take(']')) {
      uint32_t i = 0;
      do {
        path_[depth_ - 1] = {nullptr, 0, i};
        if (!read_one(i++)) return false;
      } while (scanner_.take(','));
      if (!scanner_.take(']')) return syntax();
    }
    --depth_;
    return true;
  }

  // Errors.

  bool refuse(ErrorCode code, std::string_view what) {
    error_ = {code, fmt::format("{}: {}", path(), what)};
    return false;
  }

  // The wrong kind of value, or no value at all.
  bool mismatch(std::string_view wanted) {
    if (!error_.message.empty()) return false;
    const char c = scanner_.peek();
    const std::string_view found = c == '{'                           ? "an object"
                                   : c == '['                         ? "an array"
                                   : c == '"'                         ? "a string"
                                   : c == 't' || c == 'f'             ? "a boolean"
                                   : c == 'n'                         ? "null"
                                   : is_json_number(scanner_.token()) ? "a number"
                                                                      : "";
    if (found.empty() || !scanner_.skip_value(context_.options.max_depth - depth_)) return syntax();
    return refuse(ErrorCode::schema_mismatch, fmt::format("expected {}, found {}", wanted, found));
  }

  bool syntax() { return broken_at(scanner_.position(), "not JSON, or nested too deep,"); }

  bool broken_at(size_t byte, std::string_view what) {
    if (error_.message.empty())
      error_ = {ErrorCode::decode_error, fmt::format("{} at byte {}, in {}", what, byte, path())};
    return false;
  }

  std::string path() const {
    std::string out;
    for (uint32_t i = 0; i < depth_ && (path_[i].name || path_[i].index != unset); ++i)
      out += path_[i].name ? fmt::format("/{}", printable({path_[i].name, path_[i].size}))
                           : fmt::format("/{}", path_[i].index);
    return out.empty() ? "the document" : "field " + out;
  }

  static std::string printable(std::string_view name) {
    const std::string quoted = quote(name);
    return quoted.substr(1, quoted.size() - 2);
  }

  // Trivial, so that a reader costs nothing to make.
  struct Step {
    const char* name;  // of `size` bytes; null: an index
    uint32_t size;
    uint32_t index;  // `unset` until the first member
  };

  const ReadContext& context_;
  JsonScanner& scanner_;
  Job& job_;
  FieldSet given_;
  uint32_t depth_ = 0;
  std::array<Step, max_path> path_;
  Error error_;
};

}  // namespace

Result<void> read_json_job(std::string_view value, const ReadContext& context, Job& job) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (value.starts_with(byte_order_mark)) value.remove_prefix(byte_order_mark.size());
  auto fault = context.scanner.scan(value);
  if (fault == JsonFault::not_utf8) {
    if (auto settled = settle_utf8(value, "the value", context, job); !settled) return settled;
    fault = context.scanner.scan(value);
  }
  switch (fault) {
    case JsonFault::none: return JsonJobReader(context, job).read();
    case JsonFault::empty: return fail(ErrorCode::decode_error, "the value is empty: expected a JSON object");
    case JsonFault::control_character:
      return fail(ErrorCode::decode_error, "not JSON: a string has a control character that is not escaped");
    case JsonFault::open_string: return fail(ErrorCode::decode_error, "not JSON: a string does not end");
    case JsonFault::not_utf8:
    case JsonFault::too_large: break;
  }
  return fail(ErrorCode::decode_error, "not JSON");
}

}  // namespace weir

#include "messages/read_outcome_json.hpp"

#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "messages/base64.hpp"
#include "messages/json_scanner.hpp"
#include "messages/outcome_writers.hpp"

namespace weir {
namespace {

constexpr uint32_t max_depth = 64;

// Reads one outcome. Members return false where the text is not what an outcome has.
class JsonOutcomeReader {
 public:
  explicit JsonOutcomeReader(JsonScanner& scanner) : scanner_(scanner) {}

  Result<ReadOutcome> read() {
    const bool read = read_object([&](std::string_view name) { return read_field(name); });
    if (!read || !scanner_.at_end())
      return fail(ErrorCode::schema_mismatch, fmt::format("not an outcome at byte {}{}{}", scanner_.position(),
                                                          field_.empty() ? "" : ", field ", field_));
    field_.clear();
    if (!answered_) return fail(ErrorCode::schema_mismatch, "the outcome has neither a result nor an error");
    if (!unpack_vectors()) return fail(ErrorCode::schema_mismatch, "field embedding(s): not base64 of whole elements");
    if (out_.answer == Answer::token_classes) out_.dim = static_cast<uint32_t>(out_.labels.size());
    if (out_.answer == Answer::embedding || out_.answer == Answer::embeddings || out_.answer == Answer::token_classes) {
      if (uint64_t{out_.rows} * out_.dim != out_.values.size())
        return fail(ErrorCode::schema_mismatch, "rows x dim is not the number of values");
    }
    return std::move(out_);
  }

 private:
  bool read_field(std::string_view name) {
    field_ = std::string(name);
    if (name == "id") return read_string(out_.id);
    if (name == "model") return read_string(out_.model);
    if (name == "model_digest") return read_string(out_.model_digest);
    if (name == "task") return read_named(out_.task, task_from_string);
    if (name == "source") return read_source();
    if (name == "dim") return read_integer(out_.dim);
    if (name == "normalized") return read_bool(out_.normalized);
    if (name == "vector_type") return read_vector_type();
    if (name == "truncated") return read_bool(out_.truncated);
    if (name == "dropped_tokens") return read_integer(out_.dropped_tokens);
    if (name == "usage")
      return read_object(
          [&](std::string_view inner) { return inner == "prompt_tokens" ? read_integer(out_.prompt_tokens) : skip(); });
    if (name == "metadata") return read_metadata();
    if (name == "label") return read_string(out_.label);
    if (name == "labels") return read_array([&] { return read_string(out_.labels.emplace_back()); });
    return read_answer(name);
  }

  bool read_answer(std::string_view name) {
    if (name == "error") return answer(Answer::failure) && read_error();
    if (name == "embedding") return answer(Answer::embedding) && read_vector();
    if (name == "embeddings") return answer(Answer::embeddings) && read_array([&] { return read_vector(); });
    if (name == "classes") return answer(Answer::classes) && read_array([&] { return read_class(); });
    if (name == "token_classes")
      return answer(Answer::token_classes) && read_array([&] { return read_probabilities(); });
    if (name == "score") return answer(Answer::score) && read_value();
    if (name == "scores") return answer(Answer::scores) && read_array([&] { return read_value(); });
    if (name == "reward") return answer(Answer::reward) && read_value();
    if (name == "rewards") return answer(Answer::rewards) && read_array([&] { return read_value(); });
    return skip();
  }

  bool answer(Answer which) {
    out_.answer = which;
    return !std::exchange(answered_, true);
  }

  bool read_source() {
    return read_object([&](std::string_view name) {
      if (name == "topic") return read_string(out_.topic);
      if (name == "partition") return read_integer(out_.partition);
      if (name == "offset") return read_integer(out_.offset);
      return skip();
    });
  }

  bool read_error() {
    return read_object([&](std::string_view name) {
      if (name == "code") return read_string(out_.error_code);
      if (name == "message") return read_string(out_.error_message);
      if (name == "stage") return read_string(out_.error_stage);
      return skip();
    });
  }

  bool read_class() {
    auto& [label, probability] = out_.classes.emplace_back();
    return read_object([&, &label = label, &probability = probability](std::string_view name) {
      if (name == "label") return read_string(label);
      if (name == "probability") return read_number(probability);
      return skip();
    });
  }

  bool read_probabilities() {
    ++out_.rows;
    return read_array([&] { return read_value(); });
  }

  bool read_vector_type() {
    std::string name;
    if (!read_string(name)) return false;
    const auto type = dtype_from_string(name);
    if (type != DType::float32 && type != DType::float16 && type != DType::bfloat16) return false;
    out_.vector_type = *type;
    return true;
  }

  bool read_vector() {
    ++out_.rows;
    if (scanner_.peek() == '"') return read_string(packed_.emplace_back());
    return read_array([&] { return read_value(); });
  }

  // Base64 needs the vector type, which may come after it.
  bool unpack_vectors() {
    for (const std::string& text : packed_) {
      const auto bytes = decode_base64(text);
      const size_t element = size_of(out_.vector_type);
      if (!bytes || bytes->size() % element != 0) return false;
      for (size_t at = 0; at < bytes->size(); at += element) {
        float value = 0;
        uint16_t half = 0;
        std::memcpy(element == 4 ? static_cast<void*>(&value) : &half, bytes->data() + at, element);
        out_.values.push_back(element == 4 ? value : from_half(half, out_.vector_type));
      }
    }
    return true;
  }

  bool read_value() { return read_number(out_.values.emplace_back()); }

  bool read_number(float& out) {
    const std::string_view token = scanner_.token();
    if (token == "null") {
      out = NAN;
    } else {
      if (!is_json_number(token)) return false;
      // Out of range leaves `out` as it is: too large for a float is no outcome of ours, too small is zero.
      out = 0;
      const auto error = std::from_chars(token.data(), token.data() + token.size(), out).ec;
      if (error != std::errc{} && error != std::errc::result_out_of_range) return false;
    }
    scanner_.advance();
    return true;
  }

  template <typename T>
  bool read_integer(T& out) {
    const std::string_view token = scanner_.token();
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), out);
    if (error != std::errc{} || end != token.data() + token.size()) return false;
    scanner_.advance();
    return true;
  }

  bool read_bool(bool& out) {
    const std::string_view token = scanner_.token();
    if (token != "true" && token != "false") return false;
    out = token == "true";
    scanner_.advance();
    return true;
  }

  bool read_string(std::string& out) {
    const auto raw = scanner_.take_string();
    if (!raw) return false;
    Arena arena;
    std::string_view text;
    if (unescape_json(*raw, arena, text) == Unescaped::broken) return false;
    out = text;
    return true;
  }

  template <typename T, typename Parse>
  bool read_named(std::optional<T>& out, Parse parse) {
    std::string name;
    if (!read_string(name)) return false;
    out = parse(name);
    return true;
  }

  bool read_metadata() {
    const size_t begin = scanner_.position();
    if (!skip()) return false;
    out_.metadata = scanner_.since(begin);
    return true;
  }

  bool skip() { return scanner_.skip_value(max_depth); }

  template <typename ReadMember>
  bool read_object(ReadMember read_member) {
    if (!scanner_.take('{')) return false;
    if (scanner_.take('}')) return true;
    do {
      std::string name;
      if (!read_string(name) || !scanner_.take(':') || !read_member(name)) return false;
    } while (scanner_.take(','));
    return scanner_.take('}');
  }

  template <typename ReadOne>
  bool read_array(ReadOne read_one) {
    if (!scanner_.take('[')) return false;
    if (scanner_.take(']')) return true;
    do {
      if (!read_one()) return false;
    } while (scanner_.take(','));
    return scanner_.take(']');
  }

  JsonScanner& scanner_;
  ReadOutcome out_;
  bool answered_ = false;
  std::string field_;
  std::vector<std::string> packed_;
};

}  // namespace

Result<ReadOutcome> read_json_outcome(std::string_view text) {
  JsonScanner scanner;
  if (scanner.scan(text) != JsonFault::none) return fail(ErrorCode::decode_error, "not JSON");
  return JsonOutcomeReader(scanner).read();
}

}  // namespace weir

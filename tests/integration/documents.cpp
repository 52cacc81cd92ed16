#include "tests/integration/documents.hpp"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "messages/encode.hpp"

namespace weir::test {
namespace {

constexpr const char* json_type = "application/json";
constexpr const char* flatbuffers_type = "application/vnd.weir.job+flatbuffers";
constexpr const char* text_type = "text/plain";

std::string as_json(const nlohmann::json& job) {
  return job.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string as_flatbuffers(const std::string& id, const std::string& text) {
  Job job;
  job.id = id;
  job.text = text;
  auto made = encode_job(job, RecordFormat::flatbuffers);
  if (!made) throw std::runtime_error(made.error().message);
  return *made;
}

void spoil(Input& input, size_t kind) {
  input.good = false;
  input.content_type = json_type;
  switch (kind) {
    case 0:
      input.value = as_flatbuffers(input.key, input.text);
      for (size_t i = 8; i < 24; ++i) input.value[i] = static_cast<char>(0xff);
      input.content_type = flatbuffers_type;
      input.reason = ErrorCode::verifier_failed;
      break;
    case 1:
      input.value = as_json({{"id", input.key}, {"text", input.text}});
      input.value.resize(input.value.size() / 2);
      input.reason = ErrorCode::decode_error;
      break;
    case 2:
      input.value = input.text + "\xff\xfe";
      input.content_type = text_type;
      input.reason = ErrorCode::decode_error;
      break;
    case 3: {
      std::string text;
      while (text.size() < 12'000) text += "interminable ";
      input.value = as_json({{"id", input.key}, {"text", text}});
      input.reason = ErrorCode::too_long;
      break;
    }
    case 4:
      input.value = as_json({{"id", input.key}, {"text", input.text}, {"model", "another-model"}});
      input.reason = ErrorCode::model_unavailable;
      break;
    default:
      input.value = as_json({{"id", input.key}, {"query", "what is it"}, {"documents", {input.text, "b"}}});
      input.reason = ErrorCode::invalid_request;
      break;
  }
}

std::string text_file() {
  const char* cache = std::getenv("WEIR_CACHE");
  const std::string folder = cache != nullptr ? cache : std::string(WEIR_SOURCE_DIR) + "/.cache";
  return folder + "/text/descriptions.jsonl";
}

}  // namespace

std::vector<std::string> descriptions(size_t count, size_t longest) {
  std::ifstream in(text_file());
  if (!in) throw std::runtime_error(text_file() + " is not there: run tools/setup --for test");
  std::vector<std::string> texts;
  std::string line;
  while (texts.size() < count && std::getline(in, line)) {
    auto text = nlohmann::json::parse(line)["text"].get<std::string>();
    if (text.size() > longest) {
      size_t end = longest;
      while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
      text.resize(end);
    }
    texts.push_back(std::move(text));
  }
  if (texts.empty()) throw std::runtime_error(text_file() + " is empty: run tools/setup --for test");
  return texts;
}

std::vector<Input> make_inputs(size_t count, int32_t partitions, size_t longest) {
  const auto texts = descriptions(count, longest);
  std::vector<Input> inputs(count);
  for (size_t i = 0; i < count; ++i) {
    auto& input = inputs[i];
    input.key = fmt::format("doc-{}", i);
    input.text = texts[i % texts.size()];
    input.partition = static_cast<int32_t>(i % static_cast<size_t>(partitions));
    if (i % 100 == 50) {
      spoil(input, i / 100 % 6);
    } else if (i % 3 == 0) {
      input.value = as_json({{"id", input.key}, {"text", input.text}});
      input.content_type = json_type;
    } else if (i % 3 == 1) {
      input.value = as_flatbuffers(input.key, input.text);
      input.content_type = flatbuffers_type;
    } else {
      input.value = input.text;
      input.content_type = text_type;
    }
  }
  return inputs;
}

}  // namespace weir::test

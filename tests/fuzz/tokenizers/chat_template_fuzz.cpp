// Any bytes as a chat template and its messages, which begin behind the first zero byte: loading and rendering answer
// within their bounds, and an error is a message.
#include <cstdint>
#include <cstdlib>

#include "tokenizers/chat/chat_template.hpp"

namespace {

void require(bool fine) {
  if (!fine) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t cut = input.find('\0');
  const std::string_view source = input.substr(0, cut);
  const std::string_view messages =
      cut == std::string_view::npos ? R"([{"role":"user","content":"a <b> \u00e9"},{"role":"tool","n":[1,2.5,null]}])"
                                    : input.substr(cut + 1);
  const auto made = ChatTemplate::parse(source, {{"bos_token", "<s>"}});
  if (!made) {
    require(!made.error().message.empty());
    return 0;
  }
  ChatOptions options;
  options.variables = R"({"s": "Hello W\u00f6rld", "n": 7, "l": [3, 1, "x"], "d": {"a": 1, "b": {"c": [true]}}})";
  options.now = std::chrono::local_days(std::chrono::year(2026) / 3 / 7);
  options.max_steps = 100'000;
  options.max_bytes = 8 << 20;
  for (const bool continued : {false, true}) {
    options.add_generation_prompt = !continued;
    options.continue_final_message = continued;
    const auto text = (*made)->render(messages, options);
    require(text ? text->size() <= options.max_bytes : !text.error().message.empty());
  }
  return 0;
}

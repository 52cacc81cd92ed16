#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace weir {

struct ChatOptions {
  bool add_generation_prompt = false;   // end with what makes the model answer
  bool continue_final_message = false;  // end inside the last message; not together with add_generation_prompt
  std::string_view tools, documents;    // JSON lists of objects; empty: none
  std::string_view
      variables;  // a JSON object: more variables (enable_thinking and such), over the special tokens; empty: none
  // What strftime_now() shows, a time on the clock on the wall. None: now, in the local time zone.
  std::optional<std::chrono::local_time<std::chrono::microseconds>> now;
  // Bounds of one rendering, so that no template and no message hangs or floods the process. A step is about a node of
  // the template evaluated or 64 bytes of text looked at; bytes are those of all values made, the text rendered
  // included.
  uint64_t max_steps = 20'000'000;
  uint64_t max_bytes = uint64_t{128} << 20;
};

// A model's chat template: turns chat messages into the text that the model was trained on, byte for byte as
// apply_chat_template of transformers 5.23 with jinja2 3.1.6 does (docs/chat-templates.md says what is not supported).
// Immutable: share it between threads.
class ChatTemplate {
 public:
  // The template of a model's folder: chat_template.jinja and additional_chat_templates/*.jinja where they exist, else
  // `chat_template` of tokenizer_config.json, one or a list of named ones. `name` empty: what transformers picks: the
  // one called "tool_use" when tools are given and it exists, else "default". Special tokens come from
  // tokenizer_config.json and special_tokens_map.json. not_found: the folder has no template of this name. unsupported,
  // corrupt: the message has the template and the line.
  static Result<std::shared_ptr<const ChatTemplate>> load(const std::filesystem::path& dir, std::string_view name = {});

  // The template itself; `tokens`: variables such as bos_token.
  static Result<std::shared_ptr<const ChatTemplate>> parse(std::string_view source,
                                                           const std::map<std::string, std::string>& tokens = {});

  ~ChatTemplate();

  // `messages`: a JSON list of objects, with `role` and `content` as the template wants them. The text takes its
  // special tokens from the template: encode it without adding any. invalid_request: the message names the line of the
  // template, or the part of the JSON.
  Result<std::string> render(std::string_view messages, const ChatOptions& options = {}) const;

 private:
  struct Parsed;
  ChatTemplate();
  static Result<std::unique_ptr<const Parsed>> parse_one(std::string_view source, const std::string& place);

  std::unique_ptr<const Parsed> main_, tool_use_;  // tool_use_ may be null
  std::map<std::string, std::string> tokens_;
};

}  // namespace weir

#include "tokenizers/chat/template_files.hpp"

#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "tokenizers/json_file.hpp"

namespace weir::chat {
namespace {

namespace fs = std::filesystem;

Result<std::optional<std::string>> read_file(const fs::path& file) {
  std::error_code error;
  if (!fs::exists(file, error)) return std::optional<std::string>();
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorCode::io_error, fmt::format("{}: cannot be read", file.string()));
  return std::optional<std::string>(std::in_place, std::istreambuf_iterator<char>(in),
                                    std::istreambuf_iterator<char>());
}

// chat_template.jinja is "default", each file of additional_chat_templates what it is called.
Result<void> read_files(const fs::path& dir, TemplateFiles& into) {
  std::map<std::string, fs::path> files{{"default", dir / "chat_template.jinja"}};
  std::error_code error;
  for (fs::directory_iterator at(dir / "additional_chat_templates", error), end; !error && at != end;
       at.increment(error))
    if (at->path().extension() == ".jinja") files[at->path().stem().string()] = at->path();
  for (const auto& [name, file] : files) {
    auto text = read_file(file);
    if (!text) return fail(std::move(text.error()));
    if (*text) into.templates[name] = {std::move(**text), file.string()};
  }
  return {};
}

Result<void> read_config_templates(const JsonAt& config, TemplateFiles& into) {
  const JsonAt at = config["chat_template"];
  if (at.is_null()) return {};
  const auto take = [&](const std::string& name, const JsonAt& from) -> Result<void> {
    auto text = from.string();
    if (!text) return fail(std::move(text.error()));
    into.templates[name] = {std::move(*text), from.place()};
    return {};
  };
  if (auto one = at.string()) return take("default", at);
  if (at.is_object()) {
    for (const auto& name : at.names())
      if (auto done = take(name, at[name]); !done) return done;
    return {};
  }
  const auto size = at.array_size();
  if (!size) return at.wrong("a template, or a list of named templates");
  for (size_t i = 0; i < *size; ++i) {
    auto name = at[i]["name"].string();
    if (!name) return fail(std::move(name.error()));
    if (auto done = take(*name, at[i]["template"]); !done) return done;
  }
  return {};
}

Result<void> read_tokens(const JsonAt& from, TemplateFiles& into) {
  for (const char* name :
       {"bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"}) {
    const JsonAt at = from[name];
    if (at.is_null()) continue;
    auto text = at.is_object() ? at["content"].string() : at.string();
    if (!text) return fail(std::move(text.error()));
    into.tokens[name] = std::move(*text);
  }
  return {};
}

}  // namespace

Result<TemplateFiles> read_template_files(const fs::path& dir) {
  TemplateFiles files;
  if (auto done = read_files(dir, files); !done) return fail(std::move(done.error()));
  auto config = JsonAt::open(dir / "tokenizer_config.json");
  if (!config) return fail(std::move(config.error()));
  bool tokens_are_whole = false;  // a config that lists its tokens needs no special_tokens_map.json
  if (*config) {
    if (auto done = (*config)->object(); !done) return fail(std::move(done.error()));
    if (files.templates.empty())
      if (auto done = read_config_templates(**config, files); !done) return fail(std::move(done.error()));
    if (auto done = read_tokens(**config, files); !done) return fail(std::move(done.error()));
    tokens_are_whole = !(**config)["added_tokens_decoder"].is_null();
  }
  if (tokens_are_whole) return files;
  auto map = JsonAt::open(dir / "special_tokens_map.json");
  if (!map) return fail(std::move(map.error()));
  if (*map) {
    if (auto done = (*map)->object(); !done) return fail(std::move(done.error()));
    if (auto done = read_tokens(**map, files); !done) return fail(std::move(done.error()));
  }
  return files;
}

}  // namespace weir::chat

#include "tokenizers/chat/chat_template.hpp"

#include <ctime>
#include <utility>

#include <fmt/format.h>

#include "tokenizers/chat/conversation.hpp"
#include "tokenizers/chat/interpreter.hpp"
#include "tokenizers/chat/json_values.hpp"
#include "tokenizers/chat/parser.hpp"
#include "tokenizers/chat/python_text.hpp"
#include "tokenizers/chat/scopes.hpp"
#include "tokenizers/chat/template_files.hpp"
#include "tokenizers/utf8.hpp"

namespace weir {
namespace {

std::chrono::local_time<std::chrono::microseconds> local_now() {
  using namespace std::chrono;
  const auto now = floor<microseconds>(system_clock::now());
  const std::time_t seconds = system_clock::to_time_t(now);
  std::tm tm{};
  localtime_r(&seconds, &tm);
  const auto day = local_days(year(tm.tm_year + 1900) / (tm.tm_mon + 1) / tm.tm_mday);
  return day + hours(tm.tm_hour) + minutes(tm.tm_min) + std::chrono::seconds(tm.tm_sec) +
         (now - floor<std::chrono::seconds>(now));
}

// tools and documents: none, or a list of objects.
chat::Value parse_list(chat::Run& run, std::string_view json, const char* what) {
  if (json.empty()) return chat::Value::none();
  const chat::Value list = chat::parse_json(run, json, what);
  if (list.is(chat::Kind::none)) return list;
  chat::check_objects(run, list, what);
  return list;
}

}  // namespace

struct ChatTemplate::Parsed {
  std::string source, place;
  chat::Syntax syntax;
};

ChatTemplate::ChatTemplate() = default;
ChatTemplate::~ChatTemplate() = default;

Result<std::unique_ptr<const ChatTemplate::Parsed>> ChatTemplate::parse_one(std::string_view source,
                                                                            const std::string& place) {
  if (!utf8::valid(source)) return fail(ErrorCode::corrupt, fmt::format("{}: is not UTF-8", place));
  if (source.size() > size_t{4} << 20)
    return fail(ErrorCode::unsupported, fmt::format("{}: is longer than 4 MiB", place));
  try {
    auto parsed = std::make_unique<Parsed>();
    parsed->source = source;
    parsed->place = place;
    parsed->syntax = chat::parse(source);
    chat::resolve_names(parsed->syntax);
    return parsed;
  } catch (const chat::TemplateError& error) {
    return fail(ErrorCode::unsupported, fmt::format("{}: line {}: {}", place, error.line, error.what()));
  }
}

Result<std::shared_ptr<const ChatTemplate>> ChatTemplate::parse(std::string_view source,
                                                                const std::map<std::string, std::string>& tokens) {
  auto parsed = parse_one(source, "chat template");
  if (!parsed) return fail(std::move(parsed.error()));
  std::shared_ptr<ChatTemplate> made(new ChatTemplate);
  made->main_ = std::move(*parsed);
  made->tokens_ = tokens;
  return made;
}

Result<std::shared_ptr<const ChatTemplate>> ChatTemplate::load(const std::filesystem::path& dir,
                                                               std::string_view name) {
  auto files = chat::read_template_files(dir);
  if (!files) return fail(std::move(files.error()));
  std::shared_ptr<ChatTemplate> made(new ChatTemplate);
  made->tokens_ = std::move(files->tokens);
  const auto take = [&](std::string_view wanted, std::unique_ptr<const Parsed>& into) -> Result<bool> {
    const auto found = files->templates.find(std::string(wanted));
    if (found == files->templates.end()) return false;
    auto parsed = parse_one(found->second.text, found->second.place);
    if (!parsed) return fail(std::move(parsed.error()));
    into = std::move(*parsed);
    return true;
  };
  auto found = take(name.empty() ? "default" : name, made->main_);
  if (found && name.empty()) {
    auto more = take("tool_use", made->tool_use_);
    if (!more) found = fail(std::move(more.error()));
  }
  if (!found) return fail(std::move(found.error()));
  if (!*found) {
    std::string names;
    for (const auto& entry : files->templates) names += (names.empty() ? "" : ", ") + entry.first;
    return fail(ErrorCode::not_found, fmt::format("{}: has no chat template{}; {}", dir.string(),
                                                  name.empty() ? "" : fmt::format(" '{}'", name),
                                                  names.empty() ? "add chat_template.jinja" : "name one of: " + names));
  }
  return made;
}

Result<std::string> ChatTemplate::render(std::string_view messages, const ChatOptions& options) const {
  const Parsed& parsed = !options.tools.empty() && tool_use_ ? *tool_use_ : *main_;
  chat::Run run({options.max_steps, options.max_bytes});
  run.now = options.now ? *options.now : local_now();
  try {
    if (options.add_generation_prompt && options.continue_final_message)
      run.fail("continue_final_message and add_generation_prompt exclude each other");
    chat::Dict* variables = run.dict();
    const auto set = [&](std::string_view name, chat::Value value) {
      variables->set(run, chat::Value::text(name), value);
    };
    for (const auto& [name, token] : tokens_) set(name, chat::Value::text(token));
    if (!options.variables.empty()) {
      const chat::Value more = chat::parse_json(run, options.variables, "variables");
      if (!more.is(chat::Kind::dict)) run.fail("variables: should be a JSON object");
      for (const auto& [name, value] : more.dict().entries()) variables->set(run, name, value);
    }
    chat::Conversation conversation(run, chat::parse_json(run, messages, "messages"));
    if (options.continue_final_message) conversation.mark_end(parsed.source);
    set("messages", conversation.messages());
    set("tools", parse_list(run, options.tools, "tools"));
    set("documents", parse_list(run, options.documents, "documents"));
    set("add_generation_prompt", options.add_generation_prompt);
    std::string text = chat::Interpreter(run, parsed.syntax, *variables).render();
    if (options.continue_final_message) conversation.cut_at_end(text);
    return text;
  } catch (const chat::TemplateError& error) {
    const std::string at = error.line > 0 ? fmt::format("line {}: ", error.line) : "";
    return fail(ErrorCode::invalid_request, fmt::format("{}: {}{}", parsed.place, at, error.what()));
  }
}

}  // namespace weir

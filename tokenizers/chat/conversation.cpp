#include "tokenizers/chat/conversation.hpp"

#include <fmt/format.h>

#include "tokenizers/chat/operators.hpp"
#include "tokenizers/chat/python_text.hpp"

namespace weir::chat {
namespace {

constexpr std::string_view mark = "CONTINUE_FINAL_MESSAGE_TAG ";
constexpr std::string_view bare_mark = "CONTINUE_FINAL_MESSAGE_TAG";
constexpr std::string_view reasoning_names[] = {"reasoning_content", "thinking", "reasoning"};

Value plain(const Dict* dict) { return Value(dict); }

Value prepared(Run& run, const Dict& message) {
  Value reasoning;
  for (const auto name : reasoning_names) {
    const Value* found = message.find(name);
    if (!reasoning.given() && found != nullptr && !found->is(Kind::none)) reasoning = *found;
  }
  Dict* made = run.dict();
  if (reasoning.given()) made->set(run, Value::text("thinking"), reasoning);
  for (const auto& [name, value] : message.entries())
    if (!value.is(Kind::none)) made->set(run, name, value);
  if (reasoning.given()) made->set(run, Value::text("reasoning_content"), reasoning);
  return plain(made);
}

Value with_member(Run& run, const Dict& dict, std::string_view name, Value value) {
  Dict* made = run.dict();
  for (const auto& [key, member] : dict.entries()) made->set(run, key, member);
  made->set(run, Value::text(name), value);
  return plain(made);
}

}  // namespace

void check_objects(Run& run, Value list, std::string_view what) {
  if (!list.is(Kind::list)) run.fail(fmt::format("{}: should be a JSON list", what));
  const auto& items = list.items().items;
  for (size_t i = 0; i < items.size(); ++i)
    if (!items[i].is(Kind::dict)) run.fail(fmt::format("{}/{}: should be a JSON object", what, i));
}

Conversation::Conversation(Run& run, Value messages) : run_(run) {
  check_objects(run, messages, "messages");
  if (messages.items().items.empty()) run.fail("messages: there is none");
  std::vector<Value> made;
  for (const auto& message : messages.items().items) made.push_back(prepared(run, message.dict()));
  messages_ = run.list(std::move(made));
}

// The content with the mark behind its text, or behind the last text of its parts.
Value Conversation::marked(Value content) {
  if (content.is(Kind::text)) {
    final_text_ = content.text();
    return run_.text(std::string(content.text()) + std::string(mark));
  }
  if (!content.is(Kind::list)) run_.fail("continue_final_message: the content of the last message is no text");
  auto parts = content.items().items;
  for (size_t i = parts.size(); i-- > 0;) {
    const Value* text = parts[i].is(Kind::dict) ? parts[i].dict().find("text") : nullptr;
    if (text == nullptr) continue;
    if (!text->is(Kind::text)) break;
    final_text_ = text->text();
    parts[i] = with_member(run_, parts[i].dict(), "text", run_.text(std::string(text->text()) + std::string(mark)));
    return run_.list(std::move(parts));
  }
  run_.fail("continue_final_message: the last message has no text to continue");
}

void Conversation::mark_end(std::string_view source) {
  auto messages = messages_.items().items;
  const Dict& last = messages.back().dict();
  const Value* content = last.find("content");
  if (content == nullptr) run_.fail("continue_final_message: the last message has no content to continue");
  if (source.find("content") == std::string_view::npos)
    run_.fail("continue_final_message: the template reads no content");
  messages.back() = with_member(run_, last, "content", marked(*content));
  messages_ = run_.list(std::move(messages));
}

void Conversation::cut_at_end(std::string& rendered) const {
  const size_t at = find_last(rendered, bare_mark);
  if (at == std::string_view::npos || find_text(rendered, strip(final_text_)) == std::string_view::npos)
    run_.fail("continue_final_message: the template does not write the last message as it is");
  const bool spaced = std::string_view(rendered).substr(at, mark.size()) == mark;
  const std::string_view kept = std::string_view(rendered).substr(0, at);
  rendered.resize(spaced ? at : strip_right(kept).size());
}

}  // namespace weir::chat

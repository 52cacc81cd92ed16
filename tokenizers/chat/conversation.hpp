#pragma once

#include <string>
#include <string_view>

#include "tokenizers/chat/run.hpp"

namespace weir::chat {

void check_objects(Run& run, Value list, std::string_view what);  // fails when it is no list of objects

// Messages as transformers hands them to a template: members that are null are dropped, and reasoning is given under
// the names by which templates look for it.
class Conversation {
 public:
  Conversation(Run& run, Value messages);

  Value messages() const { return messages_; }

  // continue_final_message: a mark is put behind the last message's text; the text rendered is then cut there.
  void mark_end(std::string_view source);
  void cut_at_end(std::string& rendered) const;

 private:
  Value marked(Value content);

  Run& run_;
  Value messages_;
  std::string_view final_text_;
};

}  // namespace weir::chat

#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/error.hpp"

namespace weir::chat {

struct TemplateText {
  std::string text, place;  // the file, and the part of it
};

struct TemplateFiles {
  std::map<std::string, TemplateText> templates;  // by name
  std::map<std::string, std::string> tokens;      // bos_token and so on
};

// What a model's folder has for chats. Files win over tokenizer_config.json, as in transformers. A folder without any
// gives nothing.
Result<TemplateFiles> read_template_files(const std::filesystem::path& dir);

}  // namespace weir::chat

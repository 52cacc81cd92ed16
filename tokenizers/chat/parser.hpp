#pragma once

#include <string_view>

#include "tokenizers/chat/syntax.hpp"

namespace weir::chat {

// Reads a template as jinja2 3.1.6 does with what transformers adds (break, continue, generation). Names are not
// resolved yet. Throws TemplateError, with the line, for what jinja2 would refuse and for what this engine does not do
// (include, import, extends, block, autoescape, recursive loops, some filters).
Syntax parse(std::string_view source);

}  // namespace weir::chat

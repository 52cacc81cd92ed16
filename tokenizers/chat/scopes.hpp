#pragma once

#include "tokenizers/chat/syntax.hpp"

namespace weir::chat {

// Gives each name of a template its slot, and each block what it does with its variables when it begins. The rules are
// those by which jinja2 3.1.6 turns a template into Python functions (jinja2/idtracking.py, jinja2/compiler.py), odd
// corners included: a variable that is set anywhere in a block belongs to that block; loops, macros, `with`, call,
// filter and set blocks have variables of their own, `if` has not; a macro sees the variables around it as they are
// when it is called. Throws TemplateError for what jinja2 refuses here: assignments to `loop`, filters and tests that
// do not exist outside of an `if`.
void resolve_names(Syntax& syntax);

}  // namespace weir::chat

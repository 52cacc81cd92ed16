#include <algorithm>
#include <charconv>

#include "messages/outcome_writers.hpp"

namespace weir {

void write_text_outcome(const OutcomeView& view, std::string& out) {
  const auto number = [&](float value) {
    char digits[32];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  };
  if (!view.job.id.empty()) {
    out += view.job.id;
    out += '\t';
  }
  if (view.answer == Answer::failure) {
    out += "error ";
    out += to_string(view.error->code);
    out += ": ";
    out += view.error->message;
  } else if (view.answer == Answer::classes) {
    const uint32_t best = best_of(view.values);
    out += view.label(best);
    out += ' ';
    number(view.values[best]);
  } else if (view.answer == Answer::token_classes) {
    for (uint32_t i = 0; i < view.outcome.rows; ++i) {
      if (i > 0) out += ' ';
      out += view.label(best_of(view.row(i)));
    }
  } else {
    for (size_t i = 0; i < view.values.size(); ++i) {
      if (i > 0) out += ' ';
      number(view.values[i]);
    }
  }
  // Whatever ids, labels and messages hold: one outcome is one line.
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
}

}  // namespace weir

#include "app/outcome_table.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "messages/read_outcome.hpp"

namespace weir {
namespace {

constexpr size_t shown_values = 6;

std::string numbers(const std::vector<float>& values) {
  std::string text;
  for (size_t i = 0; i < std::min(values.size(), shown_values); ++i)
    text += fmt::format("{}{:.4f}", i ? " " : "", values[i]);
  return values.size() > shown_values ? text + " ..." : text;
}

// The most probable label of each token.
std::string token_labels(const ReadOutcome& outcome) {
  std::string text;
  for (size_t at = 0; at < outcome.values.size(); at += outcome.dim) {
    const auto row = outcome.values.begin() + static_cast<ptrdiff_t>(at);
    const auto best = std::max_element(row, row + outcome.dim) - row;
    text += fmt::format("{}{}", at ? " " : "", outcome.labels[static_cast<size_t>(best)]);
  }
  return text;
}

std::string answer(const ReadOutcome& outcome) {
  if (!outcome.error_code.empty()) return fmt::format("{}: {}", outcome.error_code, outcome.error_message);
  if (!outcome.classes.empty()) {
    std::string text = outcome.label;
    for (const auto& [label, probability] : outcome.classes) text += fmt::format("  {} {:.4f}", label, probability);
    return text;
  }
  if (outcome.answer == Answer::token_classes) return token_labels(outcome);
  return outcome.dim > 1 ? fmt::format("[{} x {}] {}", outcome.rows, outcome.dim, numbers(outcome.values))
                         : numbers(outcome.values);
}

}  // namespace

void print_outcomes(std::FILE* file) {
  std::rewind(file);
  fmt::print("{:<12} {:>6}  {}\n", "id", "tokens", "answer");
  std::string line;
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) {
    if (c != '\n') {
      line += static_cast<char>(c);
      continue;
    }
    if (const auto outcome = read_outcome(line, RecordFormat::json))
      fmt::print("{:<12} {:>6}  {}\n", outcome->id, outcome->prompt_tokens, answer(*outcome));
    line.clear();
  }
}

}  // namespace weir

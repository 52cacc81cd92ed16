#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tokenizers/chat/object.hpp"

namespace weir::chat {

// Why a template could not be loaded or rendered. Thrown inside this folder only; ChatTemplate turns it into an Error.
struct TemplateError : std::runtime_error {
  TemplateError(uint32_t at_line, const std::string& message) : std::runtime_error(message), line(at_line) {}
  uint32_t line;  // 0: of no line
};

// What one rendering may cost. A step is about a node evaluated, or 64 bytes looked at.
struct Limits {
  uint64_t steps = 20'000'000;
  uint64_t bytes = uint64_t{128} << 20;  // of everything made, freed at the end; the text rendered included
};

// One rendering: owns every value that it makes until it ends, so that no cycle leaks and nothing hostile outlives it;
// and counts what it costs. For one thread.
class Run {
 public:
  explicit Run(Limits limits) : limits_(limits) {}

  // Made values.
  Value text(std::string bytes, bool markup = false);
  Value list(std::vector<Value> items) { return sequence(Kind::list, std::move(items)); }
  Value tuple(std::vector<Value> items) { return sequence(Kind::tuple, std::move(items)); }
  Value undefined(std::string why);
  Dict* dict() { return make<Dict>(); }
  template <typename T, typename... Args>
  T* make(Args&&... args) {
    spend_bytes(sizeof(T) + 32);
    auto made = std::make_unique<T>(std::forward<Args>(args)...);
    T* object = made.get();
    objects_.push_back(std::move(made));
    return object;
  }

  // Costs. step() for work, spend_bytes() for memory; need_bytes() refuses before something large is made.
  void step(uint64_t count = 1) {
    if (count > limits_.steps) too_much("takes too many steps");
    limits_.steps -= count;
  }
  void scan(size_t bytes) { step(1 + bytes / 64); }
  void need_bytes(uint64_t count) const {
    if (count > limits_.bytes) too_much("needs too much memory");
  }
  void spend_bytes(uint64_t count) {
    need_bytes(count);
    limits_.bytes -= count;
  }

  [[noreturn]] void fail(const std::string& message) const { throw TemplateError(line, message); }
  [[noreturn]] void too_much(const char* what) const;

  uint32_t line = 0;  // where the template is
  std::chrono::local_time<std::chrono::microseconds> now;

 private:
  friend class Deeper;
  Value sequence(Kind kind, std::vector<Value> items);

  Limits limits_;
  uint32_t depth_ = 0;
  std::deque<std::string> texts_;
  std::vector<std::unique_ptr<Object>> objects_;
};

// Held while a function of the engine calls itself: a template or a value that nests without end fails instead of the
// stack.
class Deeper {
 public:
  explicit Deeper(Run& run) : run_(run) {
    if (++run_.depth_ <= limit) return;
    --run_.depth_;
    run_.too_much("nests too deeply");
  }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;
  ~Deeper() { --run_.depth_; }

  static constexpr uint32_t limit = 1500;

 private:
  Run& run_;
};

}  // namespace weir::chat

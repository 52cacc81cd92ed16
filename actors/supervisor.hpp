#pragma once

#include <functional>
#include <map>
#include <string>

#include <fmt/format.h>

#include "actors/stage.hpp"

namespace weir {

// Watches every stage. Workers are their batcher's to restart; any other stage that dies takes the process with it, and
// offsets see to it that nothing is lost: `died` is called once with what to log.
class Supervisor final : public Stage {
 public:
  Supervisor(caf::actor_config& config, std::map<caf::actor_id, std::string> names,
             const std::vector<caf::actor>& watched, std::function<void(std::string)> died)
      : Stage(config), names_(std::move(names)), died_(std::move(died)) {
    for (const auto& actor : watched) monitor(actor);
  }
  caf::behavior make_behavior() override {
    return {[](const caf::unit_t&) {}};
  }

 private:
  void on_down(caf::actor_id who, const caf::error& reason) override {
    if (reason == caf::exit_reason::user_shutdown) return;
    died_(fmt::format("stage {} died: {}", names_[who], caf::to_string(reason)));
  }
  void let_go() override {
    died_ = [](const std::string&) {};
  }

  std::map<caf::actor_id, std::string> names_;
  std::function<void(std::string)> died_;
};

}  // namespace weir

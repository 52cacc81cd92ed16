#pragma once

#include <memory>
#include <tuple>
#include <vector>

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <gtest/gtest.h>

#include "actors/stage.hpp"

namespace weir {

// Runs actors by hand: nothing moves until `run`, time only by the test's own clock.
class ActorTest : public testing::Test {
 protected:
  ActorTest()
      : system_(prepare(config_)), world_(dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler())) {}

  void run() { world_.run(); }
  // Stops an actor and drops the handle; a live one would keep the system from ending.
  void finish(caf::actor& actor) {
    stop(actor);
    actor = nullptr;
    run();
  }

  caf::actor_system_config config_;
  caf::actor_system system_;
  caf::scheduler::test_coordinator& world_;

 private:
  static caf::actor_system_config& prepare(caf::actor_system_config& config) {
    return config.set("scheduler.policy", caf::atom("testing"));
  }
};

// Keeps every message of these types that it gets.
template <typename... Messages>
class Collecting final : public Stage {
 public:
  using Log = std::tuple<std::vector<Messages>...>;
  Collecting(caf::actor_config& config, std::shared_ptr<Log> log) : Stage(config), log_(std::move(log)) {}
  caf::behavior make_behavior() override {
    return {[this](const Messages& message) { std::get<std::vector<Messages>>(*log_).push_back(message); }...};
  }

 private:
  void let_go() override { log_ = nullptr; }
  std::shared_ptr<Log> log_;
};

}  // namespace weir

#pragma once

#include <exception>
#include <string>
#include <utility>

#include <caf/all.hpp>

#include "actors/tsan.hpp"

namespace weir {

// The base of every actor. A subclass has members, a `make_behavior` of short handlers, and `let_go`, which drops every
// actor handle that it holds (a detached actor ends only when its last handle is gone). A thrown exception ends the
// actor with its text as the reason; whoever monitors it decides what that means. `on_stop` runs when the runtime stops
// it, before it ends.
class Stage : public caf::event_based_actor {
 public:
  explicit Stage(caf::actor_config& config) : caf::event_based_actor(config) {
    set_default_handler(caf::drop);
    set_exception_handler([](caf::scheduled_actor*, std::exception_ptr& thrown) -> caf::error {
      try {
        std::rethrow_exception(thrown);
      } catch (const std::exception& e) {
        return caf::make_error(caf::sec::runtime_error, std::string(e.what()));
      } catch (...) {
        return caf::sec::runtime_error;
      }
    });
    set_exit_handler([this](caf::exit_msg& message) {
      on_stop();
      quit(std::move(message.reason));
    });
    set_down_handler([this](caf::down_msg& message) { on_down(message.source.id(), message.reason); });
  }
  WEIR_NO_TSAN ~Stage() override {
    tsan::acquire(this);
    tsan::acquire(&tsan::spawn_fence);
  }

  void on_exit() override { let_go(); }

  bool cleanup(caf::error&& reason, caf::execution_unit* host) override {
    tsan::acquire(this);
    return caf::event_based_actor::cleanup(std::move(reason), host);
  }
  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit* host) override {
    tsan::release(this);
    caf::event_based_actor::enqueue(std::move(message), host);
  }
  caf::invoke_message_result consume(caf::mailbox_element& message) override {
    tsan::acquire(this);
    auto result = caf::event_based_actor::consume(message);
    tsan::release(this);
    return result;
  }
  resume_result resume(caf::execution_unit* host, size_t max_throughput) override {
    tsan::acquire(this);
    tsan::acquire(&tsan::spawn_fence);
    auto result = caf::event_based_actor::resume(host, max_throughput);
    tsan::release(this);
    tsan::release(&tsan::spawn_fence);
    return result;
  }

 protected:
  virtual void on_down(caf::actor_id, const caf::error&) {}
  virtual void on_stop() {}
  virtual void let_go() = 0;
};

// Spawns a stage; everything written before is visible to it.
template <typename S, caf::spawn_options Options = caf::no_spawn_options, typename Host, typename... Args>
caf::actor start(Host& host, Args&&... args) {
  tsan::release(&tsan::spawn_fence);
  return host.template spawn<S, Options>(std::forward<Args>(args)...);
}

// Stops an actor before whatever waits in its mailbox.
inline void stop(const caf::actor& actor) {
  if (actor)
    caf::anon_send<caf::message_priority::high>(actor, caf::exit_msg{actor.address(), caf::exit_reason::user_shutdown});
}

}  // namespace weir

#pragma once

#include <functional>

#include "actors/runtime.hpp"
#include "base/metrics.hpp"
#include "pipeline/spec/plan.hpp"

namespace weir {

struct DataflowOptions {
  bool live = false;  // a line of rates a second on stderr
  // Asked ten times a second; true: drain and end. For verbs that know when they have what they came for.
  std::function<bool(const std::vector<DeliveryStatus>&)> done;
};

// SIGINT and SIGTERM drain instead of ending the process, in every thread started from here on; a reader of stdout that
// goes away is an error of the write. Call first in main.
void take_signals();

// Carries out a plan until its sources end, a signal drains it (exit_ok) or it fails. A second signal gives up what is
// unfinished. Serves http.listen. Logs what went wrong. Returns the exit code.
int run_dataflow(const Plan& plan, StreamPort& streams, ModelPort& models, Metrics& metrics, const Clock& clock,
                 const DataflowOptions& options = {});

}  // namespace weir

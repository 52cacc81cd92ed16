#pragma once

#include <string>
#include <vector>

#include "pipeline/spec/plan.hpp"
#include "pipeline/spec/probes.hpp"

namespace weir {

// What the brokers say to a plan.
struct OnlineReport {
  std::vector<SpecError> errors;
  std::vector<std::string> notes;  // what was found: brokers, partitions, rates
  bool unreachable = false;        // some broker did not answer: it may be right later
};

// Tier 4: brokers reachable, topics there (or to be created), what the prefetch queues take of memory.limit and which
// rate they allow, and whether the largest outcome fits into a record. Blocks; changes nothing on the brokers.
OnlineReport check_online(const Plan& plan, BrokerProbe& probe);

}  // namespace weir

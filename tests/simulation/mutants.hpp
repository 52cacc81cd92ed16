#pragma once

#include <map>
#include <memory>
#include <span>

#include "pipeline/delivery/inbox.hpp"
#include "tests/simulation/broker_committer.hpp"
#include "tests/simulation/plan.hpp"

namespace weir::simulation {

// The committer of a run: the fake one, or one that undoes a safeguard of the rooms behind it. `epochs`: the newest of
// each partition.
std::unique_ptr<BrokerCommitter> make_committer(Mutant mutant, FakeBroker& broker, bool exactly_once, int32_t process,
                                                const std::map<TopicPartition, uint32_t>& epochs);

// no_prefix: hands finished jobs to the committer of that mutant at once, whatever is unfinished before them.
void release_early(BrokerCommitter& committer, std::span<const Finished> batch);

}  // namespace weir::simulation

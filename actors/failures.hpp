#pragma once

#include <string_view>
#include <vector>

#include "actors/protocol.hpp"
#include "actors/sequencing.hpp"
#include "actors/stage.hpp"

namespace weir {

// Sends the failures of a chunk's jobs to every sink under the stage where they failed. One of the sinks writes the
// dead letter, the others only close their branch.
void send_failures(Stage& from, const std::vector<caf::actor>& sinks, const JobChunkPtr& jobs,
                   const std::vector<Sequencer::Failure>& failures, std::string_view stage);

}  // namespace weir

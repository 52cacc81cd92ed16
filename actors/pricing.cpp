#include "actors/pricing.hpp"

#include <algorithm>

namespace weir {
namespace {

constexpr uint64_t bytes_per_token = 4;            // more in real text of any script than a WordPiece of it
constexpr int64_t id_bytes = 2 * sizeof(int32_t);  // id and type id
constexpr int64_t outcome_bytes = 512;             // fields, headers and bookkeeping of one outcome

}  // namespace

int64_t Pricing::price(uint64_t tokens, uint64_t sequences) const {
  int64_t bytes = static_cast<int64_t>(tokens) * id_bytes +
                  static_cast<int64_t>(sequences * (sizeof(Sequence) + sizeof(PoolingParams)));
  for (const auto& branch : branches_) {
    const auto rows = static_cast<int64_t>(branch.per_token ? tokens : sequences);
    bytes += outcome_bytes + rows * branch.dim * static_cast<int64_t>(sizeof(float) + branch.bytes_per_value);
  }
  return bytes;
}

int64_t Pricing::estimate(const Job& job) const {
  uint64_t tokens = 0;
  uint64_t sequences = 0;
  const auto add = [&](size_t bytes) {
    tokens += std::min<uint64_t>(bytes / bytes_per_token + 2, max_tokens_);
    ++sequences;
  };
  switch (job.input) {
    case JobInput::tombstone: break;
    case JobInput::text: add(job.text.size()); break;
    case JobInput::token_ids: add(job.token_ids.size() * bytes_per_token); break;
    case JobInput::pair:
      for (const auto& document : job.documents) add(job.query.size() + document.size());
      break;
  }
  return price(tokens, sequences);
}

std::vector<Repriced> Pricing::corrections(const SequenceChunk& chunk) const {
  std::vector<Repriced> changes;
  changes.reserve(chunk.jobs->jobs.size());
  for (size_t i = 0; i < chunk.sequences.size();) {
    const uint32_t index = chunk.sequences[i].job;
    uint64_t tokens = 0;
    uint64_t sequences = 0;
    for (; i < chunk.sequences.size() && chunk.sequences[i].job == index; ++i, ++sequences)
      tokens += chunk.sequences[i].count;
    const Job& job = chunk.jobs->jobs[index];
    const int64_t change = price(tokens, sequences) - estimate(job);
    if (change != 0) changes.push_back({job.ticket, change});
  }
  return changes;
}

}  // namespace weir

#pragma once

#include <cstdint>
#include <vector>

#include "messages/job.hpp"
#include "pipeline/delivery/inbox.hpp"
#include "pipeline/flow/chunk.hpp"

namespace weir {

// What a job costs the Budget beyond its record, under one tokenizer stage: token ids, pooled rows and encoded outputs.
// Before tokenizing it is a guess, after it is known.
class Pricing {
 public:
  // One branch under the tokenizer.
  struct Branch {
    uint32_t dim = 0;              // floats in a row
    bool per_token = false;        // a row a token, not one a job
    uint32_t bytes_per_value = 4;  // in the encoded outcome
  };

  Pricing(std::vector<Branch> branches, uint32_t max_tokens)
      : branches_(std::move(branches)), max_tokens_(max_tokens) {}

  int64_t estimate(const Job& job) const;
  // The corrections for every job that has sequences in the chunk.
  std::vector<Repriced> corrections(const SequenceChunk& chunk) const;

 private:
  int64_t price(uint64_t tokens, uint64_t sequences) const;

  std::vector<Branch> branches_;
  uint32_t max_tokens_;
};

}  // namespace weir

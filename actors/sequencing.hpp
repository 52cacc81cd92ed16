#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/model_facts.hpp"
#include "messages/job.hpp"
#include "pipeline/flow/chunk.hpp"
#include "pipeline/spec/plan.hpp"
#include "tokenizers/tokenizer.hpp"

namespace weir {

// What a tokenizer stage knows beside its tokenizer. Immutable, shared by the stage's replicas.
struct SequencingOptions {
  std::vector<std::string> names;  // what a job's `model` may say
  std::optional<Task> only;        // the one task that the dataflow gives the model; absent: all that it can do
  LongText long_text = LongText::truncate;
  Truncate side = Truncate::end;
  std::string prompt;  // of the source: put before every text, unless the job names another
  // The pooler stages under this one: the model's facts with each stage's settings on top. At least one.
  std::vector<std::shared_ptr<const ModelFacts>> heads;

  const ModelFacts& facts() const { return *heads.front(); }
};

// Turns jobs into sequences: checks what each job asks for, tokenizes, truncates or refuses, and resolves each job's
// pooling. A job that fails costs its neighbours nothing. One per replica (it owns the scratch memory); not
// thread-safe.
class Sequencer {
 public:
  struct Failure {
    uint32_t job = 0;
    Error error;
  };

  Sequencer(std::shared_ptr<const Tokenizer> tokenizer, std::shared_ptr<const SequencingOptions> options);

  // Fills `out` with the sequences of every computable job, and appends one failure per job that has none. Tombstones
  // and jobs that already failed in decoding are passed over: they are the runtime's.
  void run(const JobChunkPtr& jobs, SequenceChunk& out, std::vector<Failure>& failures);

 private:
  Result<void> sequence(uint32_t index, const Job& job, Lane lane, SequenceChunk& out);
  std::optional<Task> default_task(const Job& job) const;
  Result<Task> resolve(const Job& job);
  Result<std::string_view> prompt_of(const Job& job) const;
  Result<void> measure(std::string_view prompt);
  std::string_view prompted(std::string_view prompt, std::string_view text, std::string& into) const;
  Result<void> add_text(const Job& job, std::string_view text, std::optional<std::string_view> pair, Sequence sequence,
                        SequenceChunk& out);
  Result<void> add_ids(const Job& job, Sequence sequence, SequenceChunk& out);
  Result<void> too_long(const Job& job, uint32_t tokens) const;
  bool refuses_long(const Job& job) const;

  const std::shared_ptr<const Tokenizer> tokenizer_;
  const std::shared_ptr<const SequencingOptions> options_;
  Scratch scratch_;
  TokenBuffer tokens_;
  std::vector<Piece> pieces_;
  std::vector<PoolingParams> pooling_;  // of the current job, one a head
  std::string prompted_;
  uint32_t skip_ = 0;  // tokens of the current job's prompt, where the model leaves them out of pooling
  std::map<std::string, uint32_t, std::less<>> measured_;  // prompts, in tokens
};

}  // namespace weir

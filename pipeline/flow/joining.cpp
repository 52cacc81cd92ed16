#include "pipeline/flow/joining.hpp"

#include <cmath>

#include <fmt/format.h>

namespace weir {
namespace {

bool all_finite(std::span<const float> values) {
  // x * 0 is 0 for every finite x and NaN otherwise; a sum keeps NaN and vectorizes, a branch per element does not.
  float sum = 0;
  for (float value : values) sum += value * 0;
  return sum == 0;
}

// Summed in double; 0 when one of them is zero.
float cosine(std::span<const float> a, std::span<const float> b) {
  double dot = 0, aa = 0, bb = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    dot += double{a[i]} * b[i];
    aa += double{a[i]} * a[i];
    bb += double{b[i]} * b[i];
  }
  const double norms = std::sqrt(aa) * std::sqrt(bb);
  return norms > 0 ? static_cast<float>(dot / norms) : 0;
}

bool scored_by_cosine(const Job& job, const Sequence& sequence) {
  return job.input == JobInput::pair && sequence.parts == job.documents.size() + 1;
}

}  // namespace

class Joining::Collector {
 public:
  explicit Collector(std::shared_ptr<const ModelFacts> model) : model_(std::move(model)) {}

  // Of the chunk that comes next, so that it takes its memory once.
  void expect(size_t outcomes, size_t values) {
    outcomes_ = outcomes;
    values_ = values;
  }

  OutcomeChunk& of(const JobChunkPtr& jobs) {
    for (auto it = chunks_.rbegin(); it != chunks_.rend(); ++it) {
      if ((*it)->jobs == jobs) return **it;
    }
    auto chunk = std::make_shared<OutcomeChunk>();
    chunk->jobs = jobs;
    chunk->model = model_;
    chunk->outcomes.reserve(outcomes_);
    chunk->values.reserve(values_);
    chunks_.push_back(std::move(chunk));
    return *chunks_.back();
  }
  void move_to(std::vector<OutcomeChunkPtr>& out) {
    for (auto& chunk : chunks_) out.push_back(std::move(chunk));
  }

 private:
  std::shared_ptr<const ModelFacts> model_;
  size_t outcomes_ = 0, values_ = 0;
  std::vector<std::shared_ptr<OutcomeChunk>> chunks_;
};

Result<void> Joining::add(const Cut& cut, const PooledCut& pooled, std::vector<OutcomeChunkPtr>& out) {
  if (pooled.sequences.size() != cut.rows.size()) {
    return weir::fail(ErrorCode::internal, fmt::format("{}: a device answered {} sequences of {}", stage_,
                                                       pooled.sequences.size(), cut.rows.size()));
  }
  Collector collector(model_);
  size_t run = 0;  // behind the rows that are jobs of the same chunk
  for (size_t i = 0; i < cut.rows.size(); ++i) {
    const auto& [chunk, row] = cut.rows[i];
    if (i == run) {
      size_t values = 0;
      for (; run < cut.rows.size() && cut.rows[run].first->jobs == chunk->jobs; ++run)
        values += size_t{pooled.sequences[run].rows} * pooled.sequences[run].dim;
      collector.expect(run - i, values);
    }
    const Sequence& sequence = chunk->sequences[row];
    const PooledSequence& rows = pooled.sequences[i];
    const size_t count = size_t{rows.rows} * rows.dim;
    if (rows.first + count > pooled.values.size()) {
      return weir::fail(ErrorCode::internal, fmt::format("{}: the rows of a sequence end at {} of {} values", stage_,
                                                         rows.first + count, pooled.values.size()));
    }
    const auto values = pooled.values.subspan(rows.first, count);
    auto done = all_finite(values)
                    ? add_part(chunk, sequence, values, rows, collector)
                    : fail_part(chunk, sequence,
                                {ErrorCode::numeric_nan, "the model's answer holds NaN or infinity for this input"},
                                cut.attempt + 1, collector);
    if (!done) return done;
  }
  collector.move_to(out);
  return {};
}

Result<void> Joining::fail(std::span<const SequenceFailure> failures, std::vector<OutcomeChunkPtr>& out) {
  Collector collector(model_);
  for (const SequenceFailure& failure : failures) {
    auto done = fail_part(failure.chunk, failure.chunk->sequences[failure.sequence], failure.error, failure.attempts,
                          collector);
    if (!done) return done;
  }
  collector.move_to(out);
  return {};
}

Outcome Joining::outcome_of(const SequenceChunk& chunk, const Sequence& sequence) const {
  Outcome outcome;
  outcome.job = sequence.job;
  const size_t row = static_cast<size_t>(&sequence - chunk.sequences.data());
  outcome.task = chunk.pooling[row * chunk.heads + head_].task;
  if (scored_by_cosine(chunk.jobs->jobs[sequence.job], sequence)) outcome.task = Task::score;
  return outcome;
}

Result<void> Joining::add_part(const SequenceChunkPtr& chunk, const Sequence& sequence, std::span<const float> values,
                               const PooledSequence& pooled, Collector& out) {
  if (sequence.parts == 1) {
    OutcomeChunk& into = out.of(chunk->jobs);
    Outcome outcome = outcome_of(*chunk, sequence);
    outcome.first = static_cast<uint32_t>(into.values.size());
    outcome.rows = pooled.rows;
    outcome.dim = pooled.dim;
    outcome.normalized = pooled.normalized;
    outcome.prompt_tokens = sequence.count;
    outcome.dropped_tokens = sequence.dropped;
    into.values.insert(into.values.end(), values.begin(), values.end());
    into.outcomes.push_back(std::move(outcome));
    return {};
  }
  auto taken = take_part(*chunk, sequence);
  if (!taken) return weir::fail(taken.error());
  Waiting& waiting = **taken;
  waiting.outcome.prompt_tokens += sequence.count;
  waiting.outcome.dropped_tokens += sequence.dropped;
  waiting.outcome.normalized = pooled.normalized;
  if (!waiting.failed) {
    Part& part = waiting.parts[sequence.part];
    part.values.assign(values.begin(), values.end());
    part.rows = pooled.rows;
    part.dim = pooled.dim;
  }
  if (waiting.open == 0) {
    if (!waiting.failed) finish(chunk, waiting, out);
    waiting_.erase({chunk->jobs.get(), sequence.job});
  }
  return {};
}

Result<void> Joining::fail_part(const SequenceChunkPtr& chunk, const Sequence& sequence, Error error, uint32_t attempts,
                                Collector& out) {
  Waiting* waiting = nullptr;
  if (sequence.parts > 1) {
    auto taken = take_part(*chunk, sequence);
    if (!taken) return weir::fail(taken.error());
    waiting = *taken;
  }
  if (!waiting || !waiting->failed) {
    Outcome outcome = outcome_of(*chunk, sequence);
    outcome.error = std::move(error);
    outcome.attempts = attempts;
    outcome.stage = stage_;
    out.of(chunk->jobs).outcomes.push_back(std::move(outcome));
  }
  if (waiting) {
    waiting->failed = true;
    waiting->parts.clear();
    waiting->parts.shrink_to_fit();
    if (waiting->open == 0) waiting_.erase({chunk->jobs.get(), sequence.job});
  }
  return {};
}

// The job's entry with this part counted as in.
Result<Joining::Waiting*> Joining::take_part(const SequenceChunk& chunk, const Sequence& sequence) {
  auto [it, fresh] = waiting_.try_emplace({chunk.jobs.get(), sequence.job});
  Waiting& waiting = it->second;
  if (fresh) {
    waiting.parts.resize(sequence.parts);
    waiting.open = sequence.parts;
    waiting.outcome = outcome_of(chunk, sequence);
  }
  const bool known = waiting.failed || (sequence.part < waiting.parts.size() && !waiting.parts[sequence.part].done);
  if (!known || waiting.open == 0) {
    return weir::fail(ErrorCode::internal, fmt::format("{}: part {} of {} of a job came twice, or is none of its own",
                                                       stage_, sequence.part, sequence.parts));
  }
  if (!waiting.failed) waiting.parts[sequence.part].done = true;
  --waiting.open;
  return &waiting;
}

void Joining::finish(const SequenceChunkPtr& chunk, Waiting& waiting, Collector& out) {
  OutcomeChunk& into = out.of(chunk->jobs);
  Outcome outcome = std::move(waiting.outcome);
  outcome.first = static_cast<uint32_t>(into.values.size());
  const Job& job = chunk->jobs->jobs[outcome.job];
  const bool by_cosine = job.input == JobInput::pair && waiting.parts.size() == job.documents.size() + 1;
  bool equal = true;
  for (const Part& part : waiting.parts) equal &= part.dim == waiting.parts[0].dim && (!by_cosine || part.rows == 1);
  if (!equal) {
    outcome.error = Error{ErrorCode::invalid_request, "the sequences of this job have answers of different widths"};
    outcome.stage = stage_;
  } else if (by_cosine) {
    outcome.normalized = false;
    outcome.rows = static_cast<uint32_t>(waiting.parts.size() - 1);
    outcome.dim = 1;
    for (size_t i = 1; i < waiting.parts.size(); ++i) {
      into.values.push_back(cosine(waiting.parts[0].values, waiting.parts[i].values));
    }
  } else {
    outcome.dim = waiting.parts[0].dim;
    for (const Part& part : waiting.parts) {
      outcome.rows += part.rows;
      into.values.insert(into.values.end(), part.values.begin(), part.values.end());
    }
  }
  into.outcomes.push_back(std::move(outcome));
}

}  // namespace weir

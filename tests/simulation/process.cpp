#include "tests/simulation/process.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "tests/simulation/mutants.hpp"
#include "tests/simulation/texts.hpp"

namespace weir::simulation {
namespace {

constexpr int64_t kEstimate = 64;

OutRecord encode(const OutcomeChunk& chunk, const Outcome& outcome, Arena& arena) {
  const Job& job = chunk.jobs->jobs[outcome.job];
  OutRecord record;
  if (job.input == JobInput::tombstone) return record;
  const size_t bytes = size_t{outcome.rows} * outcome.dim * sizeof(float);
  record.value = bytes ? arena.copy({reinterpret_cast<const char*>(chunk.values.data() + outcome.first), bytes}) : "";
  return record;
}

}  // namespace

Process::Process(FakeBroker& broker, const Plan& plan, Mutant mutant, Dice& dice, const Clock& clock, int32_t number)
    : plan_(plan),
      mutant_(mutant),
      dice_(dice),
      clock_(clock),
      budget_(plan.budget, 0),
      source_(broker, number),
      committer_(make_committer(mutant, broker, plan.exactly_once, number, epochs_)),
      batching_(0.5) {
  if (mutant == Mutant::forget_on_abort) committer_->forget_on_abort();
  DeliveryOptions options;
  options.branches = mutant == Mutant::no_branch_count ? 1 : 2;
  options.max_in_flight = plan.max_in_flight;
  options.chunk_jobs = plan.chunk_jobs;
  options.chunk_bytes = plan.chunk_bytes;
  options.skip_tombstones = plan.skip_tombstones;
  options.until_end_of_topic = plan.until_end;
  options.breaker_window = plan.breaker_window;
  auto info = std::make_shared<SourceInfo>(SourceInfo{SourceId{0}, "documents", "group", {"in"}});
  delivery_ =
      std::make_unique<Delivery>(options, DeliveryParts{info, source_, *committer_, budget_, clock,
                                                        [this](JobChunk& chunk, Job& job) { decode(chunk, job); },
                                                        [](const Job&) { return kEstimate; },
                                                        [this](JobChunkPtr chunk) {
                                                          for (const Job& job : chunk->jobs)
                                                            epochs_[job.ticket.at] = job.ticket.epoch;
                                                          jobs_.push_back(std::move(chunk));
                                                        }});
  const uint32_t heads = plan.two_heads ? 2 : 1;
  for (uint32_t head = 0; head < heads; ++head) joinings_.emplace_back(model_, head, "pooler");
  for (const char* branch : {"0", "1"}) {
    OutRecordOptions out;
    out.topic = branch;
    out.dead_letter_topic = "dead";
    out.pipeline = branch;
    out.encode = encode;
    out.clock = &clock;
    if (*branch == '1') out.max_record_bytes = [bytes = plan.max_record_bytes] { return bytes; };
    sinks_.emplace_back(std::move(out));
  }
}

void Process::decode(JobChunk& chunk, Job& job) {
  if (!job.value) return;
  if ((*job.value)[0] == kUndecodable) {
    job.error = static_cast<int32_t>(chunk.errors.size());
    chunk.errors.push_back({ErrorCode::decode_error, "it says so itself"});
  }
  if ((*job.value)[0] == kDeadline) job.deadline_ms = clock_.unix_ms() + 50;
}

template <typename T>
T Process::draw(std::deque<T>& from, bool in_order) {
  if (!in_order) std::swap(from.front(), from[dice_.below(static_cast<uint32_t>(from.size()))]);
  T out = std::move(from.front());
  from.pop_front();
  return out;
}

bool Process::work(bool faults) {
  std::array<uint32_t, 9> can{};
  uint32_t count = 0;
  const auto if_any = [&](bool any, uint32_t what) {
    if (any) can[count++] = what;
  };
  if_any(!jobs_.empty(), 0);
  if_any(!batching_.empty() && cuts_.size() < 3, 1);
  if_any(!cuts_.empty(), 2);
  for (uint32_t i = 0; i < 2; ++i) {
    if_any(!heads_[i].empty(), 3 + i);
    if_any(!outcomes_[i].empty(), 5 + i);
  }
  if_any(!finished_.empty(), 7);
  if (count == 0) return false;
  switch (const uint32_t what = can[dice_.below(count)]; what) {
    case 0: tokenize(); break;
    case 1: ask_device(); break;
    case 2: run_device(faults); break;
    case 3:
    case 4: join(what - 3); break;
    case 5:
    case 6: sink(what - 5); break;
    default: post();
  }
  return true;
}

// Any chunk may be next: several tokenizers work side by side.
void Process::tokenize() {
  const JobChunkPtr jobs = draw(jobs_, false);
  auto chunk = std::make_shared<SequenceChunk>();
  chunk->jobs = jobs;
  chunk->heads = static_cast<uint32_t>(joinings_.size());
  std::vector<uint32_t> others;
  std::vector<Repriced> repriced;
  for (uint32_t i = 0; i < jobs->jobs.size(); ++i) {
    const Job& job = jobs->jobs[i];
    if (job.error >= 0 || job.input == JobInput::tombstone) {
      others.push_back(i);
      continue;
    }
    const uint32_t parts = parts_of(*job.value);
    for (uint32_t part = 0; part < parts; ++part) {
      Sequence sequence;
      sequence.job = i;
      sequence.part = part;
      sequence.parts = parts;
      sequence.begin = static_cast<uint32_t>(chunk->ids.size());
      sequence.count = dice_.between(1, 40);
      sequence.deadline_ms = job.deadline_ms;
      sequence.lane = dice_.one_in(8) ? Lane::realtime : Lane::bulk;
      chunk->ids.insert(chunk->ids.end(), sequence.count, token_of(job.ticket.at, job.ticket.offset));
      chunk->sequences.push_back(sequence);
    }
    repriced.push_back({job.ticket, -static_cast<int64_t>(dice_.below(kEstimate))});
  }
  chunk->pooling.resize(chunk->sequences.size() * chunk->heads);
  if (dice_.one_in(2)) delivery_->repriced(std::move(repriced));
  if (!chunk->sequences.empty()) batching_.add(chunk);
  if (!others.empty()) close_without_device(jobs, std::move(others));
}

void Process::close_without_device(const JobChunkPtr& jobs, std::vector<uint32_t> which) {
  for (uint32_t branch = 0; branch < 2; ++branch) {
    auto chunk = std::make_shared<OutcomeChunk>();
    chunk->jobs = jobs;
    chunk->dead_letter = branch == 0 ? DeadLetter::write : DeadLetter::skip;
    for (uint32_t i : which) {
      Outcome& outcome = chunk->outcomes.emplace_back();
      outcome.job = i;
      if (jobs->jobs[i].error >= 0) outcome.error = jobs->errors[static_cast<size_t>(jobs->jobs[i].error)];
    }
    outcomes_[branch].push_back(std::move(chunk));
  }
}

void Process::ask_device() {
  std::vector<SequenceFailure> expired;
  Batching::Request request;
  request.now_unix_ms = clock_.unix_ms();
  request.tokens = dice_.between(20, 300);
  request.max_sequences = dice_.one_in(3) ? dice_.between(1, 8) : 0;
  request.worker = static_cast<int32_t>(dice_.below(2));
  request.only_worker = dice_.one_in(2);
  Cut cut = batching_.cut(request, expired);
  if (!cut.rows.empty()) cuts_.push_back(std::move(cut));
  if (!expired.empty()) to_heads(std::move(expired));
}

void Process::run_device(bool faults) {
  Cut cut = draw(cuts_, false);
  bool fails = faults && dice_.one_in(10);
  for (const auto& [chunk, row] : cut.rows) {
    fails |= (*chunk->jobs->jobs[chunk->sequences[row].job].value)[0] == kPoison;
  }
  if (faults && dice_.one_in(12)) return batching_.requeue(std::move(cut));  // died before it began
  if (fails) {                                                               // fails, or dies in the middle of it
    std::vector<SequenceFailure> failures;
    batching_.failed(std::move(cut), {ErrorCode::device_fault, "a fault of the simulation"}, failures);
    if (!failures.empty()) to_heads(std::move(failures));
    return;
  }
  const auto shared = std::make_shared<const Cut>(std::move(cut));
  for (uint32_t head = 0; head < joinings_.size(); ++head) heads_[head].push_back({pool(shared, head), {}});
}

Process::Pooled Process::pool(const std::shared_ptr<const Cut>& cut, uint32_t head) const {
  Pooled out{cut, {}, {}};
  for (const auto& [chunk, row] : cut->rows) {
    const Sequence& sequence = chunk->sequences[row];
    const bool nan = head == 0 && (*chunk->jobs->jobs[sequence.job].value)[0] == kNan;
    out.sequences.push_back({static_cast<uint32_t>(out.values.size()), 1, 1, false});
    out.values.push_back(nan ? std::numeric_limits<float>::quiet_NaN()
                             : answer(chunk->ids[sequence.begin], head, sequence.part));
  }
  return out;
}

void Process::to_heads(std::vector<SequenceFailure> failures) {
  for (uint32_t head = 0; head < joinings_.size(); ++head) heads_[head].push_back({std::nullopt, failures});
}

void Process::join(uint32_t head) {
  const HeadWork next = draw(heads_[head], false);
  std::vector<OutcomeChunkPtr> out;
  const auto joined = next.pooled
                          ? joinings_[head].add(*next.pooled->cut, {next.pooled->values, next.pooled->sequences}, out)
                          : joinings_[head].fail(next.failures, out);
  if (!joined) broken_ = joined.error().message;
  for (const OutcomeChunkPtr& chunk : out) to_sinks(head, chunk);
}

void Process::to_sinks(uint32_t head, const OutcomeChunkPtr& chunk) {
  outcomes_[head].push_back(chunk);
  if (plan_.two_heads) return;
  auto copy = std::make_shared<OutcomeChunk>(*chunk);
  const auto failed = [](const Outcome& outcome) { return outcome.error.has_value(); };
  if (std::any_of(chunk->outcomes.begin(), chunk->outcomes.end(), failed)) copy->dead_letter = DeadLetter::skip;
  outcomes_[1].push_back(std::move(copy));
}

void Process::sink(uint32_t branch) {
  const OutcomeChunkPtr chunk = draw(outcomes_[branch], false);
  finished_.push_back(sinks_[branch].make(*chunk));
}

void Process::post() {
  std::vector<Finished> batch = draw(finished_, false);
  if (mutant_ == Mutant::none) return delivery_->finished(std::move(batch));
  if (mutant_ == Mutant::no_epoch) {
    for (Finished& job : batch) job.ticket.epoch = epochs_[job.ticket.at];
  }
  if (mutant_ == Mutant::budget_at_compute) {
    for (const Finished& job : batch) {
      delivery_->repriced({{job.ticket, std::numeric_limits<int64_t>::min() / 2}});
    }
  }
  if (mutant_ == Mutant::no_branch_count) {
    std::erase_if(batch, [&](const Finished& job) { return ++branches_done_[job.ticket] > 1; });
  }
  if (mutant_ == Mutant::no_prefix) release_early(*committer_, batch);
  delivery_->finished(std::move(batch));
}

}  // namespace weir::simulation

#include "pipeline/flow/batching.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace weir {
namespace {

const Sequence& sequence_of(const std::pair<SequenceChunkPtr, uint32_t>& row) {
  return row.first->sequences[row.second];
}

bool expired_at(const Sequence& sequence, int64_t now_unix_ms) {
  return sequence.deadline_ms > 0 && sequence.deadline_ms <= now_unix_ms;
}

SequenceFailure timeout(SequenceChunkPtr chunk, uint32_t row, int64_t now_unix_ms, uint32_t attempts) {
  const int64_t late = now_unix_ms - chunk->sequences[row].deadline_ms;
  return {std::move(chunk), row,
          Error{ErrorCode::timeout, fmt::format("the deadline had passed by {} ms when a device was free", late)},
          attempts};
}

uint32_t tokens_of(const Cut& cut) {
  uint32_t tokens = 0;
  for (const auto& row : cut.rows) tokens += sequence_of(row).count;
  return tokens;
}

}  // namespace

void Backlog::add(uint32_t count, int sign) {
  sequences += static_cast<int64_t>(sign);
  tokens += sign * static_cast<int64_t>(count);
  squares += sign * static_cast<double>(count) * count;
  if (sequences == 0) squares = 0;  // no rounding is carried on
}

void Batching::add(const SequenceChunkPtr& chunk) {
  bool waits[2] = {false, false};
  for (const Sequence& sequence : chunk->sequences) {
    waits[static_cast<size_t>(sequence.lane)] = true;
    queue(sequence.lane).backlog.add(sequence.count, +1);
  }
  for (Lane lane : {Lane::realtime, Lane::bulk}) {
    if (waits[static_cast<size_t>(lane)]) queue(lane).runs.push_back({chunk, 0});
  }
}

Cut Batching::cut(const Request& request, std::vector<SequenceFailure>& expired) {
  if (auto again = retry(request, expired)) return std::move(*again);

  Cut cut;
  const bool both =
      head(Lane::realtime, request.now_unix_ms, expired) && head(Lane::bulk, request.now_unix_ms, expired);
  if (both && cuts_without_bulk_ >= kPatience && realtime_share_ < 1) {
    fill(Lane::bulk, 1, request, cut, expired);
  } else if (both) {
    fill(Lane::realtime, realtime_share_, request, cut, expired);
  }
  const size_t before_bulk = cut.rows.size();
  fill(Lane::bulk, 1, request, cut, expired);
  const bool has_bulk = cut.rows.size() > before_bulk || cuts_without_bulk_ >= kPatience;
  fill(Lane::realtime, 1, request, cut, expired);
  cuts_without_bulk_ = both && !has_bulk ? cuts_without_bulk_ + 1 : 0;
  return cut;
}

void Batching::requeue(Cut cut) {
  for (const auto& row : cut.rows) retries_backlog_.add(sequence_of(row).count, +1);
  cut.worker = -1;
  if (!cut.rows.empty()) retries_.push_front(std::move(cut));
}

void Batching::failed(Cut cut, const Error& error, std::vector<SequenceFailure>& out) {
  if (cut.rows.empty()) return;
  const int32_t worker = cut.worker;
  if (++cut.attempt < attempts_) {
    requeue(std::move(cut));
    retries_.front().worker = worker;
    return;
  }
  if (cut.rows.size() == 1) {
    const bool memory = error.code == ErrorCode::device_oom;
    out.push_back({cut.rows[0].first, cut.rows[0].second,
                   Error{memory ? ErrorCode::device_oom : ErrorCode::retries_exhausted,
                         fmt::format("failed {} times, at last alone: {}", cut.attempt, error.message)},
                   cut.attempt});
    return;
  }
  auto [first, second] = split(std::move(cut));
  requeue(std::move(second));
  requeue(std::move(first));
}

Backlog Batching::backlog() const {
  Backlog all = retries_backlog_;
  for (const Queue& queue : lanes_) {
    all.sequences += queue.backlog.sequences;
    all.tokens += queue.backlog.tokens;
    all.squares += queue.backlog.squares;
  }
  return all;
}

std::optional<Cut> Batching::retry(const Request& request, std::vector<SequenceFailure>& expired) {
  auto it = std::find_if(retries_.begin(), retries_.end(), [&](const Cut& cut) {
    return request.only_worker || cut.worker < 0 || cut.worker != request.worker;
  });
  while (it != retries_.end()) {
    Cut cut = std::move(*it);
    it = retries_.erase(it);
    for (const auto& row : cut.rows) retries_backlog_.add(sequence_of(row).count, -1);
    std::erase_if(cut.rows, [&](const auto& row) {
      if (!expired_at(sequence_of(row), request.now_unix_ms)) return false;
      expired.push_back(timeout(row.first, row.second, request.now_unix_ms, cut.attempt));
      return true;
    });
    if (cut.rows.empty()) continue;
    cut.tokens = tokens_of(cut);
    cut.worker = request.worker;
    return cut;
  }
  return std::nullopt;
}

// The first sequence of the lane that may still run; those before it that have expired are taken out.
const Sequence* Batching::head(Lane lane, int64_t now_unix_ms, std::vector<SequenceFailure>& expired) {
  Queue& waiting = queue(lane);
  while (!waiting.runs.empty()) {
    Run& run = waiting.runs.front();
    const auto& sequences = run.chunk->sequences;
    while (run.next < sequences.size() && sequences[run.next].lane != lane) ++run.next;
    if (run.next == sequences.size()) {
      waiting.runs.pop_front();
      continue;
    }
    if (!expired_at(sequences[run.next], now_unix_ms)) return &sequences[run.next];
    expired.push_back(timeout(run.chunk, run.next, now_unix_ms, 0));
    pop(lane, nullptr);
  }
  return nullptr;
}

void Batching::pop(Lane lane, std::vector<std::pair<SequenceChunkPtr, uint32_t>>* rows) {
  Queue& waiting = queue(lane);
  Run& run = waiting.runs.front();
  const auto& sequences = run.chunk->sequences;
  const uint32_t row = run.next++;
  waiting.backlog.add(sequences[row].count, -1);
  while (run.next < sequences.size() && sequences[run.next].lane != lane) ++run.next;
  const bool last = run.next == sequences.size();
  if (rows && last) {
    rows->emplace_back(std::move(run.chunk), row);
  } else if (rows) {
    rows->emplace_back(run.chunk, row);
  }
  if (last) waiting.runs.pop_front();
}

// Takes from the front of the lane until the cut holds `share` of what was asked for; an empty cut takes one in any
// case.
void Batching::fill(Lane lane, double share, const Request& request, Cut& cut, std::vector<SequenceFailure>& expired) {
  const double tokens = share * request.tokens;
  const double sequences = request.max_sequences ? share * request.max_sequences : std::numeric_limits<double>::max();
  while (const Sequence* next = head(lane, request.now_unix_ms, expired)) {
    const bool fits =
        double{1} + static_cast<double>(cut.rows.size()) <= sequences && double(cut.tokens) + next->count <= tokens;
    if (!cut.rows.empty() && !fits) return;
    if (cut.rows.empty() || lane == Lane::realtime) cut.lane = lane;
    cut.tokens += next->count;
    cut.worker = request.worker;
    pop(lane, &cut.rows);
  }
}

std::pair<Cut, Cut> split(Cut cut) {
  Cut second;
  second.lane = cut.lane;
  second.attempt = cut.attempt;
  if (cut.rows.size() < 2) return {std::move(cut), std::move(second)};

  const uint32_t all = tokens_of(cut);
  size_t keep = 0;
  cut.tokens = 0;
  while (keep + 1 < cut.rows.size() && (keep == 0 || cut.tokens + sequence_of(cut.rows[keep]).count <= all / 2)) {
    cut.tokens += sequence_of(cut.rows[keep++]).count;
  }
  second.rows.assign(cut.rows.begin() + static_cast<ptrdiff_t>(keep), cut.rows.end());
  second.tokens = all - cut.tokens;
  cut.rows.resize(keep);
  return {std::move(cut), std::move(second)};
}

}  // namespace weir

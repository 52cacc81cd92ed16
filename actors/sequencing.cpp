#include "actors/sequencing.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "pooling/request.hpp"

namespace weir {

Sequencer::Sequencer(std::shared_ptr<const Tokenizer> tokenizer, std::shared_ptr<const SequencingOptions> options)
    : tokenizer_(std::move(tokenizer)), options_(std::move(options)) {}

void Sequencer::run(const JobChunkPtr& jobs, SequenceChunk& out, std::vector<Failure>& failures) {
  tokens_.clear();
  out.jobs = jobs;
  out.heads = static_cast<uint32_t>(options_->heads.size());
  for (uint32_t index = 0; index < jobs->jobs.size(); ++index) {
    const Job& job = jobs->jobs[index];
    if (job.error >= 0 || job.input == JobInput::tombstone) continue;
    const size_t sequences = out.sequences.size();
    const size_t pooling = out.pooling.size();
    const size_t ids = tokens_.ids.size();
    if (auto done = sequence(index, job, jobs->lane, out); !done) {
      out.sequences.resize(sequences);
      out.pooling.resize(pooling);
      tokens_.ids.resize(ids);
      if (!tokens_.type_ids.empty()) tokens_.type_ids.resize(ids);
      failures.push_back({index, std::move(done.error())});
    }
  }
  // Copied, not moved: the chunk gets exactly the memory it needs, the buffer keeps its own for the next one.
  out.ids.assign(tokens_.ids.begin(), tokens_.ids.end());
  out.type_ids.assign(tokens_.type_ids.begin(), tokens_.type_ids.end());
}

Result<void> Sequencer::sequence(uint32_t index, const Job& job, Lane lane, SequenceChunk& out) {
  if (!job.model.empty() &&
      std::find(options_->names.begin(), options_->names.end(), job.model) == options_->names.end())
    return fail(ErrorCode::model_unavailable, fmt::format("model: this dataflow has no model '{}'; it serves {}",
                                                          job.model, fmt::join(options_->names, ", ")));
  const auto task = resolve(job);
  if (!task) return fail(task.error());

  Sequence base;
  base.job = index;
  base.deadline_ms = job.deadline_ms;
  base.lane = job.priority.value_or(lane);
  skip_ = 0;
  if (job.input == JobInput::token_ids) return add_ids(job, base, out);

  const bool together = job.input == JobInput::pair && encodes_pairs_together(options_->facts(), *task);
  const auto prompt = together ? Result<std::string_view>("") : prompt_of(job);
  if (!prompt) return fail(prompt.error());
  if (auto done = measure(*prompt); !done) return done;
  if (job.input == JobInput::text)
    return add_text(job, prompted(*prompt, job.text, prompted_), std::nullopt, base, out);

  const auto documents = static_cast<uint32_t>(job.documents.size());
  if (documents == 0)
    return fail(ErrorCode::invalid_request, "documents: is empty; a query needs at least one document");
  base.parts = together ? documents : documents + 1;
  if (together) {
    for (uint32_t i = 0; i < documents; ++i) {
      base.part = i;
      if (auto done = add_text(job, job.query, job.documents[i], base, out); !done) return done;
    }
    return {};
  }
  if (auto done = add_text(job, prompted(*prompt, job.query, prompted_), std::nullopt, base, out); !done) return done;
  for (uint32_t i = 0; i < documents; ++i) {
    base.part = i + 1;
    if (auto done = add_text(job, prompted(*prompt, job.documents[i], prompted_), std::nullopt, base, out); !done)
      return done;
  }
  return {};
}

// What a job without a task gets: the dataflow's, if its input fits.
std::optional<Task> Sequencer::default_task(const Job& job) const {
  const bool scored = options_->only == Task::score;
  return scored == (job.input == JobInput::pair) ? options_->only : std::nullopt;
}

// The job's task and, in pooling_, its parameters at every head.
Result<Task> Sequencer::resolve(const Job& job) {
  PoolingRequest request{job.task ? job.task : default_task(job), job.use_activation, job.dimensions,
                         job.input == JobInput::pair};
  auto task = resolve_task(options_->facts(), request);
  if (!task) return task;
  if (options_->only && *task != *options_->only)
    return fail(ErrorCode::invalid_request, fmt::format("{}: this dataflow gives {} the task {}, the job asks for {}",
                                                        request.pair ? "query" : "task", options_->facts().name,
                                                        to_string(*options_->only), to_string(*task)));
  pooling_.clear();
  for (const auto& head : options_->heads) {
    auto params = resolve_pooling(*head, request);
    if (!params) return fail(std::move(params.error()));
    pooling_.push_back(*params);
  }
  return task;
}

Result<std::string_view> Sequencer::prompt_of(const Job& job) const {
  if (job.prompt_name.empty()) return std::string_view(options_->prompt);
  return find_prompt(options_->facts(), job.prompt_name);
}

// As sentence-transformers measures a prompt: its tokens by itself, with the special ones before but not after it.
Result<void> Sequencer::measure(std::string_view prompt) {
  if (prompt.empty() || options_->facts().include_prompt) return {};
  const auto known = measured_.find(prompt);
  if (known != measured_.end()) {
    skip_ = known->second;
    return {};
  }
  TokenBuffer tokens;
  pieces_.clear();
  EncodeOptions encode;
  encode.max_tokens = options_->facts().max_tokens.value;
  if (auto done = tokenizer_->encode(prompt, std::nullopt, encode, scratch_, tokens, pieces_); !done) return done;
  const auto& special = tokenizer_->special_ids();
  skip_ = pieces_.back().count;
  if (skip_ > 0 && (tokens.ids.back() == special.sep || tokens.ids.back() == special.eos)) --skip_;
  measured_.emplace(prompt, skip_);
  return {};
}

std::string_view Sequencer::prompted(std::string_view prompt, std::string_view text, std::string& into) const {
  if (prompt.empty()) return text;
  into.assign(prompt);
  into.append(text);
  return into;
}

bool Sequencer::refuses_long(const Job& job) const {
  if (job.truncate) return *job.truncate == Truncate::none;
  return options_->long_text == LongText::reject;
}

Result<void> Sequencer::too_long(const Job& job, uint32_t tokens) const {
  return fail(
      ErrorCode::too_long,
      fmt::format("{} tokens, the model takes {}; shorten it or set {}", tokens, options_->facts().max_tokens.value,
                  job.truncate ? "truncate: end in the job" : "long_text: truncate on the tokenizer stage"));
}

Result<void> Sequencer::add_text(const Job& job, std::string_view text, std::optional<std::string_view> pair,
                                 Sequence sequence, SequenceChunk& out) {
  const Truncate side = job.truncate.value_or(options_->side);
  EncodeOptions encode;
  encode.max_tokens = options_->facts().max_tokens.value;
  encode.side = side == Truncate::start ? Side::left : Side::right;
  pieces_.clear();
  if (auto done = tokenizer_->encode(text, pair, encode, scratch_, tokens_, pieces_); !done) return done;
  const Piece& piece = pieces_.back();
  if (piece.dropped > 0 && refuses_long(job)) return too_long(job, piece.count + piece.dropped);
  if (piece.count == 0) return fail(ErrorCode::tokenizer_error, "text: has no tokens, and this tokenizer adds none");
  if (skip_ >= piece.count)
    return fail(ErrorCode::too_long, fmt::format("the prompt has {} tokens and leaves no room for a text: the model "
                                                 "takes {}",
                                                 skip_, options_->facts().max_tokens.value));
  sequence.begin = piece.begin;
  sequence.count = piece.count;
  sequence.dropped = piece.dropped;
  out.sequences.push_back(sequence);
  for (PoolingParams params : pooling_) {
    params.skip = skip_;
    out.pooling.push_back(params);
  }
  return {};
}

Result<void> Sequencer::add_ids(const Job& job, Sequence sequence, SequenceChunk& out) {
  const auto& facts = options_->facts();
  auto ids = job.token_ids;
  const uint32_t limit = facts.max_tokens.value;
  if (ids.size() > limit) {
    if (refuses_long(job)) return too_long(job, static_cast<uint32_t>(ids.size()));
    sequence.dropped = static_cast<uint32_t>(ids.size()) - limit;
    ids = job.truncate.value_or(options_->side) == Truncate::start ? ids.last(limit) : ids.first(limit);
  }
  if (auto valid = check_token_ids(facts, ids); !valid) return valid;
  sequence.begin = static_cast<uint32_t>(tokens_.ids.size());
  sequence.count = static_cast<uint32_t>(ids.size());
  tokens_.ids.insert(tokens_.ids.end(), ids.begin(), ids.end());
  if (!tokens_.type_ids.empty()) tokens_.type_ids.resize(tokens_.ids.size(), 0);
  out.sequences.push_back(sequence);
  out.pooling.insert(out.pooling.end(), pooling_.begin(), pooling_.end());
  return {};
}

}  // namespace weir

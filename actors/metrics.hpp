#pragma once

#include "base/metrics.hpp"

// What the stages count. Names are an interface: docs/metrics.md lists them.
namespace weir::metric {

inline const MetricDef worker_tokens{"weir_worker_tokens_total", MetricKind::counter,
                                     "Tokens computed, special tokens included."};
inline const MetricDef worker_sequences{"weir_worker_sequences_total", MetricKind::counter, "Sequences computed."};
inline const MetricDef worker_batches{"weir_worker_batches_total", MetricKind::counter, "Batches computed."};
inline const MetricDef worker_busy_seconds{"weir_worker_busy_seconds_total", MetricKind::counter,
                                           "Time that a device spent computing."};
inline const MetricDef worker_restarts{"weir_worker_restarts_total", MetricKind::counter,
                                       "Workers started again after their device failed."};
inline const MetricDef batch_tokens{"weir_batch_tokens",
                                    MetricKind::histogram,
                                    "Tokens in a batch.",
                                    {64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768}};
inline const MetricDef queue_tokens{"weir_batcher_queue_tokens", MetricKind::gauge, "Tokens waiting for a device."};
inline const MetricDef backlog_seconds{
    "weir_batcher_backlog_device_seconds", MetricKind::gauge,
    "Device time that the waiting tokens will take, as learned from the batches that ran."};
inline const MetricDef tokenizer_jobs{"weir_tokenizer_jobs_total", MetricKind::counter, "Jobs tokenized."};
inline const MetricDef tokenizer_tokens{"weir_tokenizer_tokens_total", MetricKind::counter,
                                        "Tokens made, special tokens included."};
inline const MetricDef tokenizer_dropped{"weir_tokenizer_dropped_tokens_total", MetricKind::counter,
                                         "Tokens lost to truncation."};
inline const MetricDef sink_outcomes{"weir_sink_outcomes_total", MetricKind::counter,
                                     "Outcomes that a sink encoded; label kind: result or failure."};

}  // namespace weir::metric

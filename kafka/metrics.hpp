#pragma once

#include "base/metrics.hpp"

namespace weir::kafka {

inline const MetricDef written_records{"weir_kafka_written_records_total", MetricKind::counter,
                                       "Records that the brokers acknowledged, replies and dead letters included."};
inline const MetricDef written_bytes{"weir_kafka_written_bytes_total", MetricKind::counter,
                                     "Bytes of the values of acknowledged records."};
inline const MetricDef write_failures{"weir_kafka_write_failures_total", MetricKind::counter,
                                      "Records that could not be written at once and are tried again."};
inline const MetricDef dropped_replies{"weir_kafka_dropped_replies_total", MetricKind::counter,
                                       "Replies dropped because the topic that the record named cannot be written."};
inline const MetricDef shortened_dead_letters{
    "weir_kafka_shortened_dead_letters_total", MetricKind::counter,
    "Dead letters written without their value, which the topic does not take."};
inline const MetricDef recycled_producers{"weir_kafka_recycled_producers_total", MetricKind::counter,
                                          "Producers replaced after a fatal error; their records are produced again."};
inline const MetricDef commit_failures{
    "weir_kafka_commit_failures_total", MetricKind::counter,
    "Awaited offset commits that failed; the records come again to whoever reads on."};

}  // namespace weir::kafka

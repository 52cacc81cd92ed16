#pragma once

#include "base/metrics.hpp"

namespace weir::delivery_metrics {

// Label `source`: the source stage.
inline const MetricDef records{"weir_records_total", MetricKind::counter, "Records taken from a source."};
inline const MetricDef record_bytes{"weir_record_bytes_total", MetricKind::counter,
                                    "Bytes of keys, values and headers taken from a source."};
inline const MetricDef outcomes{"weir_outcomes_total", MetricKind::counter,
                                "Jobs done on all branches, failed ones included."};
inline const MetricDef durable{"weir_durable_records_total", MetricKind::counter,
                               "Records whose outcomes are written and whose offsets may be committed."};
inline const MetricDef late{"weir_late_outcomes_total", MetricKind::counter,
                            "Outcomes dropped because their partition had been given away."};
inline const MetricDef dropped{
    "weir_revoked_records_total", MetricKind::counter,
    "Records in flight when their partition was given away; its next owner reads them again."};
inline const MetricDef in_flight{"weir_inflight_messages", MetricKind::gauge,
                                 "Records between admission and durability."};
inline const MetricDef budget{"weir_inflight_bytes", MetricKind::gauge,
                              "Memory that records in flight hold, of memory.limit; all sources."};
inline const MetricDef gap{"weir_watermark_gap_messages", MetricKind::gauge,
                           "Records admitted but behind an unfinished one of their partition, or unfinished."};
inline const MetricDef pending{"weir_pending_write_bytes", MetricKind::gauge,
                               "Bytes of output records that are not durable yet."};
inline const MetricDef lag{"weir_consumer_lag_messages", MetricKind::gauge,
                           "Offsets between the durable ones and the ends of the assigned partitions."};
inline const MetricDef end_to_end{"weir_e2e_seconds",
                                  MetricKind::histogram,
                                  "From a record's timestamp to its durability; the oldest record of each commit.",
                                  {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300}};
inline const MetricDef assigned{"weir_assigned_partitions", MetricKind::gauge, "Partitions assigned to this process."};
inline const MetricDef stalled{"weir_stalled_partitions", MetricKind::gauge,
                               "Partitions with records in flight and no progress for long."};
inline const MetricDef breaker{"weir_breaker_open", MetricKind::gauge,
                               "1 while too many jobs fail and reading is stopped."};

// Label `kind`: assigned, revoke, lost.
inline const MetricDef rebalances{"weir_rebalance_total", MetricKind::counter, "Changes of the assignment."};

// Label `reason`: the error code, as in weir.dlq.reason.
inline const MetricDef failures{"weir_failures_total", MetricKind::counter,
                                "Outcomes that are failures, over all branches."};

}  // namespace weir::delivery_metrics

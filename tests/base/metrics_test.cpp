#include "base/metrics.hpp"

#include <gtest/gtest.h>

namespace weir {

TEST(Metrics, exposes_prometheus_text) {
  Metrics metrics;
  const MetricDef records{"weir_test_records_total", MetricKind::counter, "Records."};
  metrics.counter(records, {{"stage", "a"}}).add(2);
  metrics.counter(records, {{"stage", "b"}}).add();
  const auto text = metrics.expose();
  EXPECT_NE(text.find("# TYPE weir_test_records_total counter"), std::string::npos);
  EXPECT_NE(text.find("weir_test_records_total{stage=\"a\"} 2"), std::string::npos);
  EXPECT_EQ(metrics.total("weir_test_records_total"), 3);
}

TEST(Metrics, a_handle_of_no_registry_counts_nothing) {
  Counter{}.add();
  Gauge{}.set(1);
  Histogram{}.observe(1);
}

}  // namespace weir

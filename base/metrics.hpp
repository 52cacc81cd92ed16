#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

enum class MetricKind : uint8_t { counter, gauge, histogram };

// A metric as declared by the room that counts it. The name carries the unit (`_seconds`, `_bytes`, `_total`); names
// are an interface and stand in one tested list, docs/metrics.md.
struct MetricDef {
  std::string_view name;
  MetricKind kind;
  std::string_view help;
  std::vector<double> buckets = {};  // upper bounds, histograms only
};

using Labels = std::map<std::string, std::string>;

// Handles to one time series; cheap to copy, valid as long as the registry, safe from any thread.
class Counter {
 public:
  void add(double amount = 1) const;

 private:
  friend class Metrics;
  void* series_ = nullptr;
};
class Gauge {
 public:
  void set(double value) const;
  void add(double amount) const;

 private:
  friend class Metrics;
  void* series_ = nullptr;
};
class Histogram {
 public:
  void observe(double value) const;

 private:
  friend class Metrics;
  void* series_ = nullptr;
};

// The process's metrics. Owned by app, passed by reference. Default-constructed handles count nothing, so tests need
// none.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  Counter counter(const MetricDef& def, const Labels& labels = {});
  Gauge gauge(const MetricDef& def, const Labels& labels = {});
  Histogram histogram(const MetricDef& def, const Labels& labels = {});

  // The Prometheus text exposition format, version 0.0.4.
  std::string expose() const;
  // Sum over all label sets of one counter or gauge; 0 when it does not exist. For the live line of `weir run`.
  double total(std::string_view name) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir

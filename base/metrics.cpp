#include "base/metrics.hpp"

#include <mutex>
#include <stdexcept>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace weir {

struct Metrics::State {
  prometheus::Registry registry;
  mutable std::mutex mutex;
};

void Counter::add(double amount) const {
  if (series_) static_cast<prometheus::Counter*>(series_)->Increment(amount);
}
void Gauge::set(double value) const {
  if (series_) static_cast<prometheus::Gauge*>(series_)->Set(value);
}
void Gauge::add(double amount) const {
  if (series_) static_cast<prometheus::Gauge*>(series_)->Increment(amount);
}
void Histogram::observe(double value) const {
  if (series_) static_cast<prometheus::Histogram*>(series_)->Observe(value);
}

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

Counter Metrics::counter(const MetricDef& def, const Labels& labels) {
  std::lock_guard lock(state_->mutex);
  auto& family =
      prometheus::BuildCounter().Name(std::string(def.name)).Help(std::string(def.help)).Register(state_->registry);
  Counter handle;
  handle.series_ = &family.Add(labels);
  return handle;
}

Gauge Metrics::gauge(const MetricDef& def, const Labels& labels) {
  std::lock_guard lock(state_->mutex);
  auto& family =
      prometheus::BuildGauge().Name(std::string(def.name)).Help(std::string(def.help)).Register(state_->registry);
  Gauge handle;
  handle.series_ = &family.Add(labels);
  return handle;
}

Histogram Metrics::histogram(const MetricDef& def, const Labels& labels) {
  std::lock_guard lock(state_->mutex);
  auto& family =
      prometheus::BuildHistogram().Name(std::string(def.name)).Help(std::string(def.help)).Register(state_->registry);
  Histogram handle;
  handle.series_ = &family.Add(labels, prometheus::Histogram::BucketBoundaries(def.buckets.begin(), def.buckets.end()));
  return handle;
}

std::string Metrics::expose() const { return prometheus::TextSerializer().Serialize(state_->registry.Collect()); }

double Metrics::total(std::string_view name) const {
  double sum = 0;
  for (const auto& family : state_->registry.Collect()) {
    if (family.name != name) continue;
    for (const auto& metric : family.metric)
      sum += family.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value;
  }
  return sum;
}

}  // namespace weir

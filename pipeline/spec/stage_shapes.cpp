#include "pipeline/spec/stage_shapes.hpp"

namespace weir {
namespace {

constexpr std::array<StageShape, 9> kinds{{
    {"kafka_source", Port::none, Port::records, {"stage", "input", "kafka_source"}},
    {"file_source", Port::none, Port::records, {"stage", "input", "file_source"}},
    {"tokenizer", Port::records, Port::tokens, {"stage", "tokenizer"}},
    {"batcher", Port::tokens, Port::batches, {"stage", "batcher"}},
    {"gpu_worker", Port::batches, Port::hidden, {"stage", "gpu_worker"}},
    {"pooler", Port::hidden, Port::results, {"stage", "pooler"}},
    {"kafka_sink", Port::results, Port::none, {"stage", "output", "kafka_sink"}},
    {"file_sink", Port::results, Port::none, {"stage", "output", "file_sink"}},
    {"model", Port::records, Port::results, {"stage", "tokenizer", "batcher", "gpu_worker", "pooler"}},
}};

}  // namespace

std::string_view to_string(Port port) {
  switch (port) {
    case Port::none: return "nothing";
    case Port::records: return "records";
    case Port::tokens: return "tokens";
    case Port::batches: return "batches";
    case Port::hidden: return "hidden states";
    case Port::results: return "results";
  }
  return "?";
}

std::span<const StageShape> stage_shapes() { return kinds; }

const StageShape* find_stage_shape(std::string_view name) {
  for (const auto& kind : kinds)
    if (kind.name == name) return &kind;
  return nullptr;
}

}  // namespace weir

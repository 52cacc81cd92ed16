#include "app/model_probe.hpp"

#include "pooling/read_facts.hpp"

namespace weir {

ModelProbe model_probe() {
  return [](const std::string& path) { return read_model_facts(path); };
}

}  // namespace weir

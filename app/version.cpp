#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/verbs.hpp"
#include "device/cpu/cpu_device.hpp"
#include "kafka/properties.hpp"

namespace weir {

void add_version(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand("version", "Versions of weir and its libraries, and the processor's instruction set");
  verb->footer("Example:\n  weir version");
  verb->callback([&exit_code] {
    fmt::print("weir {}\n", WEIR_VERSION);
    fmt::print("librdkafka {} ({})\n", kafka::library().version, kafka::library().features);
    if (auto cpu = open_cpu({.threads = 1})) {
      fmt::print("cpu {}, {}, {} usable core(s)\n", (*cpu)->info().model, (*cpu)->info().isa, usable_cores());
    } else {
      fmt::print("cpu: {}\n", cpu.error().message);
    }
    exit_code = 0;
  });
}

}  // namespace weir

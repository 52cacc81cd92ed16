#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "actors/local_models.hpp"
#include "app/dataflow.hpp"
#include "app/exit_codes.hpp"
#include "app/model_probe.hpp"
#include "app/spec_context.hpp"
#include "app/streams.hpp"
#include "app/verbs.hpp"
#include "base/log.hpp"

namespace weir {
namespace {

struct RunOptions {
  std::string file;
  std::string log_level = "info";
  std::string log_format = "text";
  bool live = false;
};

LogLevel level_of(const std::string& name) {
  if (name == "debug") return LogLevel::debug;
  if (name == "warn") return LogLevel::warn;
  if (name == "error") return LogLevel::error;
  return LogLevel::info;
}

int run(const RunOptions& options) {
  log_setup(level_of(options.log_level), options.log_format == "json" ? LogFormat::json : LogFormat::text);
  const auto plan = load_plan_file(options.file, spec_context(model_probe()));
  if (!plan) {
    for (const auto& error : plan.error()) fmt::print(stderr, "{}\n", to_string(error));
    fmt::print(stderr, "{}: {} error(s); nothing was started\n", options.file, plan.error().size());
    return exit_config;
  }
  for (const auto& advice : plan->advice) log_warn("advice", {{"what", to_string(advice)}});
  Metrics metrics;
  SystemClock clock;
  LocalModels models;
  Streams streams(*plan, metrics, clock);
  log_info("dataflow_starting", {{"name", plan->name}, {"file", options.file}});
  return run_dataflow(*plan, streams, models, metrics, clock, {.live = options.live, .done = {}});
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand("run", "Run a dataflow until it ends or SIGTERM drains it");
  auto options = std::make_shared<RunOptions>();
  verb->add_option("FILE", options->file, "Dataflow file (YAML)")->required();
  verb->add_option("--log-level", options->log_level, "debug, info, warn or error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
  verb->add_option("--log-format", options->log_format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  verb->add_flag("--live", options->live, "Print a line of rates a second");
  verb->footer(
      "Examples:\n  weir run configs/embed.yaml\n  weir run --live --log-format json configs/embed.yaml\n"
      "SIGTERM and SIGINT stop reading, finish what was read, commit and exit 0; a second one ends at once (what was "
      "not\n"
      "committed is read again by the next run).");
  verb->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace weir

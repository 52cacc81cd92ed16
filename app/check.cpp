#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/broker_probe.hpp"
#include "app/exit_codes.hpp"
#include "app/model_probe.hpp"
#include "app/spec_context.hpp"
#include "app/verbs.hpp"
#include "kafka/properties.hpp"
#include "pipeline/spec/describe.hpp"
#include "pipeline/spec/load.hpp"
#include "pipeline/spec/online.hpp"

namespace weir {
namespace {

struct CheckOptions {
  std::vector<std::string> files;
  bool online = false;
  bool quiet = false;
};

void print(const SpecErrors& errors) {
  for (const auto& error : errors) fmt::print(stderr, "{}\n", to_string(error));
}

int check_brokers(const Plan& plan) {
  KafkaBrokerProbe probe(std::chrono::seconds(5));
  const OnlineReport report = check_online(plan, probe);
  for (const auto& note : report.notes) fmt::print("# {}\n", note);
  print(report.errors);
  if (report.unreachable) return exit_again;
  return report.errors.empty() ? exit_ok : exit_config;
}

int check_file(const std::string& file, const CheckOptions& options) {
  const auto plan = load_plan_file(file, spec_context(model_probe()));
  if (!plan) {
    print(plan.error());
    fmt::print(stderr, "{}: {} error(s)\n", file, plan.error().size());
    return exit_config;
  }
  if (!options.quiet) fmt::print("{}", describe(*plan, spec_context({}).properties));
  for (const auto& advice : plan->advice) fmt::print(stderr, "{} (advice)\n", to_string(advice));
  return options.online ? check_brokers(*plan) : exit_ok;
}

}  // namespace

void add_check(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand("check", "Check dataflow files: every error at once, or the resolved plan");
  auto options = std::make_shared<CheckOptions>();
  verb->add_option("FILE", options->files, "Dataflow files (YAML)")->required();
  verb->add_flag("--online", options->online, "Also ask the brokers: reachable, topics, rates, sizes");
  verb->add_flag("-q,--quiet", options->quiet, "Print errors and advice only");
  verb->footer(
      "Examples:\n  weir check configs/embed.yaml\n  weir check --online configs/embed.yaml\n  weir check -q "
      "configs/*.yaml\n"
      "Exit codes: 0 right, 78 wrong, 75 a broker does not answer.");
  verb->callback([options, &exit_code] {
    for (const auto& file : options->files) exit_code = std::max(exit_code, check_file(file, *options));
  });
}

}  // namespace weir

// assay-benchmark: a suite's problems as Google Benchmarks.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>

#include "harness/cli/benchmark/timed_problem.h"
#include "harness/cli/common.h"
#include "harness/cli/help.h"
#include "harness/cli/run/plan_text.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/plan/suite.h"
#include "kernels/error.h"
#include "results/record/listing.h"

namespace assay::cli {
namespace {

namespace fs = std::filesystem;
using harness::plan::Plan;
using harness::worker::DeviceWorker;

struct Options {
  std::string suite, mode;
  std::vector<std::string> problems, implementations, divisions, devices;
  unsigned threads = 0;
};

void add_options(CLI::App& app, Options& options) {
  app.add_option("--suite", options.suite, "A suite (`assay suites`) or a TOML file")
      ->default_str("quick");
  app.add_option("--problem", options.problems, "One problem; may be repeated")
      ->allow_extra_args(false);
  app.add_option("--implementation", options.implementations, "Only this one; may be repeated")
      ->allow_extra_args(false);
  app.add_option("--division", options.divisions,
                 "library, native, portable or reference (default: all but reference)")
      ->allow_extra_args(false);
  app.add_option("--device", options.devices, "Only this device, such as cpu:0; may be repeated")
      ->allow_extra_args(false);
  app.add_option("--mode", options.mode, "cold: caches overwritten before a launch; or hot");
  app.add_option("--threads", options.threads, "Host threads a CPU may use (default: all)");
  app.footer(
      "Names are PROBLEM/IMPLEMENTATION/DEVICE/MODE/manual_time, times the device's own.\n"
      "Each result is verified before it is timed and afterwards: a wrong one is an error.\n"
      "And all options of Google Benchmark, --benchmark_filter and --benchmark_out among them:");
}

std::unique_ptr<CLI::App> command_line_app(Options& options) {
  auto app = std::make_unique<CLI::App>("Times a suite's problems, verified, as Google Benchmarks.",
                                        "assay-benchmark");
  app->set_version_flag("--version", "assay-benchmark " + harness::environment::version_text());
  app->formatter(std::make_shared<HelpFormatter>());
  app->get_formatter()->column_width(28);
  add_options(*app, options);
  return app;
}

void print_help() {
  Options ignored;
  fmt::print("{}\n", command_line_app(ignored)->help());
  std::fflush(stdout);
  benchmark::PrintDefaultHelp();
}

std::vector<harness::plan::SuiteProblem> problems_of(const Options& options) {
  std::vector<harness::plan::SuiteProblem> problems;
  for (const std::string& text : options.problems) {
    try {
      problems.push_back({kernels::Problem::parse(text), "", {}});
    } catch (const InputError& error) {
      throw InputError(fmt::format("--problem \"{}\": {}", text, error.what()), error.mend());
    }
  }
  if (!problems.empty() && options.suite.empty()) return problems;
  auto suite = harness::plan::load_suite(options.suite.empty() ? "quick" : options.suite);
  problems.insert(problems.begin(), suite.problems.begin(), suite.problems.end());
  return problems;
}

/// The program that serves as worker; modules are looked for beside it too.
fs::path worker_program() {
  fs::path program = fs::read_symlink("/proc/self/exe").replace_filename("assay");
  if (fs::exists(program)) return program;
  throw InputError(fmt::format("{}: is missing, which drives the devices", program.string()),
                   "install assay and assay-benchmark side by side");
}

/// The plan in the suite's order: whoever reads a table of benchmarks looks for it there.
harness::plan::Plan plan_of(const Options& options, std::vector<SharedWorker>& workers) {
  harness::plan::PlanOptions plan_options;
  if (!options.mode.empty()) {
    plan_options.wishes.mode =
        results::record::require_named<results::record::Mode>(options.mode, "--mode");
  }
  plan_options.wishes.divisions =
      results::record::require_named<results::record::Division>(options.divisions, "--division");
  plan_options.wishes.implementations = options.implementations;
  plan_options.host_memory_bytes = harness::environment::available_memory();
  plan_options.threads = options.threads;
  const auto problems = problems_of(options);
  std::vector<results::record::DeviceIdentity> devices;
  for (const SharedWorker& shared : workers) devices.push_back(shared.worker.device());
  harness::plan::Plan plan = harness::plan::make_plan(
      problems, devices, plan_options, [&](std::size_t device, const std::string& problem) {
        return workers[device].worker.implementations(problem);
      });
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < problems.size(); ++i) places.emplace(problems[i].problem.text(), i);
  std::stable_sort(plan.entries.begin(), plan.entries.end(), [&](const auto& a, const auto& b) {
    return std::tuple(places[a.problem], a.device, a.implementation, a.settings.mode) <
           std::tuple(places[b.problem], b.device, b.implementation, b.settings.mode);
  });
  return plan;
}

std::vector<SharedWorker> workers_of(const Options& options) {
  harness::worker::WorkerSettings settings;
  settings.executable = worker_program();
  settings.threads = options.threads;
  const auto modules = harness::worker::probe_all(settings);
  std::vector<SharedWorker> workers;
  for (const FoundDevice& device : select_devices(modules, options.devices)) {
    workers.push_back(
        {harness::worker::DeviceWorker(settings, device.identity, device.module, nullptr)});
    benchmark::AddCustomContext(results::record::device_key(device.identity), device.identity.name);
  }
  return workers;
}

int run(const Options& options) {
  std::vector<SharedWorker> workers = workers_of(options);
  const harness::plan::Plan plan = plan_of(options, workers);
  fmt::print(stderr, "{}", skipped_text(plan));
  if (plan.entries.empty()) {
    print_error("nothing of this can run here",
                "`assay devices` says what there is and which types it supports");
    return kNothingRan;
  }
  benchmark::AddCustomContext("assay_version", harness::environment::version_text());
  std::vector<std::unique_ptr<TimedProblem>> timed;
  for (const harness::plan::PlanEntry& entry : plan.entries) {
    timed.push_back(std::make_unique<TimedProblem>(entry, workers[entry.device]));
    TimedProblem& problem = *timed.back();
    benchmark::RegisterBenchmark(problem.name().c_str(), [&problem](benchmark::State& state) {
      problem.run(state);
    })->UseManualTime();
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  const bool failed = std::any_of(timed.begin(), timed.end(),
                                  [](const auto& problem) { return problem->failed(); });
  return failed ? kFellShort : kDone;
}

int start(int count, char** arguments) {
  benchmark::Initialize(&count, arguments, print_help);
  Options options;
  const auto app = command_line_app(options);
  try {
    app->parse(count, arguments);
    return run(options);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app->exit(error);
    print_error(error.what(), "`assay-benchmark --help` lists the options");
    return kBadInput;
  } catch (const InputError& error) {
    print_error(error.what(), error.mend());
    return kBadInput;
  } catch (const std::exception& error) {
    print_error(error.what(), "");
    return kFellShort;
  }
}

}  // namespace
}  // namespace assay::cli

int main(int count, char** arguments) {
  return assay::cli::start(count, arguments);
}

// assay-benchmark: the problems of a suite as Google Benchmarks.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>

#include "harness/cli/benchmark/timed_problem.h"
#include "harness/cli/common.h"
#include "harness/cli/help.h"
#include "harness/cli/measurement_options.h"
#include "harness/cli/run/plan_text.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/plan/suite.h"
#include "harness/terminal/standard_streams.h"
#include "kernels/error.h"
#include "results/record/listing.h"

namespace assay::cli::benchmark {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProgram = "assay-benchmark";
constexpr const char* kSummary = "Time the verified problems of a suite with Google Benchmark";

using harness::plan::Plan;
using harness::worker::DeviceWorker;

constexpr const char* kFooter =
    "Benchmarks are named PROBLEM/IMPLEMENTATION/DEVICE/MODE/manual_time; the device\n"
    "measures their times. Each result is verified before and after it is timed: a\n"
    "wrong result is an error.\n"
    "All options of Google Benchmark, such as --benchmark_filter and --benchmark_out:";

void describe(CommandLine& line, MeasurementChoice& choice) {
  add_what_to_measure(line.general(), choice).front()->default_text = "quick";
  add_how_to_measure(line.general(), choice);
  line.general().footer(kFooter);
}

void print_help() {
  MeasurementChoice ignored;
  CommandLine line(kProgram, kSummary, harness::environment::version_text());
  describe(line, ignored);
  fmt::print("{}", help_text(line));
  std::fflush(stdout);
  ::benchmark::PrintDefaultHelp();
}

std::vector<harness::plan::SuiteProblem> problems_of(const MeasurementChoice& options) {
  std::vector<harness::plan::SuiteProblem> problems;
  for (const kernels::Problem& problem : options.problems) problems.push_back({problem, "", {}});
  if (!problems.empty() && options.suite.empty()) return problems;
  auto suite = harness::plan::load_suite(options.suite.empty() ? "quick" : options.suite);
  problems.insert(problems.begin(), suite.problems.begin(), suite.problems.end());
  return problems;
}

/// The program that serves as worker; its folder is also searched for modules.
fs::path worker_program() {
  fs::path program = fs::read_symlink("/proc/self/exe").replace_filename("assay");
  if (fs::exists(program)) return program;
  throw InputError(fmt::format("{}: is missing; it drives the devices", program.string()),
                   "install assay and assay-benchmark in the same folder");
}

/// The plan in the order of the suite, as a reader of the table expects.
Plan plan_of(const MeasurementChoice& options, std::vector<SharedWorker>& workers) {
  harness::plan::PlanOptions plan_options;
  plan_options.measurement = options.measurement;
  plan_options.host_memory_bytes = harness::environment::available_memory();
  plan_options.threads = options.threads;
  const auto problems = problems_of(options);
  std::vector<results::record::DeviceIdentity> devices;
  for (const SharedWorker& shared : workers) devices.push_back(shared.worker.device());
  Plan plan = harness::plan::make_plan(problems, devices, plan_options,
                                       [&](std::size_t device, const kernels::Problem& problem) {
                                         return workers[device].worker.implementations(problem);
                                       });
  std::map<kernels::Problem, std::size_t> places;
  for (std::size_t i = 0; i < problems.size(); ++i) places.emplace(problems[i].problem, i);
  std::stable_sort(plan.entries.begin(), plan.entries.end(), [&](const auto& a, const auto& b) {
    return std::tuple(places[a.problem], a.device, a.implementation, a.settings.mode) <
           std::tuple(places[b.problem], b.device, b.implementation, b.settings.mode);
  });
  return plan;
}

std::vector<SharedWorker> workers_of(const MeasurementChoice& options) {
  harness::worker::WorkerSettings settings;
  settings.executable = worker_program();
  settings.threads = options.threads;
  const auto modules = modules_of(settings, options.devices);
  std::vector<SharedWorker> workers;
  for (const FoundDevice& device : select_devices(modules, options.devices)) {
    workers.push_back({DeviceWorker(settings, device.identity, device.module, nullptr)});
    ::benchmark::AddCustomContext(results::record::device_key(device.identity),
                                  device.identity.name);
  }
  return workers;
}

int run(const MeasurementChoice& options) {
  std::vector<SharedWorker> workers = workers_of(options);
  const Plan plan = plan_of(options, workers);
  fmt::print(stderr, "{}", run::skipped_text(plan));
  if (plan.entries.empty()) {
    print_error("nothing can run here",
                "`assay devices` lists the devices and the types they support");
    return kNothingRan;
  }
  ::benchmark::AddCustomContext("assay_version", harness::environment::version_text());
  std::vector<std::unique_ptr<TimedProblem>> timed;
  for (const harness::plan::PlanEntry& entry : plan.entries) {
    timed.push_back(std::make_unique<TimedProblem>(entry, workers[entry.device]));
    TimedProblem& problem = *timed.back();
    ::benchmark::RegisterBenchmark(problem.name().c_str(), [&problem](::benchmark::State& state) {
      problem.run(state);
    })->UseManualTime();
  }
  ::benchmark::RunSpecifiedBenchmarks();
  ::benchmark::Shutdown();
  const bool failed = std::any_of(timed.begin(), timed.end(),
                                  [](const auto& problem) { return problem->failed(); });
  return failed ? kFinding : kDone;
}

int start(int count, char** arguments) {
  ::benchmark::Initialize(&count, arguments, print_help);
  MeasurementChoice options;
  CommandLine line(kProgram, kSummary, harness::environment::version_text());
  describe(line, options);
  try {
    return line.read(count, arguments) ? run(options) : kDone;
  } catch (const Error& error) {
    print_error(error.what(), error.hint());
    return error.kind() == ErrorKind::input ? kBadInput : kFailed;
  } catch (const std::exception& error) {
    print_error(error.what(), "");
    return kFailed;
  }
}

}  // namespace
}  // namespace assay::cli::benchmark

int main(int count, char** arguments) {
  using namespace assay;
  harness::terminal::protect_standard_streams();
  const int code = cli::benchmark::start(count, arguments);
  // Google Benchmark prints its table with std::cout.
  const bool printed = !std::cout.flush().fail();
  return harness::terminal::exit_code_after_output(printed ? code : cli::kFailed, cli::kFailed);
}

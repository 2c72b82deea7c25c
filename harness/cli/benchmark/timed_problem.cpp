#include "harness/cli/benchmark/timed_problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/measure/clock.h"
#include "harness/measure/sampler.h"
#include "harness/worker/session.h"
#include "kernels/error.h"
#include "kernels/operation.h"
#include "results/exchange/series.h"

namespace assay::cli::benchmark {

namespace {

using results::record::Record;
using results::record::Status;

/// Launches per request to the worker: at most this number, and about this time.
constexpr double kMaximumLaunches = 1000, kBatchSeconds = 0.5;

}  // namespace

TimedProblem::TimedProblem(harness::plan::PlanEntry entry, SharedWorker& shared)
    : entry_(std::move(entry)),
      shared_(shared),
      record_(harness::worker::blank_record(entry_, shared.worker.device(), {})) {
  name_ = results::exchange::benchmark_name(record_).text();
}

void TimedProblem::run(::benchmark::State& state) {
  try {
    if (!make_ready(state)) return;
    launch_all(state);
    check(state);
    add_counters(state);
  } catch (const Error& error) {
    fail(state, error.what());
  }
}

bool TimedProblem::make_ready(::benchmark::State& state) {
  if (shared_.prepared == this) return true;
  shared_.prepared = nullptr;
  const double timeout = harness::plan::timeout_seconds(entry_.estimate);
  record_ =
      harness::worker::record_of(harness::worker::blank_record(entry_, shared_.worker.device(), {}),
                                 shared_.worker.prepare(harness::worker::task_of(entry_), timeout));
  if (record_.status != Status::ok) {
    fail(state, fmt::format("{}: {}", results::record::name(record_.status), record_.reason));
    return false;
  }
  shared_.prepared = this;
  const harness::measure::WarmUp warm = harness::measure::warm_up(
      entry_.settings,
      [&](std::uint32_t count) {
        return shared_.worker.launch(count, entry_.settings.mode, timeout);
      },
      harness::measure::seconds_now);
  seconds_per_turn_ = std::max(warm.seconds_per_turn, 1e-9);
  return true;
}

void TimedProblem::launch_all(::benchmark::State& state) {
  const double timeout = harness::plan::timeout_seconds(entry_.estimate);
  const double batch = std::clamp(kBatchSeconds / seconds_per_turn_, 1.0, kMaximumLaunches);
  std::vector<assay_launch> launches;
  std::size_t next = 0;
  auto left = static_cast<double>(state.max_iterations);
  for (auto _ : state) {
    if (next == launches.size()) {
      launches = shared_.worker.launch(static_cast<std::uint32_t>(std::min(batch, left)),
                                       entry_.settings.mode, timeout);
      next = 0;
    }
    state.SetIterationTime(launches.at(next++).device_seconds);
    --left;
  }
}

void TimedProblem::check(::benchmark::State& state) {
  const harness::measure::Measurement last =
      shared_.worker.check(harness::plan::timeout_seconds(entry_.estimate));
  if (last.status != Status::ok) {
    fail(state, fmt::format("{}: {}", results::record::name(last.status), last.reason));
  }
}

void TimedProblem::add_counters(::benchmark::State& state) const {
  const auto rate = [](double amount) {
    return ::benchmark::Counter(amount, ::benchmark::Counter::kIsIterationInvariantRate);
  };
  const char* operations = kernels::is_integer(record_.work.type) ? "OP/s" : "FLOP/s";
  if (record_.work.flop > 0) state.counters[operations] = rate(record_.work.flop);
  if (record_.work.bytes > 0) state.counters["bytes/s"] = rate(record_.work.bytes);
  std::string label = entry_.label;
  if (record_.check.outcome != kernels::Outcome::right) {
    label += fmt::format("{}{}", label.empty() ? "" : ", ", kernels::name(record_.check.outcome));
  }
  state.SetLabel(label);
}

void TimedProblem::fail(::benchmark::State& state, const std::string& why) {
  failed_ = true;
  shared_.prepared = nullptr;
  state.SkipWithError(why.c_str());
}

}  // namespace assay::cli::benchmark

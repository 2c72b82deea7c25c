// The cost of judging samples, to set beside the time of the launches that are judged.
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "results/statistics/course.h"
#include "results/statistics/statistics.h"

namespace assay::results::statistics {
namespace {

/// Launches of about 1 ms that correlate by 0.5.
std::vector<double> samples_of(std::int64_t count) {
  std::mt19937_64 engine(1);
  std::normal_distribution<> noise;
  double state = noise(engine);
  std::vector<double> out(static_cast<std::size_t>(count));
  for (double& one : out) {
    state = 0.5 * state + 0.866 * noise(engine);
    one = 1e-3 * (1 + 0.01 * state);
  }
  return out;
}

void summarize_samples(benchmark::State& state) {
  const std::vector<double> samples = samples_of(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(summarize(samples));
}
BENCHMARK(summarize_samples)->Arg(10)->Arg(30)->Arg(500)->Arg(10000);

void drift_of_samples(benchmark::State& state) {
  const std::vector<double> samples = samples_of(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(drift(samples));
}
BENCHMARK(drift_of_samples)->Arg(30)->Arg(500)->Arg(10000);

void clock_tick_of_times(benchmark::State& state) {
  const std::vector<double> samples = samples_of(5000);
  for (auto _ : state) benchmark::DoNotOptimize(clock_tick(samples));
}
BENCHMARK(clock_tick_of_times);

}  // namespace
}  // namespace assay::results::statistics

BENCHMARK_MAIN();

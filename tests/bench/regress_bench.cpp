// Benchmarks the analysis of histories on one core, without changes and with a step.
#include <benchmark/benchmark.h>

#include <vector>

#include "results/regress/findings.h"
#include "tests/regress/synthetic.h"

namespace assay {
namespace {

void judge_histories(benchmark::State& state) {
  const auto series = static_cast<std::size_t>(state.range(0));
  const auto nights = static_cast<std::size_t>(state.range(1));
  std::vector<std::vector<double>> histories;
  for (std::size_t i = 0; i < series; ++i) {
    synthetic::Course course;
    course.step_at = i % 4 == 0 ? nights / 2 : 0;
    course.step = i % 4 == 0 ? 0.03 : 0;
    histories.push_back(synthetic::history(synthetic::kNoises[i % 6], nights, i, course));
  }
  std::size_t findings = 0;
  for (auto _ : state) {
    findings = 0;
    for (const auto& history : histories) {
      findings += results::regress::judge_history(history, results::regress::FindingOptions())
                      .findings.size();
    }
  }
  state.counters["findings"] = static_cast<double>(findings);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(judge_histories)
    ->Args({20, 365})
    ->Args({1000, 365})
    ->Args({100, 1000})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay

BENCHMARK_MAIN();

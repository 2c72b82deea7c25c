// Benchmarks the comparison of two runs of ten thousand records, from the store to the text.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <random>
#include <span>
#include <vector>

#include "harness/cli/compare/sides.h"
#include "harness/cli/compare/text.h"
#include "kernels/operation.h"
#include "kernels/problem.h"

namespace assay {
namespace {

constexpr int kRecords = 10000;
constexpr int kSamples = 60;

results::record::Record record_of(int number, const std::string& run, std::mt19937_64& engine) {
  const auto problem = kernels::Problem::parse(
      fmt::format("matmul m={} n={} k=64 a=f32", 1 + number / 100, 1 + number % 100));
  results::record::Record record;
  record.id = results::store::new_id();
  record.run = run;
  record.started = results::store::now_utc();
  record.problem = problem.text();
  record.operation = std::string(problem.operation().name);
  record.work = problem.operation().work(problem);
  record.device = {"gpu", 0, "Accelerator", "Vendor", "gpu"};
  // A realistic amount of text besides the numbers.
  for (int i = 0; i < 20; ++i) record.device.properties[fmt::format("property.{}", i)] = "a value";
  record.implementation = {
      "library/blas", results::record::Division::library, {{"kernel", std::string(120, 'k')}}};
  record.check.method = "every element in FP64";
  record.output_hash = record.operands_hash = "0123456789abcdef";
  for (int i = 0; i < kSamples; ++i) {
    record.device_seconds.push_back(1e-3 * std::exp(0.05 * std::normal_distribution<>()(engine)));
    record.host_seconds.push_back(record.device_seconds.back() + 1e-6);
  }
  record.summary = results::statistics::summarize(record.device_seconds);
  return record;
}

/// A store with two runs in a temporary folder.
class TwoRuns {
 public:
  TwoRuns() : folder_((std::filesystem::temp_directory_path() / "assay-bench-XXXXXX").string()) {
    if (mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("no temporary folder");
    auto store = results::store::Store::open(path(), results::store::Access::write);
    std::mt19937_64 engine(1);
    for (std::string& run : runs_) {
      run = results::store::new_id();
      store.begin({.id = run, .started = results::store::now_utc()});
      std::vector<results::record::Record> records;
      for (int i = 0; i < kRecords; ++i) records.push_back(record_of(i, run, engine));
      store.put(std::span<const results::record::Record>(records));
    }
  }
  TwoRuns(const TwoRuns&) = delete;
  TwoRuns& operator=(const TwoRuns&) = delete;
  ~TwoRuns() { std::filesystem::remove_all(folder_); }

  std::filesystem::path path() const { return folder_ + "/store.db"; }
  const std::string& run(int number) const { return runs_[number]; }

 private:
  std::string folder_;
  std::string runs_[2];
};

void compare_two_runs(benchmark::State& state) {
  const TwoRuns runs;
  for (auto _ : state) {
    cli::compare::SideFinder finder(runs.path(), {});
    std::vector<results::compare::Side> sides;
    for (int i = 0; i < 2; ++i) sides.push_back(finder.find(runs.run(i)));
    const auto table = results::compare::compare(std::move(sides), {});
    benchmark::DoNotOptimize(cli::compare::comparison_text(table, {}, {}));
    if (table.comparisons[0].rows() != kRecords) state.SkipWithError("rows are missing");
  }
  state.SetItemsProcessed(state.iterations() * 2 * kRecords);
}
BENCHMARK(compare_two_runs)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay

BENCHMARK_MAIN();

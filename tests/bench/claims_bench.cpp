// Benchmarks verdicts on thousands of claims with a store of up to a million records.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <stdlib.h>

#include <cmath>
#include <filesystem>
#include <random>

#include "results/claims/audit.h"
#include "results/claims/catalogue.h"
#include "results/claims/verdict.h"
#include "results/store/store.h"

namespace assay::results {
namespace {

namespace fs = std::filesystem;

constexpr int kSeries = 1000;  ///< number of different problems in the records
constexpr int kClaims = 10000;

std::string problem(int series) {
  return fmt::format("matmul m={} n=512 k=512 a=bf16 b=bf16 c=bf16 acc=f32 dist=uniform seed=1",
                     512 + series);
}

struct Samples {
  std::vector<double> seconds;
  results::statistics::Summary summary;
};

std::vector<Samples> kinds_of_samples() {
  std::mt19937_64 random(1);
  std::normal_distribution<double> noise(1e-3, 1e-5);
  std::vector<Samples> kinds(97);
  for (Samples& kind : kinds) {
    for (int i = 0; i < 40; ++i) kind.seconds.push_back(noise(random));
    kind.summary = results::statistics::summarize(kind.seconds);
  }
  return kinds;
}

results::record::Record record(const results::record::Run& run, int number,
                               const std::vector<Samples>& kinds) {
  results::record::Record record;
  record.id = results::store::new_id();
  record.run = run.id;
  record.started = fmt::format("2026-01-01T{:02}:{:02}:{:02}.{:03}Z", number / 3600000 % 24,
                               number / 60000 % 60, number / 1000 % 60, number % 1000);
  record.problem = problem(number % kSeries);
  record.operation = "matmul";
  record.device.backend = "cpu";
  record.device.name = "Box";
  record.device.cache_bytes = 1 << 20;
  record.implementation = {"library/one", results::record::Division::library, {}};
  record.settings.mode = results::record::Mode::cold;
  record.work = {1e9, 1e8, kernels::DataType::bf16};
  const Samples& samples = kinds[static_cast<std::size_t>(number) % kinds.size()];
  record.device_seconds = samples.seconds;
  record.summary = samples.summary;
  record.check.outcome = kernels::Outcome::right;
  return record;
}

/// A temporary folder with a store.
class Folder {
 public:
  explicit Folder(int records) {
    std::string pattern = (fs::temp_directory_path() / "assay-bench-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
    results::store::Store store =
        results::store::Store::open(file(), assay::results::store::Access::write);
    const results::record::Run run{results::store::new_id(),
                                   results::store::now_utc(),
                                   "",
                                   "bench",
                                   "bench",
                                   "host",
                                   "0",
                                   "[]",
                                   ""};
    store.begin(run);
    const std::vector<Samples> kinds = kinds_of_samples();
    std::vector<results::record::Record> batch;
    for (int i = 0; i < records; ++i) {
      batch.push_back(record(run, i, kinds));
      if (batch.size() == 10000 || i + 1 == records) {
        store.put(batch);
        batch.clear();
      }
    }
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }
  fs::path file() const { return path_ / "store.db"; }

 private:
  fs::path path_;
};

results::claims::Catalogue catalogue(int claims) {
  results::claims::Catalogue out = results::claims::built_in_catalogue();
  out.sets["bench"] = {"bench", "bench"};
  results::claims::System box;
  box.id = "box";
  box.name = "Box";
  box.kind = "chip";
  box.match = {{"name", "^Box$"}};
  out.systems["box"] = box;
  for (int i = 0; i < claims; ++i) {
    results::claims::Claim claim;
    claim.id = fmt::format("claim-{}", i);
    claim.statement = "it is fast";
    claim.sets = {"bench"};
    claim.system = "box";
    claim.quantity = fmt::format("achieved.flop.bf16.k{}", i);
    results::claims::Property value;
    value.value = value.written = 1e12 * (0.9 + 2e-5 * i);
    value.range = {value.value, value.value};
    value.unit = "FLOP/s";
    value.dimension = results::claims::parse_unit("FLOP/s").dimension;
    claim.value = value;
    claim.test = results::claims::Test{
        {{"gemm", fmt::format("matmul m={} a=bf16", 512 + i % kSeries)}}, "rate.flop(gemm)", {}};
    out.claims.push_back(claim);
  }
  return out;
}

void check(benchmark::State& state) {
  const Folder folder(static_cast<int>(state.range(0)));
  const results::claims::Catalogue claims = catalogue(kClaims);
  std::size_t decided = 0;
  for (auto _ : state) {
    const results::store::Store store =
        results::store::Store::open(folder.file(), assay::results::store::Access::read);
    const auto records = store.newest();
    decided = 0;
    for (const results::claims::Verdict& verdict :
         results::claims::Judge(claims, records).verdicts("bench")) {
      decided += verdict.measured.known ? 1 : 0;
    }
  }
  state.counters["claims"] = kClaims;
  state.counters["decided"] = static_cast<double>(decided);
}
BENCHMARK(check)->Arg(10000)->Arg(1000000)->Unit(benchmark::kMillisecond);

void audit_all(benchmark::State& state) {
  const results::claims::Catalogue claims = catalogue(static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(audit(claims));
}
BENCHMARK(audit_all)->Arg(0)->Arg(10000)->Unit(benchmark::kMillisecond);

void put_in_bulk(benchmark::State& state) {
  for (auto _ : state) const Folder folder(static_cast<int>(state.range(0)));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(put_in_bulk)->Arg(20000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay::results

BENCHMARK_MAIN();

// How fast records come into a store: as they are, and out of a file of JSON lines.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <random>
#include <sstream>

#include "kernels/operation.h"
#include "kernels/problem.h"
#include "kernels/sha256.h"
#include "results/exchange/format.h"
#include "results/store.h"

namespace assay::results {
namespace {

/// As much as a driver and a run of ten samples tell.
Record record_of(int number, const Run& run, std::mt19937_64& engine) {
  const auto problem = kernels::Problem::parse(
      fmt::format("matmul m={} n={} k=64 a=f32", 1 + number / 100, 1 + number % 100));
  Record record;
  record.id = new_id();
  record.run = run.id;
  record.started = run.started;
  record.problem = problem.text();
  record.operation = std::string(problem.operation().name);
  record.work = problem.operation().work(problem);
  record.device = {"gpu", 0, "Accelerator", "Vendor", "gpu"};
  for (int i = 0; i < 20; ++i) record.device.properties[fmt::format("property.{}", i)] = "a value";
  record.implementation = {"library/blas", "library", {{"kernel", std::string(120, 'k')}}};
  record.check.method = "every element in FP64";
  record.output_hash = record.operands_hash = "0123456789abcdef";
  for (int i = 0; i < 10; ++i) {
    record.device_seconds.push_back(1e-3 * std::exp(0.05 * std::normal_distribution<>()(engine)));
    record.host_seconds.push_back(record.device_seconds.back() + 1e-6);
  }
  record.summary.count = record.device_seconds.size();
  record.summary.median = record.summary.mean = median(record.device_seconds);
  record.summary.interval = {0.99 * record.summary.median, 1.01 * record.summary.median};
  return record;
}

Parcel parcel_of(std::int64_t records) {
  Parcel parcel;
  std::mt19937_64 engine(1);
  parcel.runs.push_back({.id = new_id(), .started = now_utc(), .ended = now_utc()});
  for (int i = 0; i < records; ++i) {
    parcel.records.push_back(record_of(i, parcel.runs.front(), engine));
  }
  return parcel;
}

/// A folder of its own, gone at the end.
class Folder {
 public:
  Folder() : path_((std::filesystem::temp_directory_path() / "assay-bench-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no temporary folder");
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  std::filesystem::path file() const { return path_ + "/store.db"; }

 private:
  std::string path_;
};

/// Times `add` into an empty store, over and over.
template <typename Add>
void time_into_empty_stores(benchmark::State& state, Add add) {
  for (auto _ : state) {
    state.PauseTiming();
    {
      const Folder folder;
      Store store = Store::open(folder.file(), Store::Access::write);
      state.ResumeTiming();
      if (add(store).records != static_cast<std::size_t>(state.range(0))) {
        state.SkipWithError("records are missing");
      }
      state.PauseTiming();
    }
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void add_to_store(benchmark::State& state) {
  const Parcel parcel = parcel_of(state.range(0));
  time_into_empty_stores(state, [&](Store& store) { return store.add(parcel); });
}
BENCHMARK(add_to_store)->Arg(1000)->Arg(50000)->Unit(benchmark::kMillisecond);

/// The file's text to records alone, and into a store.
void read_json_lines(benchmark::State& state) {
  std::ostringstream text;
  find_exporter("json-lines", "").write(parcel_of(state.range(0)), {}, text);
  const std::string content = text.str();
  const ImportFile file = {"x.jsonl", content, sha256(content), now_utc()};
  const Importer& importer = find_importer("json-lines", "");
  for (auto _ : state) benchmark::DoNotOptimize(import_file(importer, file));
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(content.size()));
}
BENCHMARK(read_json_lines)->Arg(1000)->Arg(50000)->Unit(benchmark::kMillisecond);

void import_json_lines(benchmark::State& state) {
  std::ostringstream text;
  find_exporter("json-lines", "").write(parcel_of(state.range(0)), {}, text);
  const std::string content = text.str();
  time_into_empty_stores(state, [&](Store& store) {
    const ImportFile file = {"x.jsonl", content, sha256(content), now_utc()};
    return store.add(import_file(find_importer("json-lines", ""), file));
  });
}
BENCHMARK(import_json_lines)->Arg(1000)->Arg(50000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay::results

BENCHMARK_MAIN();

// Benchmarks adding records to a store, directly and from a file of JSON lines.
#include <benchmark/benchmark.h>

#include <sstream>

#include "kernels/sha256.h"
#include "tests/bench/sample_record_set.h"

namespace assay::results {
namespace {

/// Repeatedly times `add` into an empty store.
template <typename Add>
void time_into_empty_stores(benchmark::State& state, Add add) {
  for (auto _ : state) {
    state.PauseTiming();
    {
      const Folder folder;
      results::store::Store store =
          results::store::Store::open(folder.file(), assay::results::store::Access::write);
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
  const results::record::RecordSet record_set = record_set_of(state.range(0));
  time_into_empty_stores(state,
                         [&](results::store::Store& store) { return store.add(record_set); });
}
BENCHMARK(add_to_store)->Arg(1000)->Arg(50000)->Unit(benchmark::kMillisecond);

/// Times reading the file's text, without and with adding the records to a store.
void read_json_lines(benchmark::State& state) {
  std::ostringstream text;
  results::exchange::find_exporter("json-lines", "").write(record_set_of(state.range(0)), {}, text);
  const std::string content = text.str();
  const results::exchange::ImportFile file = {"x.jsonl", content, sha256(content),
                                              results::store::now_utc()};
  const results::exchange::Importer& importer = results::exchange::find_importer("json-lines", "");
  for (auto _ : state) benchmark::DoNotOptimize(import_file(importer, file));
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(content.size()));
}
BENCHMARK(read_json_lines)->Arg(1000)->Arg(50000)->Unit(benchmark::kMillisecond);

void import_json_lines(benchmark::State& state) {
  std::ostringstream text;
  results::exchange::find_exporter("json-lines", "").write(record_set_of(state.range(0)), {}, text);
  const std::string content = text.str();
  time_into_empty_stores(state, [&](results::store::Store& store) {
    const results::exchange::ImportFile file = {"x.jsonl", content, sha256(content),
                                                results::store::now_utc()};
    return store.add(import_file(results::exchange::find_importer("json-lines", ""), file));
  });
}
BENCHMARK(import_json_lines)->Arg(1000)->Arg(50000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay::results

BENCHMARK_MAIN();

// Benchmarks adding records to a store on a server, directly and from a store in a file. The server
// is that of the tests, which does not wait for its disk.
#include <benchmark/benchmark.h>

#include "results/store/database/statements.h"
#include "tests/bench/sample_record_set.h"
#include "tests/postgresql/server.h"

namespace assay::results {
namespace {

/// The URL of a new database; "" if there is no server, which is then reported.
std::string new_url(benchmark::State& state) {
  static int count = 0;
  const PostgresServer& server = PostgresServer::instance();
  if (!server.why_not().empty()) {
    state.SkipWithError(server.why_not().c_str());
    return "";
  }
  const std::string name = fmt::format("bench_{}", ++count);
  results::store::Database(server.url("postgres"), results::store::Access::write)
      .execute("CREATE DATABASE " + name);
  return server.url(name);
}

/// Times `work` on an empty store each time.
template <typename Work>
void time_on_empty_stores(benchmark::State& state, Work work) {
  for (auto _ : state) {
    state.PauseTiming();
    const std::string url = new_url(state);
    if (url.empty()) return;
    {
      results::store::Store store = results::store::Store::open(url, results::store::Access::write);
      state.ResumeTiming();
      if (work(store).records != static_cast<std::size_t>(state.range(0))) {
        state.SkipWithError("records are missing");
      }
      state.PauseTiming();
    }
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

results::store::Added push(const results::store::Store& from, results::store::Store& to) {
  return from.push(from.runs(), to, [](std::size_t, std::size_t) {});
}

void add_to_server(benchmark::State& state) {
  const results::record::RecordSet record_set = record_set_of(state.range(0));
  time_on_empty_stores(state, [&](results::store::Store& store) { return store.add(record_set); });
}
BENCHMARK(add_to_server)->Arg(1000)->Arg(10000)->Unit(benchmark::kMillisecond)->UseRealTime();

void push_to_server(benchmark::State& state) {
  const Folder folder;
  results::store::Store here =
      results::store::Store::open(folder.file(), results::store::Access::write);
  here.add(record_set_of(state.range(0)));
  time_on_empty_stores(state, [&](results::store::Store& store) { return push(here, store); });
}
BENCHMARK(push_to_server)->Arg(1000)->Arg(10000)->Unit(benchmark::kMillisecond)->UseRealTime();

/// A history of nights that the server already has completely.
void push_again(benchmark::State& state) {
  const Folder folder;
  results::store::Store here =
      results::store::Store::open(folder.file(), results::store::Access::write);
  for (int night = 0; night < 365; ++night) here.add(record_set_of(state.range(0) / 365));
  const std::string url = new_url(state);
  if (url.empty()) return;
  results::store::Store there = results::store::Store::open(url, results::store::Access::write);
  push(here, there);
  for (auto _ : state) {
    if (push(here, there).records != 0) state.SkipWithError("records were added again");
  }
}
BENCHMARK(push_again)->Arg(10000)->Unit(benchmark::kMillisecond)->UseRealTime();

void read_headlines_from_server(benchmark::State& state) {
  const std::string url = new_url(state);
  if (url.empty()) return;
  results::store::Store store = results::store::Store::open(url, results::store::Access::write);
  store.add(record_set_of(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(store.headlines({}));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(read_headlines_from_server)->Arg(10000)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace assay::results

BENCHMARK_MAIN();

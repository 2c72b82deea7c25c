// Benchmarks encoding and decoding of records on one core.
#include <benchmark/benchmark.h>

#include "results/record/record.h"
#include "tests/bench/sample_record_set.h"

namespace assay::results {
namespace {

constexpr std::int64_t kRecords = 1000;

void encode_records(benchmark::State& state) {
  const record::RecordSet record_set = record_set_of(kRecords);
  std::string text;
  std::size_t bytes = 0;
  for (auto _ : state) {
    for (const record::Record& record : record_set.records) {
      text.clear();
      append_text(text, record, record::Samples::all);
      benchmark::DoNotOptimize(text.data());
      bytes += text.size();
    }
  }
  state.SetItemsProcessed(state.iterations() * kRecords);
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(encode_records)->Unit(benchmark::kMillisecond);

void decode_records(benchmark::State& state) {
  std::vector<std::string> texts;
  for (const record::Record& record : record_set_of(kRecords).records) {
    texts.push_back(to_json(record));
  }
  std::size_t bytes = 0;
  for (auto _ : state) {
    for (const std::string& text : texts) {
      benchmark::DoNotOptimize(record::record_from_json(text));
      bytes += text.size();
    }
  }
  state.SetItemsProcessed(state.iterations() * kRecords);
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(decode_records)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay::results

BENCHMARK_MAIN();

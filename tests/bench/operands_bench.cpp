// Benchmarks generating operands and reading them back as FP64 with one thread.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <string>
#include <vector>

#include "kernels/input.h"
#include "kernels/operation.h"

namespace assay::kernels {
namespace {

constexpr std::int64_t kElements = 1 << 20;

Problem problem_of(DataType type, std::string_view distribution) {
  return Problem::parse(
      fmt::format("copy n={} type={} dist={}", kElements, name(type), distribution));
}

void generate_operand(benchmark::State& state, DataType type, std::string_view distribution) {
  const Problem problem = problem_of(type, distribution);
  std::vector<std::byte> bytes(static_cast<std::size_t>(bytes_of(type, kElements)));
  for (auto _ : state) {
    generate(problem, 0, 0, bytes);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}

void decode_operand(benchmark::State& state, DataType type) {
  const Problem problem = problem_of(type, "uniform");
  std::vector<std::byte> bytes(static_cast<std::size_t>(bytes_of(type, kElements)));
  generate(problem, 0, 0, bytes);
  std::vector<double> values(4096);
  std::int64_t first = 0;
  for (auto _ : state) {
    decode_array(type, bytes.data(), first, values);
    benchmark::ClobberMemory();
    first = (first + 4096) % kElements;
  }
  state.SetItemsProcessed(state.iterations() * 4096);
}

const bool kRegistered = [] {
  for (const DataType type : kDataTypes) {
    for (const std::string_view distribution : distributions()) {
      const std::string title = fmt::format("generate/{}/{}", name(type), distribution);
      benchmark::RegisterBenchmark(title.c_str(), generate_operand, type, distribution);
    }
    benchmark::RegisterBenchmark(fmt::format("decode/{}", name(type)).c_str(), decode_operand,
                                 type);
  }
  return true;
}();

}  // namespace
}  // namespace assay::kernels

// Benchmarks the native kernels against the ceilings of the same run.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "backends/cpu/implementation.h"
#include "backends/cpu/native/aligned.h"
#include "kernels/input.h"
#include "kernels/operation.h"

namespace assay::backends::cpu {

namespace native_fma {
extern const Implementation implementation;
}
namespace native_copy {
extern const Implementation implementation;
}
namespace native_triad {
extern const Implementation implementation;
}
namespace native_skinny {
extern const Implementation implementation;
}
namespace native_flash {
extern const Implementation implementation;
}

namespace {

struct Case {
  const Implementation* implementation;
  const char* text;
  bool cold;
};

const Case kCases[] = {
    {&native_fma::implementation, "fma n=2560 steps=100000 type=f32", false},
    {&native_fma::implementation, "fma n=2560 steps=50000 type=f64", false},
    {&native_fma::implementation, "fma n=2560 steps=100000 type=bf16", false},
    {&native_fma::implementation, "fma n=2560 steps=100000 type=i8", false},
    {&native_copy::implementation, "copy n=67108864 type=f32", false},
    {&native_triad::implementation, "triad n=67108864 type=f32", false},
    {&native_skinny::implementation, "matmul m=1 n=8192 k=8192 a=f32", true},
    {&native_skinny::implementation, "matmul m=1 n=8192 k=8192 a=bf16 c=f32", true},
    {&native_skinny::implementation, "matmul m=1 n=8192 k=8192 a=i8", true},
    {&native_skinny::implementation, "matmul m=1 n=8192 k=8192 a=bf16 c=f32 layout=nt", true},
    {&native_skinny::implementation, "matmul m=16 n=8192 k=8192 a=bf16 c=f32", true},
    {&native_flash::implementation, "attention b=1 hq=8 hkv=8 sq=2048 skv=2048 d=128 type=f32",
     false},
    {&native_flash::implementation, "attention b=1 hq=8 hkv=8 sq=2048 skv=2048 d=128 type=bf16",
     false},
    {&native_flash::implementation,
     "attention b=1 hq=8 hkv=8 sq=2048 skv=2048 d=128 type=bf16 mask=causal", false},
    {&native_flash::implementation, "attention b=1 hq=32 hkv=8 sq=1 skv=16384 d=128 type=bf16",
     true},
};

void measure(benchmark::State& state, const Case& the_case, Machine& machine) {
  const auto problem = kernels::Problem::parse(the_case.text);
  const std::string reason = the_case.implementation->why_not(problem, machine);
  if (!reason.empty()) return state.SkipWithError(reason.c_str());
  std::vector<native::AlignedArray<std::byte>> buffers;
  std::vector<std::byte*> pointers;
  for (const kernels::Operand& operand : problem.operation().operands(problem)) {
    const auto bytes = static_cast<std::size_t>(operand.bytes());
    buffers.push_back(native::aligned_array<std::byte>(bytes));
    pointers.push_back(buffers.back().get());
    kernels::generate_parallel(problem, static_cast<int>(buffers.size()) - 1,
                               {pointers.back(), bytes});
  }
  const auto executable = the_case.implementation->prepare(problem, pointers, machine);
  for (auto _ : state) {
    if (the_case.cold) {
      state.PauseTiming();
      machine.flush_caches();
      state.ResumeTiming();
    }
    executable->launch();
  }
  const kernels::Work work = problem.operation().work(problem);
  const auto rate = benchmark::Counter::kIsIterationInvariantRate;
  state.counters["FLOP/s"] = benchmark::Counter(work.flop, rate);
  state.counters["B/s"] = benchmark::Counter(work.bytes, rate);
}

}  // namespace
}  // namespace assay::backends::cpu

int main(int argc, char** argv) {
  using namespace assay::backends::cpu;
  Machine machine(0);
  for (const Case& the_case : kCases) {
    benchmark::RegisterBenchmark(
        the_case.text, [&](benchmark::State& state) { measure(state, the_case, machine); })
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}

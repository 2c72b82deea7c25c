// Benchmarks matmul in each implementation of the CPU module, through its C table and with its own
// clock, together with the multiply-add ceiling of the same run.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "backends/loader.h"
#include "kernels/error.h"
#include "kernels/input.h"
#include "kernels/operation.h"

namespace assay::backends {
namespace {

using kernels::Problem;

const char* const kProblems[] = {
    "fma n=2560 steps=100000 type=f32",
    "fma n=2560 steps=50000 type=f64",
    "fma n=2560 steps=100000 type=bf16",
    "fma n=2560 steps=100000 type=i8",
    "matmul m=64 n=64 k=64 a=f32",
    "matmul m=512 n=512 k=512 a=f32",
    "matmul m=2048 n=2048 k=2048 a=f32",
    "matmul m=2048 n=2048 k=2048 a=f64",
    "matmul m=512 n=512 k=512 a=bf16 c=f32",
    "matmul m=2048 n=2048 k=2048 a=bf16 c=f32",
    "matmul m=2048 n=2048 k=2048 a=bf16 c=bf16",
    "matmul m=2048 n=2048 k=2048 a=i8",
    "matmul m=2048 n=2048 k=2048 a=bf16 c=f32 layout=nt",
    "matmul m=256 n=256 k=256 a=bf16 c=f32 batch=32",
};

/// A device of the module with its allocations.
class Bench {
 public:
  explicit Bench(const Module& module) : table_(*module) {
    require(table_.open(0, nullptr, &device_));
  }
  ~Bench() { table_.close(device_); }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  /// Names of the implementations that should be fast.
  std::vector<std::string> implementations(const std::string& problem) {
    std::vector<assay_implementation> list(32);
    for (auto& entry : list) entry.struct_size = sizeof entry;
    std::size_t count = 0;
    require(table_.implementations(device_, problem.c_str(), list.data(), list.size(), &count));
    std::vector<std::string> names;
    for (std::size_t i = 0; i < std::min(count, list.size()); ++i) {
      if (*list[i].reason != '\0' || std::string(list[i].division) == "reference") continue;
      names.emplace_back(list[i].name);
    }
    return names;
  }

  void measure(benchmark::State& state, const std::string& text, const std::string& name) {
    const Problem problem = Problem::parse(text);
    std::vector<assay_buffer*> buffers;
    for (const kernels::Operand& operand : problem.operation().operands(problem)) {
      std::vector<std::byte> bytes(static_cast<std::size_t>(operand.bytes()));
      kernels::generate_parallel(problem, static_cast<int>(buffers.size()), bytes);
      buffers.push_back(nullptr);
      require(table_.allocate(device_, bytes.size(), &buffers.back()));
      require(table_.upload(device_, buffers.back(), 0, bytes.data(), bytes.size()));
    }
    assay_executable* executable = nullptr;
    require(table_.prepare(device_, text.c_str(), name.c_str(), buffers.data(), buffers.size(),
                           &executable));
    for (auto _ : state) {
      assay_launch launch = {};
      require(table_.run(executable, 1, ASSAY_HOT, &launch));
      state.SetIterationTime(launch.device_seconds);
    }
    state.counters["FLOP/s"] = benchmark::Counter(problem.operation().work(problem).flop,
                                                  benchmark::Counter::kIsIterationInvariantRate);
    table_.release(executable);
    for (assay_buffer* buffer : buffers) table_.free(device_, buffer);
  }

 private:
  void require(assay_status status) const {
    if (status != ASSAY_OK) throw Error(table_.last_error());
  }

  const assay_backend& table_;
  assay_device* device_ = nullptr;
};

int run(int argc, char** argv) {
  const Module module = Module::open(std::filesystem::path(ASSAY_BIN_DIR) / "assay_backend_cpu.so");
  Bench bench(module);
  for (const std::string text : kProblems) {
    for (const std::string& name : bench.implementations(text)) {
      benchmark::RegisterBenchmark(
          (text + " " + name).c_str(),
          [&bench, text, name](benchmark::State& state) { bench.measure(state, text, name); })
          ->UseManualTime()
          ->Unit(benchmark::kMillisecond);
    }
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace
}  // namespace assay::backends

int main(int argc, char** argv) {
  try {
    return assay::backends::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench: %s\n", error.what());
    return 1;
  }
}

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <map>
#include <string>

#include "backends/opencl/device.h"
#include "backends/opencl/executables.h"
#include "backends/opencl/timing.h"
#include "backends/sdk/failure.h"
#include "backends/shared/portable_runner.h"
#include "kernels/input.h"
#include "kernels/operation.h"
#include "tests/fakes/common/cache.h"

namespace assay::backends::opencl {
namespace {

using kernels::Outcome;
using kernels::Problem;
using kernels::Role;
using testing::HasSubstr;

/// One device for all tests, which keeps its compiled kernels.
Device& device() {
  // Never destroyed: a driver may have left before.
  static Device& once = *[] {
    FoundDevice found = found_devices().front();
    // A simulator runs on a processor; the kernels for GPUs are those whose work-items share.
    if (std::getenv("OCLGRIND_DATA_RACES") != nullptr) found.type = CL_DEVICE_TYPE_GPU;
    return new Device(found, assay_open_options{sizeof(assay_open_options), 0, 0});
  }();
  return once;
}

class Opencl : public testing::Test {
 protected:
  void SetUp() override {
    if (found_devices().empty()) GTEST_SKIP() << findings().summary;
  }
};

std::string reason(const std::string& problem, const std::string& implementation) {
  for (const sdk::Offer& offer : device().implementations(problem)) {
    if (offer.name == implementation) return offer.reason;
  }
  return "not offered";
}

std::string detail(const Executable& executable, const std::string& key) {
  const sdk::Properties& all = executable.details();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all.data()[i].key == key) return all.data()[i].value;
  }
  return "";
}

/// A problem's operands on the device, the same as on every device.
struct Bench {
  static constexpr std::size_t kGuard = 256;

  Problem problem;
  std::vector<kernels::Operand> operands;
  std::vector<std::vector<std::byte>> arrays;
  std::vector<std::unique_ptr<Buffer>> buffers;
  std::vector<Buffer*> addresses;
  std::unique_ptr<Executable> executable;

  Bench(const std::string& text, const std::string& name)
      : problem(Problem::parse(text)), operands(problem.operation().operands(problem)) {
    for (const auto& operand : operands) {
      auto& array = arrays.emplace_back(static_cast<std::size_t>(operand.bytes()));
      if (operand.role == Role::input) {
        kernels::generate(problem, static_cast<int>(arrays.size()) - 1, 0, array);
      } else {
        kernels::poison(operand.type, array);
        array.resize(array.size() + kGuard, std::byte{0xa5});
      }
      buffers.push_back(device().allocate(array.size()));
      addresses.push_back(buffers.back().get());
      device().upload(*buffers.back(), 0, array.data(), array.size());
    }
    executable = device().prepare(text, name, addresses);
    // Preparing may write outputs.
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      device().upload(*buffers[i], 0, arrays[i].data(), arrays[i].size());
    }
  }

  kernels::Check checked(assay_mode mode = ASSAY_HOT) {
    assay_launch launch{};
    executable->run({&launch, 1}, mode);
    EXPECT_GT(launch.device_seconds, 0);
    EXPECT_GE(launch.host_seconds, 0.5 * launch.device_seconds);
    std::vector<kernels::ConstBytes> views;
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      device().download(*buffers[i], 0, arrays[i].data(), arrays[i].size());
      views.emplace_back(arrays[i].data(), static_cast<std::size_t>(operands[i].bytes()));
      for (std::size_t at = views[i].size(); at < arrays[i].size(); ++at) {
        EXPECT_EQ(arrays[i][at], std::byte{0xa5}) << "written behind " << operands[i].name;
      }
    }
    return problem.operation().check(problem, views, {});
  }
};

class EveryPortable : public Opencl, public testing::WithParamInterface<const char*> {};

TEST_P(EveryPortable, SolvesTheProblemRight) {
  ASSERT_EQ(reason(GetParam(), kPortableName), "");
  Bench bench(GetParam(), kPortableName);
  const kernels::Check check = bench.checked();
  EXPECT_EQ(check.outcome, Outcome::right) << "worst " << check.worst << " at " << check.where;
}

INSTANTIATE_TEST_SUITE_P(
    Operations, EveryPortable,
    testing::Values("copy n=100003 type=i8", "triad n=1003 type=f32", "triad n=1003 type=bf16",
                    "triad n=1003 type=f16", "read n=20003 type=f32", "read n=20003 type=bf16",
                    "read n=5 type=f16", "launch n=3", "fma n=640 steps=7 type=f32",
                    "fma n=640 steps=7 type=bf16", "fma n=640 steps=7 type=i8 dist=uniform"));
// Odd extents, each layout, each type; extents within one candidate's sizes share a program.
INSTANTIATE_TEST_SUITE_P(
    Matmul, EveryPortable,
    testing::Values("matmul m=131 n=141 k=301 a=f32 layout=nn batch=2",
                    "matmul m=131 n=141 k=301 a=f32 layout=nt",
                    "matmul m=131 n=141 k=301 a=f32 layout=tn",
                    "matmul m=131 n=141 k=301 a=f32 layout=tt", "matmul m=128 n=128 k=256 a=f32",
                    "matmul m=131 n=141 k=301 a=f16", "matmul m=131 n=141 k=301 a=bf16 c=bf16",
                    "matmul m=131 n=141 k=301 a=i8 layout=nt", "matmul m=1 n=1100 k=67 a=bf16",
                    "matmul m=2 n=3 k=1 a=f32 layout=tt"));
// For a simulator that interprets each instruction and looks for races: every kernel, with more
// than one group of work-items and each way of staging.
INSTANTIATE_TEST_SUITE_P(
    Simulated, EveryPortable,
    testing::Values("copy n=1003 type=i8", "triad n=1003 type=bf16", "triad n=1003 type=f16",
                    "launch n=3", "fma n=640 steps=7 type=f32", "fma n=640 steps=7 type=bf16",
                    "fma n=640 steps=7 type=i8 dist=uniform",
                    "matmul m=66 n=68 k=20 a=f32 layout=tn", "matmul m=66 n=68 k=20 a=f16",
                    "matmul m=66 n=68 k=20 a=bf16 c=bf16 layout=tt",
                    "matmul m=66 n=68 k=20 a=i8 layout=nt", "matmul m=1 n=70 k=67 a=bf16",
                    "matmul m=5 n=34 k=64 a=mxfp8e4m3 c=bf16", "matmul m=3 n=20 k=64 a=f16 b=nvfp4",
                    "matmul m=3 n=20 k=128 a=bf16 b=i4g128",
                    "attention b=1 hq=2 hkv=1 sq=20 skv=77 d=20 type=f16 mask=causal softcap=7",
                    "attention b=1 hq=2 hkv=1 sq=5 skv=7 d=20 dv=36 type=f32",
                    "paged_attention b=2 hq=2 hkv=1 sq=3 skv=77 d=40 page=7 type=f16 pages=40",
                    "grouped_matmul tokens=9 n=33 k=70 groups=12 a=i8 c=i32"));
// Oclgrind does not know the integers of 128 bits that optimising these kernels gives.
INSTANTIATE_TEST_SUITE_P(
    SimulatedAsWritten, EveryPortable,
    testing::Values("read n=8999 type=bf16", "read n=20003 type=f32",
                    "attention b=1 hq=4 hkv=2 sq=1 skv=40 d=16 type=bf16 mask=causal window=20 "
                    "sinks=learned",
                    "grouped_matmul tokens=7 n=12 k=20 groups=3 a=bf16 c=f32 routing=zipf"));
// Each element and scale type, each decoded while it is staged.
INSTANTIATE_TEST_SUITE_P(
    Formats, EveryPortable,
    testing::Values("matmul m=37 n=141 k=320 a=mxfp8e4m3 c=bf16 batch=2",
                    "matmul m=37 n=141 k=320 a=mxfp8e5m2 b=mxfp6e3m2 dist=integer",
                    "matmul m=37 n=141 k=320 a=mxfp4 b=mxfp6e2m3",
                    "matmul m=1 n=1100 k=320 a=f16 b=nvfp4 layout=tt",
                    "matmul m=37 n=141 k=384 a=bf16 b=i4g128 dist=normal",
                    "grouped_matmul tokens=131 n=141 k=384 groups=7 a=f8e4m3g128 routing=zipf"));
INSTANTIATE_TEST_SUITE_P(
    Attention, EveryPortable,
    testing::Values("attention b=1 hq=4 hkv=4 sq=70 skv=150 d=64 type=f32 mask=causal",
                    "attention b=2 hq=8 hkv=2 sq=1 skv=600 d=128 type=bf16",
                    "attention b=1 hq=4 hkv=1 sq=3 skv=333 d=64 type=f16 mask=causal",
                    "attention b=1 hq=2 hkv=2 sq=33 skv=65 d=192 dv=128 type=bf16 mask=causal",
                    "attention b=1 hq=1 hkv=1 sq=17 skv=40 d=256 type=f32",
                    "attention b=1 hq=2 hkv=1 sq=5 skv=7 d=20 dv=36 type=f32",
                    "attention b=1 hq=4 hkv=2 sq=70 skv=450 d=64 type=f32 mask=causal window=100 "
                    "softcap=50 sinks=learned",
                    "attention b=2 hq=8 hkv=2 sq=1 skv=900 d=64 type=bf16 mask=causal window=130 "
                    "sinks=learned",
                    "attention b=1 hq=2 hkv=1 sq=5 skv=77 d=20 type=f16 softcap=7 dist=llm",
                    "paged_attention b=3 hq=8 hkv=2 skv=900 d=128 type=bf16 lengths=uneven",
                    "paged_attention b=2 hq=4 hkv=2 sq=33 skv=200 d=64 page=64 type=f32 "
                    "lengths=uneven window=50 softcap=30 sinks=learned",
                    "paged_attention b=2 hq=2 hkv=1 sq=3 skv=77 d=40 page=7 type=f16 pages=40",
                    "mla_decode b=2 hq=16 skv=300 type=bf16",
                    "grouped_matmul tokens=131 n=141 k=301 groups=7 a=bf16 c=f32 routing=zipf",
                    "grouped_matmul tokens=64 n=72 k=40 groups=5 a=f32 layout=nt routing=one",
                    "grouped_matmul tokens=9 n=33 k=70 groups=12 a=i8 c=i32"));

class EveryTransfer : public Opencl, public testing::WithParamInterface<const char*> {};

TEST_P(EveryTransfer, ArrivesCompleteTwice) {
  ASSERT_EQ(reason(GetParam(), opencl::kTransferName), "");
  Bench bench(GetParam(), opencl::kTransferName);
  EXPECT_EQ(bench.checked().outcome, Outcome::right);
  EXPECT_EQ(bench.checked(ASSAY_COLD).outcome, Outcome::right);
}

INSTANTIATE_TEST_SUITE_P(Directions, EveryTransfer,
                         testing::Values("transfer direction=h2d memory=pinned n=100003 type=i8",
                                         "transfer direction=h2d memory=pageable n=1003 type=f32",
                                         "transfer direction=d2h memory=pinned n=1003 type=bf16",
                                         "transfer direction=d2h memory=pageable n=70001 type=f64",
                                         "transfer direction=d2d n=1003 type=f32"));

TEST_F(Opencl, MultipliesF64IfTheDeviceSupportsIt) {
  const char* const problem = "matmul m=131 n=141 k=301 a=f64";
  if (!device().target().f64) {
    EXPECT_THAT(reason(problem, kPortableName), HasSubstr("f64"));
    return;
  }
  EXPECT_EQ(Bench(problem, kPortableName).checked().outcome, Outcome::right);
}

TEST_F(Opencl, AColdLaunchGivesTheSameResult) {
  Bench bench("triad n=1003 type=f32", kPortableName);
  EXPECT_EQ(bench.checked(ASSAY_COLD).outcome, Outcome::right);
}

TEST(OpenclKind, IsOneAnswerForADeviceThatSaysItIsSeveral) {
  const auto with = [](cl_device_type type) {
    FoundDevice device;
    device.type = type;
    return device;
  };
  const FoundDevice both = with(CL_DEVICE_TYPE_CPU | CL_DEVICE_TYPE_GPU);
  EXPECT_EQ(kind_of(both), Kind::gpu);
  EXPECT_EQ(kind_of(with(CL_DEVICE_TYPE_CPU | CL_DEVICE_TYPE_DEFAULT)), Kind::cpu);
  EXPECT_EQ(kind_of(with(CL_DEVICE_TYPE_ACCELERATOR)), Kind::other);
  if (found_devices().empty()) GTEST_SKIP() << findings().summary;
  FoundDevice real = found_devices().front();
  real.type = both.type;
  EXPECT_EQ(description(real).kind, "gpu");
  EXPECT_FALSE(portable_target(real).cpu);
  for (const auto& [key, value] : description(real).properties) EXPECT_NE(key, "use");
}

TEST(OpenclFlush, IsLargeEnoughForCachesThatDriversDoNotTell) {
  constexpr std::uint64_t kMiB = 1 << 20, kMuch = std::uint64_t{64} << 30;
  EXPECT_EQ(flush_bytes(Kind::gpu, 16 << 10, kMuch, kMuch), 512 * kMiB);
  EXPECT_EQ(flush_bytes(Kind::other, 0, kMuch, kMuch), 512 * kMiB);
  EXPECT_EQ(flush_bytes(Kind::gpu, 408 * kMiB, kMuch, kMuch), 816 * kMiB);
  EXPECT_EQ(flush_bytes(Kind::cpu, 1 * kMiB, kMuch, kMuch), 64 * kMiB);
  EXPECT_EQ(flush_bytes(Kind::gpu, 0, 1024 * kMiB, kMuch), 256 * kMiB);
  EXPECT_EQ(flush_bytes(Kind::gpu, 0, kMuch, 128 * kMiB), 128 * kMiB);
}

/// Passes fills and copies on, and follows them through a cache of 256 MB that no driver tells.
class WatchedCache {
 public:
  WatchedCache() : functions_(const_cast<Functions&>(cl())), real_(functions_) {
    watched_ = this;
    functions_.EnqueueFillBuffer = [](cl_command_queue queue, cl_mem buffer, const void* pattern,
                                      size_t size, size_t offset, size_t bytes, cl_uint waits,
                                      const cl_event* wait, cl_event* event) {
      watched_->cache.write(watched_->at(buffer, offset), bytes);
      return watched_->real_.EnqueueFillBuffer(queue, buffer, pattern, size, offset, bytes, waits,
                                               wait, event);
    };
    functions_.EnqueueCopyBuffer = [](cl_command_queue queue, cl_mem from, cl_mem to,
                                      size_t from_offset, size_t to_offset, size_t bytes,
                                      cl_uint waits, const cl_event* wait, cl_event* event) {
      watched_->cache.read(watched_->at(from, from_offset), bytes);
      watched_->cache.write(watched_->at(to, to_offset), bytes);
      return watched_->real_.EnqueueCopyBuffer(queue, from, to, from_offset, to_offset, bytes,
                                               waits, wait, event);
    };
  }
  ~WatchedCache() { functions_ = real_; }
  WatchedCache(const WatchedCache&) = delete;
  WatchedCache& operator=(const WatchedCache&) = delete;

  /// Each buffer is far from all others.
  const void* at(cl_mem buffer, std::size_t offset) {
    const auto [slot, fresh] = places_.try_emplace(buffer, (places_.size() + 1) << 40);
    return reinterpret_cast<const void*>(slot->second + offset);
  }
  fakes::Cache cache{256'000'000};

 private:
  static inline WatchedCache* watched_ = nullptr;
  Functions& functions_;
  Functions real_;
  std::map<cl_mem, std::uintptr_t> places_;
};

TEST_F(Opencl, AFlushLeavesNothingButCleanLines) {
  FoundDevice found = found_devices().front();
  found.type = CL_DEVICE_TYPE_GPU;
  Device gpu(found, assay_open_options{sizeof(assay_open_options), 0, 0});
  WatchedCache watched;
  const std::unique_ptr<Buffer> operand = gpu.allocate(1 << 20);
  const void* const at = watched.at(operand->get(), 0);
  ASSERT_EQ(watched.cache.held(at, operand->bytes()), operand->bytes());
  for (int turn = 0; turn < 2; ++turn) {
    gpu.flush_caches();
    EXPECT_EQ(watched.cache.held(at, operand->bytes()), 0U);
    EXPECT_LE(watched.cache.dirty(), 32'000'000U);
    watched.cache.write(at, operand->bytes());
  }
}

TEST(OpenclTime, IsTheHostsWhereEventsTellNone) {
  EXPECT_DOUBLE_EQ(device_seconds(5, 5, 0.189), 0.189);
  EXPECT_DOUBLE_EQ(device_seconds(7, 6, 0.189), 0.189) << "a clock that runs backwards";
  EXPECT_DOUBLE_EQ(device_seconds(5, 6, 0.189), 0.189) << "a nanosecond later";
  EXPECT_DOUBLE_EQ(device_seconds(0, 2'000, 5e-3), 2e-6) << "a short launch, and a slow host";
  EXPECT_DOUBLE_EQ(device_seconds(0, 50'000'000, 0.06), 0.05);
}

TEST_F(Opencl, RecordsWhatRan) {
  Bench bench("triad n=1003 type=f32", kPortableName);
  EXPECT_EQ(detail(*bench.executable, "source.sha256"),
            kernels::portable_source_sha256(*kernels::find_portable("triad")));
  EXPECT_EQ(detail(*bench.executable, "prelude"), "opencl");
  EXPECT_THAT(detail(*bench.executable, "parameters"), HasSubstr("GROUP_ITEMS="));
}

TEST_F(Opencl, ReportsTheCompilersLogAndTheDeviceStillWorks) {
  try {
    device().build("__kernel void broken() { no_such_word(); }");
    FAIL() << "it compiled";
  } catch (const sdk::Failure& failure) {
    EXPECT_EQ(failure.status(), ASSAY_INVALID);
    EXPECT_THAT(failure.what(), HasSubstr("no_such_word"));
  }
  EXPECT_EQ(Bench("launch n=3", kPortableName).checked().outcome, Outcome::right);
}

TEST_F(Opencl, ReportsOutOfMemoryBeyondTheDevicesMemory) {
  try {
    device().allocate(std::uint64_t{1} << 50);
    FAIL() << "it was allocated";
  } catch (const sdk::Failure& failure) {
    EXPECT_EQ(failure.status(), ASSAY_OUT_OF_MEMORY);
  }
}

class Clblast : public Opencl, public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    Opencl::SetUp();
    if (IsSkipped()) return;
    const std::string why = reason(GetParam(), kClblastName);
    if (why.find("not found") != std::string::npos) GTEST_SKIP() << why;
  }
};

TEST_P(Clblast, ProductIsRight) {
  Bench bench(GetParam(), kClblastName);
  const kernels::Check check = bench.checked();
  EXPECT_EQ(check.outcome, Outcome::right) << "worst " << check.worst << " at " << check.where;
}

INSTANTIATE_TEST_SUITE_P(Layouts, Clblast,
                         testing::Values("matmul m=131 n=77 k=65 a=f32 layout=nn",
                                         "matmul m=131 n=77 k=65 a=f32 layout=tt",
                                         "matmul m=31 n=77 k=65 a=f32 layout=nt batch=3"));

TEST_F(Opencl, ClblastReportsWhatItCannotMultiply) {
  if (reason("matmul m=8 n=8 k=8 a=f32", kClblastName) != "") GTEST_SKIP() << "no CLBlast";
  EXPECT_THAT(reason("matmul m=8 n=8 k=8 a=bf16", kClblastName), HasSubstr("bf16"));
  EXPECT_THAT(reason("matmul m=8 n=8 k=8 a=f16", kClblastName), HasSubstr("sums"));
}

}  // namespace
}  // namespace assay::backends::opencl

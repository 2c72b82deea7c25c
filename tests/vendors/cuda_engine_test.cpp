// The engine of runtimes that copy CUDA on a pretended device whose time is counted: what it must
// measure is known exactly, and how often it asks the libraries for plans.
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "backends/cudalike/device.h"
#include "backends/cudalike/implementation.h"
#include "backends/cudalike/work.h"
#include "kernels/operation.h"
#include "tests/fakes/cudalike/device_time.h"
#include "unit/backends/temporary_folder.h"

extern "C" {
int assay_fake_gpu_calls(const char* name);
void assay_fake_gpu_persist();
}

namespace assay::backends::cudalike {
namespace {

using fakes::cudalike::kBytesPerSecond;
using fakes::cudalike::kCacheBytes;
using fakes::cudalike::kEventSeconds;
using fakes::cudalike::kLaunchSeconds;

class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    setenv(name, value.c_str(), 1);
  }
  ~Variable() { unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

class Engine : public testing::Test {
 protected:
  Engine()
      : home_("CUDA_HOME", ASSAY_PRETENDED_HOME),
        files_("ASSAY_DEVICE_FILES", ASSAY_PRETENDED_FILES),
        time_("ASSAY_FAKE_TIME", "counted") {
    serve(find_dialect("nvidia"));
    EXPECT_EQ(platform().findings().devices, 1U) << platform().findings().summary;
    device_ = std::make_unique<Device>(0, false);
  }

  /// The median of the launches' times.
  static double median(std::vector<assay_launch> launches) {
    const auto middle = launches.begin() + std::ssize(launches) / 2;
    std::nth_element(launches.begin(), middle, launches.end(),
                     [](auto& a, auto& b) { return a.device_seconds < b.device_seconds; });
    return middle->device_seconds;
  }

  double seconds(Work& work, assay_mode mode, std::size_t launches) {
    Timer timer(device_->timing(), work);
    std::vector<assay_launch> all(launches);
    timer.run(all, mode);
    details_ = timer.details();
    return median(all);
  }

  Variable home_, files_, time_;
  std::unique_ptr<Device> device_;
  std::map<std::string, std::string> details_;
};

/// Copies `bytes` from one buffer to another: a launch whose time is known.
class Copying final : public Work {
 public:
  Copying(Device& device, std::uint64_t bytes)
      : device_(device), from_(device.allocate(bytes)), to_(device.allocate(bytes)) {}
  void launch() override {
    copy_async(to_->data(), from_->data(), from_->bytes(), Direction::on_device, device_.stream());
  }
  double hot_seconds() const {
    // What the launch before has written is still in the cache, and written back.
    const auto bytes = static_cast<double>(from_->bytes());
    const auto kept = std::min(bytes, static_cast<double>(kCacheBytes));
    return kLaunchSeconds + (2 * bytes + kept) / kBytesPerSecond;
  }
  double clean_seconds() const {
    return kLaunchSeconds + 2 * static_cast<double>(from_->bytes()) / kBytesPerSecond;
  }

 private:
  Device& device_;
  std::unique_ptr<Buffer> from_, to_;
};

TEST_F(Engine, JoinsLaunchesUntilTheEventsHardlyCount) {
  // 2.6 µs in a graph; 33 and 400 µs without.
  for (const auto& [bytes, launches] :
       {std::pair{1U << 14, 2000U}, std::pair{1U << 20, 200U}, std::pair{19U << 20, 9U}}) {
    Copying work(*device_, bytes);
    const double measured = seconds(work, ASSAY_HOT, launches);
    EXPECT_GE(measured, work.hot_seconds() * 0.9999);
    EXPECT_LE(measured, work.hot_seconds() * 1.002) << bytes;
    EXPECT_GE(std::stod(details_["timing.joined_launches"]) * work.hot_seconds(), 1e-3);
    EXPECT_EQ(details_.contains("timing.graph_launches"), work.hot_seconds() < 20e-6);
  }
}

TEST_F(Engine, TimesLongLaunchesOneByOne) {
  Copying work(*device_, 50 << 20);
  const int before = assay_fake_gpu_calls("cudaEventRecord");
  seconds(work, ASSAY_HOT, 3);
  EXPECT_FALSE(details_.contains("timing.joined_launches"));
  EXPECT_GE(assay_fake_gpu_calls("cudaEventRecord") - before, 6 + 8);
}

TEST_F(Engine, LaunchesNoMoreThanAskedWhereItNeedsNoGraph) {
  Copying work(*device_, 1 << 20);
  Timer timer(device_->timing(), work);
  const int before = assay_fake_gpu_calls("cudaMemcpyAsync");
  for (const std::size_t count : {1U, 3U, 100U}) {
    std::vector<assay_launch> all(count);
    timer.run(all, ASSAY_HOT);
    for (const assay_launch& one : all) EXPECT_GT(one.host_seconds, 0);
  }
  // One untimed launch leads each call.
  EXPECT_EQ(assay_fake_gpu_calls("cudaMemcpyAsync") - before, 104 + 3);
}

TEST_F(Engine, LeavesHardlyAnyDirtyLinesForAColdLaunchToWriteBack) {
  Copying work(*device_, 1 << 20);
  const double measured = seconds(work, ASSAY_COLD, 20);
  const double of_a_dirty_cache = static_cast<double>(kCacheBytes) / kBytesPerSecond;
  EXPECT_GE(measured, work.clean_seconds());
  EXPECT_LE(measured, work.clean_seconds() + kEventSeconds + of_a_dirty_cache / 8);
}

TEST_F(Engine, ResetsLinesThatPersistBeforeColdLaunches) {
  Copying work(*device_, 1 << 20);
  Timer timer(device_->timing(), work);
  assay_fake_gpu_persist();
  std::vector<assay_launch> all(3);
  timer.run(all, ASSAY_COLD);
  EXPECT_GE(all.front().device_seconds, work.clean_seconds());
}

TEST_F(Engine, ReadsTheSensorsWhileLaunchesAreQueued) {
  const Variable clock("ASSAY_FAKE_BUSY_CLOCK", "800");
  Copying work(*device_, 1 << 20);
  Timer timer(device_->timing(), work);
  std::vector<assay_launch> all(1000);
  // Nobody has asked for the sensors yet.
  timer.run(all, ASSAY_HOT);
  const sdk::Readings idle = device_->sensors();
  EXPECT_EQ(idle.clock_hz, 1400e6);
  EXPECT_EQ(idle.power_watts, 60);
  timer.run(all, ASSAY_HOT);
  const sdk::Readings busy = device_->sensors();
  EXPECT_EQ(busy.clock_hz, 800e6);
  EXPECT_EQ(busy.power_watts, 120);
  EXPECT_EQ(device_->sensors().clock_hz, 1400e6) << "without work since";
}

TEST_F(Engine, DoesNotTakeTheClockOfARestingDeviceForThatOfItsWork) {
  using Clock = std::chrono::steady_clock;
  const std::chrono::milliseconds between(20);  // readings
  device_->sensors();
  for (int i = 0; i < 100; ++i) {
    std::this_thread::sleep_for(between);
    const auto begin = Clock::now();
    device_->timing().while_busy(1);
    EXPECT_EQ(device_->sensors().clock_hz, 1400e6);
    // Too soon for another reading while it works.
    device_->timing().while_busy(1);
    const sdk::Readings after = device_->sensors();
    if (Clock::now() - begin >= between) continue;
    EXPECT_TRUE(std::isnan(after.clock_hz));
    EXPECT_TRUE(std::isnan(after.power_watts));
    EXPECT_EQ(after.temperature_celsius, 45);
    EXPECT_EQ(device_->sensors().clock_hz, 1400e6) << "without work since";
    return;
  }
  GTEST_SKIP() << "this machine is too busy";
}

TEST_F(Engine, DoesNotKeepTheHostFromAShortQueue) {
  const Variable clock("ASSAY_FAKE_BUSY_CLOCK", "800");
  Copying work(*device_, 1 << 20);
  Timer timer(device_->timing(), work);
  device_->sensors();
  std::vector<assay_launch> all(10);
  timer.run(all, ASSAY_HOT);
  EXPECT_EQ(device_->sensors().clock_hz, 1400e6);
}

TEST_F(Engine, NamesALimitWhoseCounterGrewWhileLaunchesRan) {
  const Variable limit("ASSAY_FAKE_LIMIT", "74");
  Copying work(*device_, 1 << 20);
  Timer timer(device_->timing(), work);
  EXPECT_EQ(device_->sensors().throttle, "");
  std::vector<assay_launch> all(1000);
  timer.run(all, ASSAY_HOT);
  EXPECT_EQ(device_->sensors().throttle, "software power cap");
  EXPECT_EQ(device_->sensors().throttle, "");
}

/// One implementation, with its buffers of zeros.
class Prepared {
 public:
  Prepared(Device& device, const std::string& text, const std::string& name)
      : problem_(kernels::Problem::parse(text)) {
    for (const kernels::Operand& operand : problem_.operation().operands(problem_)) {
      owned_.push_back(device.allocate(static_cast<std::uint64_t>(operand.bytes())));
      buffers_.push_back(owned_.back().get());
    }
    for (const Implementation* one : implementations()) {
      if (!one->serves(problem_) || one->name(platform().dialect()) != name) continue;
      // As a run does: it asks what there is twice, first for how many.
      for (int i = 0; i < 2; ++i) EXPECT_EQ(one->why_not(problem_, device), "");
      work_ = one->prepare(problem_, buffers_, device);
    }
  }
  Work& operator*() { return *work_; }
  std::string detail(const std::string& key) const { return work_->details()[key]; }

 private:
  kernels::Problem problem_;
  std::vector<std::unique_ptr<Buffer>> owned_;
  std::vector<Buffer*> buffers_;
  std::unique_ptr<Work> work_;
};

TEST_F(Engine, TakesMemoryOfTheHostFromTheDevicesNode) {
  const TemporaryFolder pci;
  pci.write("0000:01:00.0/numa_node", "0\n");
  for (const std::string memory : {"pinned", "pageable"}) {
    const std::string problem = "transfer direction=h2d n=4096 type=f32 memory=" + memory;
    EXPECT_TRUE(
        Prepared(*device_, problem, "library/memcpy").detail("memory.node").starts_with("any node"))
        << "the kernel names none";
    const Variable folder("ASSAY_PCI_DEVICES", pci.path());
    const int before = assay_fake_gpu_calls("memory of the host by a policy");
    const Prepared made(*device_, problem, "library/memcpy");
    if (made.detail("memory.node").find("set_mempolicy") != std::string::npos) {
      GTEST_SKIP() << "this machine forbids it: " << made.detail("memory.node");
    }
    EXPECT_EQ(made.detail("memory.node"), "node 0");
    if (memory == "pinned") {
      EXPECT_EQ(assay_fake_gpu_calls("memory of the host by a policy"), before + 1);
    }
    int mode = 1;
    EXPECT_EQ(syscall(SYS_get_mempolicy, &mode, nullptr, 0, nullptr, 0), 0);
    EXPECT_EQ(mode, 0) << "the policy ends with the allocation";
  }
}

constexpr const char* kHeuristic = "cublasLtMatmulAlgoGetHeuristic";

TEST_F(Engine, TakesTheFasterStorageOfOperandsThatItMatters) {
  for (const std::string type : {"i8", "tf32"}) {
    for (const auto& [slow, fast] : {std::pair{"nn", "TN"}, std::pair{"tn", "NN"}}) {
      const Variable variable("ASSAY_FAKE_SLOW", slow);
      const int before = assay_fake_gpu_calls(kHeuristic);
      const Prepared made(*device_, "matmul m=128 n=96 k=256 a=" + type, "library/cublaslt");
      EXPECT_EQ(made.detail("storage"), fast) << type;
      EXPECT_EQ(made.detail("packing") == "none", made.detail("storage") == "NN");
      EXPECT_TRUE(made.detail("storage.tried").starts_with("NN ")) << made.detail("storage.tried");
      EXPECT_NE(made.detail("storage.tried").find(", TN "), std::string::npos);
      EXPECT_LE(assay_fake_gpu_calls(kHeuristic) - before, 2);
    }
  }
}

TEST_F(Engine, LeavesTheStorageOfOtherOperandsAsItIs) {
  for (const std::string rest : {"a=f16", "a=i8 layout=nt", "a=tf32 layout=tn"}) {
    const Variable variable("ASSAY_FAKE_SLOW", "nn");
    const int before = assay_fake_gpu_calls(kHeuristic);
    const Prepared made(*device_, "matmul m=64 n=96 k=128 " + rest, "library/cublaslt");
    EXPECT_EQ(made.detail("packing"), "none") << rest;
    EXPECT_EQ(made.detail("storage.tried").find(','), std::string::npos);
    EXPECT_EQ(assay_fake_gpu_calls(kHeuristic) - before, 1);
  }
}

constexpr const char* kAttention = "attention b=1 hq=2 hkv=2 sq=64 skv=64 d=64 type=f16";

TEST_F(Engine, MakesEachPlanOfCudnnOnce) {
  const int before = assay_fake_gpu_calls("a plan of cuDNN");
  const Prepared first(*device_, kAttention, "library/cudnn");
  // Of three engines that are proposed, one of which is then refused.
  EXPECT_EQ(assay_fake_gpu_calls("a plan of cuDNN") - before, 3);
  const Prepared again(*device_, kAttention, "library/cudnn");
  EXPECT_EQ(assay_fake_gpu_calls("a plan of cuDNN") - before, 3);
}

TEST_F(Engine, TakesAnotherPlanOfCudnnWhereOneFailsWhenItIsLaunched) {
  const int next = assay_fake_gpu_calls("cudnnBackendExecute") + 1;
  const Variable fault("ASSAY_FAKE_FAULT", "fail@cudnnBackendExecute:" + std::to_string(next));
  Prepared made(*device_, kAttention, "library/cudnn");
  EXPECT_EQ(made.detail("algorithm.candidate"), "2 of 2");
  EXPECT_EQ(made.detail("algorithm.refused"), "1");
  EXPECT_GT(seconds(*made, ASSAY_HOT, 10), 0);
}

TEST_F(Engine, GivesTheBlasAWorkspaceSoThatGraphsAllocateNone) {
  const int before = assay_fake_gpu_calls("a workspace within a graph");
  Prepared made(*device_, "matmul m=32 n=32 k=32 a=f16", "library/cublas");
  seconds(*made, ASSAY_HOT, 100);
  EXPECT_TRUE(details_.contains("timing.graph_launches"));
  EXPECT_EQ(assay_fake_gpu_calls("a workspace within a graph"), before);
  EXPECT_EQ(made.detail("workspace_bytes"), std::to_string(32 << 20));
}

}  // namespace
}  // namespace assay::backends::cudalike

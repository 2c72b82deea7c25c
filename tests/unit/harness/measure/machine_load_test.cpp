#include "harness/measure/machine_load.h"

#include <gtest/gtest.h>

#include <fstream>

namespace assay::harness::measure {
namespace {

namespace fs = std::filesystem;

class SampleFiles : public testing::Test {
 protected:
  void SetUp() override {
    root = fs::path(testing::TempDir()) /
           testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(root);
    fs::create_directories(root / "proc/pressure");
  }
  void TearDown() override { fs::remove_all(root); }

  void write(const char* name, const char* text) const { std::ofstream(root / name) << text; }

  fs::path root;
};

using ReadMachineLoad = SampleFiles;

TEST_F(ReadMachineLoad, TakesStallsAndTicksFromTheKernelsFiles) {
  write("proc/pressure/cpu",
        "some avg10=1.00 avg60=0.50 avg300=0.10 total=5000000000\n"
        "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
  write("proc/pressure/memory",
        "some avg10=0.00 avg60=0.00 avg300=0.00 total=12\n"
        "full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n");
  write("proc/pressure/io", "some avg10=0.00 avg60=0.00 avg300=0.00 total=3\n");
  write("proc/stat",
        "cpu  100 1 20 700 30 4 5 40 60 0\ncpu0 50 0 10 350 15 2 2 20 30 0\nintr 1 2 3\n");
  const LoadCounters load = read_load_counters(root);
  EXPECT_EQ(load.cpu_some, 5000000000u);
  EXPECT_EQ(load.cpu_full, 0u);
  EXPECT_EQ(load.memory_some, 12u);
  EXPECT_EQ(load.memory_full, 7u);
  EXPECT_EQ(load.io_some, 3u);
  EXPECT_EQ(load.io_full, std::nullopt);
  EXPECT_EQ(load.total_ticks, 900u) << "time of guests counts once";
  EXPECT_EQ(load.idle_ticks, 730u);
  EXPECT_EQ(load.steal_ticks, 40u);
}

TEST_F(ReadMachineLoad, IsAbsentIfTheMachineDoesNotReportIt) {
  write("proc/pressure/cpu", "");
  write("proc/stat", "cpu  100 1 20\n");
  const LoadCounters load = read_load_counters(root);
  EXPECT_EQ(load.cpu_some, std::nullopt);
  EXPECT_EQ(load.memory_some, std::nullopt);
  EXPECT_EQ(load.total_ticks, std::nullopt);
  EXPECT_EQ(load.steal_ticks, std::nullopt);
}

TEST(ReadMachineLoadHere, NeverGoesBack) {
  const LoadCounters before = read_load_counters(), after = read_load_counters();
  EXPECT_GE(after.wall_seconds, before.wall_seconds);
  EXPECT_GE(after.own_cpu_seconds, before.own_cpu_seconds);
  EXPECT_GT(after.ticks_per_second, 0);
}

LoadCounters reading(std::uint64_t cpu, std::uint64_t total, std::uint64_t idle,
                     std::uint64_t steal, double own, double wall) {
  LoadCounters load;
  load.cpu_some = cpu;
  load.memory_some = 0;
  load.total_ticks = total;
  load.idle_ticks = idle;
  load.steal_ticks = steal;
  load.ticks_per_second = 100;
  load.own_cpu_seconds = own;
  load.wall_seconds = wall;
  return load;
}

TEST(MachineLoad, GivesSharesOfWallTimeAndOfAllCpus) {
  // Two seconds on four CPUs: 800 ticks, of which 400 idle and 80 stolen; we used 2.4 of the 3.2 s
  // of work.
  const auto out =
      change(reading(1000, 5000, 3000, 10, 7.0, 50.0), reading(501000, 5800, 3400, 90, 9.4, 52.0));
  EXPECT_DOUBLE_EQ(out.psi_cpu_some.value(), 0.25);
  EXPECT_DOUBLE_EQ(out.psi_memory_some.value(), 0);
  EXPECT_EQ(out.psi_io_some, std::nullopt);
  EXPECT_DOUBLE_EQ(out.steal_share.value(), 0.1);
  EXPECT_DOUBLE_EQ(out.idle_share.value(), 0.5);
  EXPECT_NEAR(out.own_cpu_share.value(), 0.75, 1e-12);
}

TEST(MachineLoad, StaysBetweenZeroAndOne) {
  // Counters of idle time may decrease; a tick is coarser than our clock.
  const auto out = change(reading(0, 100, 60, 0, 0.0, 1.0), reading(9000000, 110, 55, 0, 0.5, 2.0));
  EXPECT_DOUBLE_EQ(out.psi_cpu_some.value(), 1);
  EXPECT_DOUBLE_EQ(out.idle_share.value(), 0);
  EXPECT_DOUBLE_EQ(out.own_cpu_share.value(), 1);
}

TEST(MachineLoad, HasNoSharesOfTicksWhereOnlyFewPassed) {
  // 0.1 s on two CPUs: 20 ticks in all, of which one is a twentieth.
  const auto out = change(reading(0, 100, 60, 0, 0.0, 1.0), reading(50000, 120, 60, 0, 0.1, 1.1));
  EXPECT_NEAR(out.psi_cpu_some.value(), 0.5, 1e-9);
  EXPECT_EQ(out.steal_share, std::nullopt);
  EXPECT_EQ(out.idle_share, std::nullopt);
  EXPECT_EQ(out.own_cpu_share, std::nullopt);
}

TEST(MachineLoad, HasNoSharesWhereNoTimePassed) {
  const LoadCounters same = reading(1, 100, 60, 0, 0.5, 1.0);
  const auto out = change(same, same);
  EXPECT_EQ(out.psi_cpu_some, std::nullopt);
  EXPECT_EQ(out.steal_share, std::nullopt);
  EXPECT_EQ(out.own_cpu_share, std::nullopt);
}

}  // namespace
}  // namespace assay::harness::measure

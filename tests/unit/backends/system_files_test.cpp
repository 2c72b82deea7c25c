// Reading /proc and /sys, with artificial trees.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "backends/cpu/control_group.h"
#include "backends/cpu/cpu_identity.h"
#include "backends/cpu/memory.h"
#include "backends/cpu/sensors.h"
#include "backends/cpu/text_files.h"
#include "tests/unit/backends/temporary_folder.h"

namespace assay::backends::cpu {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

SystemFolders folders(const TemporaryFolder& folder) {
  return {folder.path() / "proc", folder.path() / "sys"};
}

TEST(TextFiles, GiveNothingWhereThereIsNothing) {
  EXPECT_EQ(first_line("/nowhere"), "");
  EXPECT_TRUE(std::isnan(first_number("/nowhere")));
  EXPECT_TRUE(entries("/nowhere", "").empty());
}

TEST(CpuIdentity, ReadsAnX86Processor) {
  const CpuIdentity cpu = parse_cpuinfo(
      "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\n"
      "model name\t: AMD EPYC 9654\nstepping\t: 1\nmicrocode\t: 0xa101148\n"
      "flags\t\t: fpu aperfmperf hypervisor\n\nprocessor\t: 1\nmodel name\t: other\n");
  EXPECT_EQ(cpu.name, "AMD EPYC 9654");
  EXPECT_EQ(cpu.vendor, "AMD");
  EXPECT_THAT(cpu.design, ElementsAre(Pair("cpu.family", "25"), Pair("cpu.model", "17"),
                                      Pair("cpu.stepping", "1")));
  EXPECT_EQ(cpu.microcode, "0xa101148");
  EXPECT_TRUE(cpu.virtual_machine);
  EXPECT_TRUE(cpu.clock_measured);
}

TEST(CpuIdentity, ReadsAnArmProcessor) {
  const CpuIdentity cpu = parse_cpuinfo(
      "processor\t: 0\nBogoMIPS\t: 2000.00\nFeatures\t: fp asimd\nCPU implementer\t: 0x48\n"
      "CPU architecture: 8\nCPU variant\t: 0x1\nCPU part\t: 0xd01\nCPU revision\t: 0\n");
  EXPECT_EQ(cpu.name, "");
  EXPECT_EQ(cpu.vendor, "HiSilicon");
  EXPECT_THAT(cpu.design, ElementsAre(Pair("cpu.part", "0xd01"), Pair("cpu.variant", "0x1"),
                                      Pair("cpu.revision", "0")));
  EXPECT_FALSE(cpu.virtual_machine);
  EXPECT_FALSE(cpu.clock_measured);
}

TEST(CpuIdentity, AveragesTheClocks) {
  EXPECT_DOUBLE_EQ(mean_clock_hz("cpu MHz\t: 2000.0\nx\ncpu MHz\t: 3000.5\n"), 2500.25e6);
  EXPECT_TRUE(std::isnan(mean_clock_hz("processor : 0\n")));
}

TEST(ControlGroup, HasNoLimitsWithoutFiles) {
  const TemporaryFolder folder;
  EXPECT_FALSE(cpu_quota(folders(folder)).has_value());
  EXPECT_EQ(memory_limit_of_control_group(folders(folder)), kUnlimited);
  EXPECT_EQ(memory_left_in_control_group(folders(folder)), kUnlimited);
}

TEST(ControlGroup, TakesTheTightestOfNestedGroups) {
  const TemporaryFolder folder;
  folder.write("proc/self/cgroup", "0::/outer/inner\n");
  folder.write("sys/fs/cgroup/outer/inner/cpu.max", "max 100000\n");
  folder.write("sys/fs/cgroup/outer/cpu.max", "250000 100000\n");
  folder.write("sys/fs/cgroup/outer/inner/memory.max", "8000\n");
  folder.write("sys/fs/cgroup/outer/memory.max", "10000\n");
  folder.write("sys/fs/cgroup/outer/memory.current", "7000\n");
  folder.write("sys/fs/cgroup/outer/memory.stat", "anon 5000\ninactive_file 1500\n");
  EXPECT_EQ(cpu_quota(folders(folder)), 2.5);
  EXPECT_EQ(memory_limit_of_control_group(folders(folder)), 8000u);
  EXPECT_EQ(memory_left_in_control_group(folders(folder)), 10000u - 7000u + 1500u);
}

TEST(ControlGroup, ReadsTheFirstVersionAtItsMount) {
  const TemporaryFolder folder;
  folder.write("proc/self/cgroup", "4:memory:/job\n3:cpu,cpuacct:/job\n");
  folder.write("sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "-1\n");
  folder.write("sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000\n");
  folder.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9000\n");
  folder.write("sys/fs/cgroup/memory/memory.usage_in_bytes", "9500\n");
  folder.write("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_FALSE(cpu_quota(folders(folder)).has_value());
  EXPECT_EQ(memory_limit_of_control_group(folders(folder)), 9000u);
  EXPECT_EQ(memory_left_in_control_group(folders(folder)), 0u);
}

TEST(Memory, IsAlignedZeroedAndWritable) {
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{5000}, std::size_t{3} << 20}) {
    Memory memory(bytes);
    EXPECT_EQ(memory.bytes(), bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory.data()) % page_bytes(), 0u);
    EXPECT_EQ(memory.data()[bytes - 1], std::byte{0});
    memory.data()[bytes - 1] = std::byte{1};
  }
}

TEST(Memory, IsRefusedBeyondTheAddressSpace) {
  EXPECT_THROW(Memory{kUnlimited}, std::bad_alloc);
  EXPECT_THROW(Memory{kUnlimited / 4}, std::bad_alloc);
}

TEST(Sensors, TellNothingWhereThereAreNone) {
  const TemporaryFolder folder;
  Sensors sensors({0, 1}, folders(folder));
  for (const double now : {0.0, 1.0}) {
    const Readings readings = sensors.read(now);
    EXPECT_TRUE(std::isnan(readings.energy_joules) && std::isnan(readings.power_watts));
    EXPECT_TRUE(std::isnan(readings.clock_hz) && std::isnan(readings.temperature_celsius));
    EXPECT_FALSE(readings.throttle_known);
  }
}

TEST(Sensors, AddUpPackagesAndUndoOverflows) {
  const TemporaryFolder folder;
  const auto counter = [&](const std::string& zone, const char* name, int microjoules) {
    folder.write("sys/class/powercap/" + zone + "/name", name);
    folder.write("sys/class/powercap/" + zone + "/max_energy_range_uj", "10000000");
    folder.write("sys/class/powercap/" + zone + "/energy_uj", std::to_string(microjoules));
  };
  counter("intel-rapl:0", "package-0", 9000000);
  counter("intel-rapl:0:0", "core", 100);
  counter("intel-rapl:1", "package-1", 1000000);
  counter("intel-rapl:2", "psys", 0);
  Sensors sensors({}, folders(folder));
  EXPECT_DOUBLE_EQ(sensors.read(10).energy_joules, 0);
  counter("intel-rapl:0", "package-0", 2000000);
  counter("intel-rapl:0:0", "core", 5000000);
  counter("intel-rapl:1", "package-1", 2500000);
  counter("intel-rapl:2", "psys", 5000000);
  const Readings readings = sensors.read(12);
  EXPECT_DOUBLE_EQ(readings.energy_joules, 3 + 1.5);
  EXPECT_DOUBLE_EQ(readings.power_watts, 4.5 / 2);
}

TEST(Sensors, AverageTheClocksOfTheirProcessors) {
  const TemporaryFolder folder;
  for (const int processor : {0, 1, 2}) {
    folder.write(
        "sys/devices/system/cpu/cpu" + std::to_string(processor) + "/cpufreq/scaling_cur_freq",
        std::to_string(1000000 * (processor + 1)));
  }
  EXPECT_DOUBLE_EQ(Sensors({0, 2}, folders(folder)).read(0).clock_hz, 2e9);
}

TEST(Sensors, DoNotTakeAConstantForAClock) {
  const TemporaryFolder constant, measured;
  constant.write("proc/cpuinfo", "flags : fpu\ncpu MHz : 2500.0\n");
  measured.write("proc/cpuinfo", "flags : fpu aperfmperf\ncpu MHz : 2500.0\n");
  EXPECT_TRUE(std::isnan(Sensors({0}, folders(constant)).read(0).clock_hz));
  EXPECT_DOUBLE_EQ(Sensors({0}, folders(measured)).read(0).clock_hz, 2.5e9);
}

TEST(Sensors, TellTheHottestOfTheProcessorsAlone) {
  const TemporaryFolder folder;
  folder.write("sys/class/hwmon/hwmon0/name", "nvme");
  folder.write("sys/class/hwmon/hwmon0/temp1_input", "90000");
  folder.write("sys/class/hwmon/hwmon1/name", "k10temp");
  folder.write("sys/class/hwmon/hwmon1/temp1_input", "41000");
  folder.write("sys/class/hwmon/hwmon1/temp3_input", "55500");
  EXPECT_DOUBLE_EQ(Sensors({}, folders(folder)).read(0).temperature_celsius, 55.5);
}

TEST(Sensors, FallBackOnThermalZones) {
  const TemporaryFolder folder;
  folder.write("sys/class/thermal/thermal_zone0/type", "acpitz");
  folder.write("sys/class/thermal/thermal_zone0/temp", "80000");
  folder.write("sys/class/thermal/thermal_zone1/type", "x86_pkg_temp");
  folder.write("sys/class/thermal/thermal_zone1/temp", "47000");
  EXPECT_DOUBLE_EQ(Sensors({}, folders(folder)).read(0).temperature_celsius, 47);
}

TEST(Sensors, SayThatAPackageWasThrottledSinceTheReadingBefore) {
  const TemporaryFolder folder;
  const std::string file = "sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count";
  folder.write(file, "7");
  Sensors sensors({0}, folders(folder));
  EXPECT_TRUE(sensors.read(0).throttle_known);
  EXPECT_EQ(sensors.read(1).throttle, "");
  folder.write(file, "8");
  EXPECT_NE(sensors.read(2).throttle, "");
  EXPECT_EQ(sensors.read(3).throttle, "");
}

}  // namespace
}  // namespace assay::backends::cpu

#include "backends/sdk/host_time.h"

#include <gtest/gtest.h>

#include <vector>

namespace assay::sdk {
namespace {

std::vector<assay_launch> launches_of(std::initializer_list<double> device_seconds) {
  std::vector<assay_launch> launches;
  for (const double seconds : device_seconds) launches.push_back({seconds, 0});
  return launches;
}

double host_sum(const std::vector<assay_launch>& launches) {
  double sum = 0;
  for (const assay_launch& launch : launches) sum += launch.host_seconds;
  return sum;
}

TEST(SteadyClock, IsReadInSeconds) {
  const SteadyClock::time_point begin{std::chrono::milliseconds(1500)};
  EXPECT_DOUBLE_EQ(seconds_since(begin, begin + std::chrono::nanoseconds(3)), 3e-9);
  const auto before = SteadyClock::now();
  const double moment = steady_seconds();
  const double since = seconds_since(before);
  EXPECT_GE(moment, seconds(before.time_since_epoch()));
  EXPECT_LE(moment, seconds(SteadyClock::now().time_since_epoch()));
  EXPECT_GE(since, 0);
}

TEST(HostTime, IsSharedInFullAndOnce) {
  auto launches = launches_of({1e-3, 1e-3, 1e-3, 9e-3});
  share_host_time(launches, 16e-3);
  EXPECT_DOUBLE_EQ(launches[0].host_seconds, 2e-3);
  EXPECT_DOUBLE_EQ(launches[3].host_seconds, 10e-3) << "interrupted, by itself";
  EXPECT_DOUBLE_EQ(host_sum(launches), 16e-3);
}

TEST(HostTime, IsNoLessThanTheDevicesWhereTheDeviceTellsMore) {
  auto launches = launches_of({2e-3, 3e-3});
  share_host_time(launches, 4e-3);
  EXPECT_DOUBLE_EQ(launches[0].host_seconds, 2e-3);
  EXPECT_DOUBLE_EQ(host_sum(launches), 5e-3);
}

TEST(HostTime, IsNeverZero) {
  auto launches = launches_of({0});
  share_host_time(launches, 0);
  EXPECT_GT(launches[0].host_seconds, 0);
}

}  // namespace
}  // namespace assay::sdk

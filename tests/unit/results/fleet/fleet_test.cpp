#include "results/fleet/fleet.h"

#include <gmock/gmock.h>

#include "kernels/error.h"
#include "tests/fleet/simulated_fleet.h"

namespace assay::results::fleet {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

Fleet examined(const SimulatedFleet& simulated, FleetOptions options = {}) {
  const auto records = simulated_records(simulated);
  auto fleets = examine_fleets(records, options);
  return std::move(fleets.front());
}

std::vector<std::pair<FleetFault, std::size_t>> told(const Fleet& fleet) {
  std::vector<std::pair<FleetFault, std::size_t>> out;
  for (const FleetFinding& one : fleet.findings) out.emplace_back(one.fault, one.device);
  return out;
}

void slow_by(record::Record& record, double share) {
  set_time(record, record.summary.median * (1 + share), 0.01);
}

TEST(Fleet, ReportsNothingForEqualDevices) {
  for (const std::size_t devices : {5, 8, 64, 384}) {
    EXPECT_TRUE(examined({.devices = devices}).findings.empty()) << devices;
  }
}

TEST(Fleet, DoesNotRankByTimesThatCannotBeTrue) {
  SimulatedFleet simulated;
  simulated.fault = [](std::size_t device, std::size_t, record::Record& record) {
    if (device != 17) return;
    slow_by(record, 0.3);
    record.phases.warm_up = 1;
    record.phases.launches = 9;
  };
  for (const auto& [fault, device] : told(examined(simulated))) {
    EXPECT_FALSE(fault == FleetFault::slow && device == 17);
  }
}

TEST(Fleet, FindsEveryPlantedFaultOnlyOnItsDevice) {
  SimulatedFleet simulated;
  simulated.fault = [](std::size_t device, std::size_t problem, record::Record& record) {
    if (device == 17) slow_by(record, 0.08);
    if (device == 18 && problem == 3) record.output_hash = "bad";
    if (device == 19) record.sensors.temperature_celsius_maximum = 88;
    if (device == 20) set_time(record, record.summary.median, 0.15);
    if (device == 21) record.sensors.power_watts = 750;
    if (device == 22) record.sensors.throttle = "power cap";
    if (device == 23 && problem == 5) {
      record.status = record::Status::wrong;
      record.reason = "element 63";
    }
    if (device == 24 && problem == 6) record.status = record::Status::crashed;
  };
  const Fleet fleet = examined(simulated);
  EXPECT_THAT(
      told(fleet),
      ElementsAre(std::pair(FleetFault::other_output, 18U), std::pair(FleetFault::wrong, 23U),
                  std::pair(FleetFault::failed, 24U), std::pair(FleetFault::slow, 17U),
                  std::pair(FleetFault::throttled, 22U), std::pair(FleetFault::hot, 19U),
                  std::pair(FleetFault::noisy, 20U), std::pair(FleetFault::high_power, 21U)));
  const FleetFinding& slow = fleet.findings[3];
  EXPECT_NEAR(slow.size, std::log(1.08), 0.03);
  EXPECT_EQ(fleet.devices[17].serial, "S000017");
  EXPECT_EQ(fleet.devices[17].place(), "r00n02 slot 1");
  EXPECT_THAT(fleet.hosts_to_drain(), ElementsAre("r00n02", "r00n03"));
}

TEST(Fleet, NamesTheProblemInWhichADeviceIsSlow) {
  SimulatedFleet simulated;
  simulated.fault = [](std::size_t device, std::size_t problem, record::Record& record) {
    if (device == 100 && problem == 7) slow_by(record, 0.2);
  };
  const Fleet fleet = examined(simulated);
  ASSERT_EQ(fleet.findings.size(), 1U);
  EXPECT_EQ(fleet.findings[0].problem, "copy n=8192 type=f32");
  EXPECT_EQ(fleet.findings[0].count, 1U);
  EXPECT_EQ(fleet.findings[0].records.size(), 1U);
}

TEST(Fleet, FindsATenthOfSlowDevices) {
  SimulatedFleet simulated;
  simulated.fault = [](std::size_t device, std::size_t, record::Record& record) {
    if (device % 10 == 0) slow_by(record, 0.10);
  };
  EXPECT_EQ(examined(simulated).findings.size(), 39U);
}

TEST(Fleet, LeavesOutDifferencesBelowTheMinimum) {
  SimulatedFleet simulated{.between_devices = 0.0005, .between_problems = 0.0005};
  simulated.fault = [](std::size_t device, std::size_t, record::Record& record) {
    if (device == 9) slow_by(record, 0.015);
  };
  EXPECT_TRUE(examined(simulated).findings.empty());
  FleetOptions options;
  options.slow = 0.01;
  EXPECT_EQ(told(examined(simulated, options)),
            (std::vector{std::pair(FleetFault::slow, std::size_t{9})}));
}

TEST(Fleet, TheSlowestDeviceLimitsAllOthers) {
  SimulatedFleet simulated{
      .devices = 10, .problems = 1, .between_devices = 0, .between_problems = 0};
  simulated.fault = [](std::size_t device, std::size_t, record::Record& record) {
    if (device == 4) slow_by(record, 1);
  };
  const FleetWork work = examined(simulated).work.at(0);
  const double one = 8192 / 1e-4;
  EXPECT_DOUBLE_EQ(work.total_rate, 9.5 * one);
  EXPECT_DOUBLE_EQ(work.synchronous_rate, 5 * one);
  EXPECT_EQ(work.slowest, 4U);
}

TEST(Fleet, BlamesNoDeviceForOutputsWithoutAMajority) {
  SimulatedFleet simulated{.devices = 8, .problems = 1};
  simulated.fault = [](std::size_t device, std::size_t, record::Record& record) {
    record.output_hash = std::to_string(device / 2);
  };
  const Fleet fleet = examined(simulated);
  EXPECT_TRUE(fleet.findings.empty());
  EXPECT_THAT(fleet.untested, ElementsAre(HasSubstr("8 devices gave 4 different outputs")));
}

TEST(Fleet, ComparesOnlyOutputsOfFewDevices) {
  SimulatedFleet simulated{.devices = 4, .problems = 1};
  simulated.fault = [](std::size_t device, std::size_t, record::Record& record) {
    if (device == 1) slow_by(record, 1);
    if (device == 2) record.output_hash = "bad";
  };
  const Fleet fleet = examined(simulated);
  EXPECT_EQ(told(fleet), (std::vector{std::pair(FleetFault::other_output, std::size_t{2})}));
  EXPECT_THAT(fleet.untested, ElementsAre(HasSubstr("cannot be estimated from 4 devices")));
}

TEST(Fleet, ReportsADeviceThatLacksMeasurementsOfOthers) {
  auto records = simulated_records({.devices = 6, .problems = 2});
  records.erase(records.begin() + 2 * 3);
  const auto fleets = examine_fleets(records, {});
  EXPECT_EQ(told(fleets.front()), (std::vector{std::pair(FleetFault::missing, std::size_t{3})}));
}

TEST(Fleet, EachKindOfDeviceIsAFleetOfItsOwn) {
  auto records = simulated_records({.devices = 6, .problems = 2});
  for (std::size_t i = 0; i < 4; ++i) records[i].device.name = "Another";
  const auto fleets = examine_fleets(records, {});
  ASSERT_EQ(fleets.size(), 2U);
  EXPECT_EQ(fleets[0].devices.size(), 4U);
  EXPECT_EQ(fleets[1].name, "Another");
}

TEST(Fleet, RacksAreReadFromHostNamesByAPattern) {
  FleetOptions options;
  options.rack = rack_pattern("^(r[0-9]+)", "rack");
  const Fleet fleet = examined({.devices = 130, .problems = 1}, options);
  EXPECT_EQ(fleet.devices.front().rack, "r00");
  EXPECT_EQ(fleet.devices.back().rack, "r02");
  EXPECT_THROW(rack_pattern("r(", "rack"), InputError);
  EXPECT_THROW(rack_pattern("r[0-9]+", "rack"), InputError);
}

TEST(Fleet, OneDeviceIsNotAFleet) {
  const auto records = simulated_records({.devices = 1});
  EXPECT_THROW(examine_fleets(records, {}), InputError);
  EXPECT_THROW(examine_fleets({}, {}), InputError);
}

TEST(Fleet, ModelledDevicesAreNotMembers) {
  auto records = simulated_records({.devices = 6, .problems = 1});
  records[2].origin = record::Origin::modelled;
  EXPECT_EQ(examine_fleets(records, {}).front().devices.size(), 5U);
}

TEST(FleetHeadline, SaysNoOutliersOnlyIfAllSpeedsWereTestedAndLittleIsLost) {
  EXPECT_EQ(headline(examined({.devices = 8, .problems = 2})), "no outliers");
  EXPECT_EQ(headline(examined({.devices = 4, .problems = 1})),
            "no fault was found; slowness was not tested");
}

TEST(FleetHeadline, CountsTheDevicesWhoseTimesCouldBeTrusted) {
  SimulatedFleet simulated{.devices = 8, .problems = 2};
  simulated.fault = [](std::size_t device, std::size_t, record::Record& record) {
    if (device == 1) record.machine_load.own_cpu_share = 0.4;
    if (device == 2) record.steady = false;
  };
  const Fleet fleet = examined(simulated);
  EXPECT_EQ(fleet.speed_tested, 6U);
  EXPECT_EQ(headline(fleet), "no outlier was found; slowness was tested for 6 of 8 devices");
  EXPECT_THAT(fleet.untested, ElementsAre(HasSubstr("2 busy, 2 unsettled")));
}

TEST(FleetHeadline, DoesNotCountADeviceOfWhichFewTimesCouldBeTrusted) {
  SimulatedFleet simulated{.devices = 8, .problems = 5};
  simulated.fault = [](std::size_t device, std::size_t problem, record::Record& record) {
    if (device == 1 && problem > 0) record.machine_load.own_cpu_share = 0.4;
    if (device == 2 && problem > 2) record.machine_load.own_cpu_share = 0.4;
  };
  EXPECT_EQ(examined(simulated).speed_tested, 7U);
}

TEST(FleetHeadline, NamesAGreatLossThatNoTestFound) {
  // Its measurement was disturbed, so that it is not tested, but everyone would wait for it.
  SimulatedFleet simulated{.devices = 8, .problems = 1};
  simulated.fault = [](std::size_t device, std::size_t, record::Record& record) {
    if (device != 3) return;
    slow_by(record, 4.6);
    record.machine_load.own_cpu_share = 0.2;
  };
  const Fleet fleet = examined(simulated);
  EXPECT_TRUE(fleet.findings.empty());
  EXPECT_THAT(headline(fleet), AllOf(HasSubstr("no outlier was found"), HasSubstr("7 of 8 devices"),
                                     HasSubstr("80% of the sum is lost"), HasSubstr("slot 3"),
                                     HasSubstr("doubtful: busy")));
}

TEST(Fleet, AThrottledDeviceIsReportedByTheJudgementOfTrust) {
  SimulatedFleet simulated{.devices = 8, .problems = 1};
  simulated.fault = [](std::size_t device, std::size_t, record::Record& record) {
    record.device.clock_hz = 2e9;
    record.sensors.clock_hz_median = device == 5 ? 1e9 : 2e9;
  };
  EXPECT_EQ(told(examined(simulated)),
            (std::vector{std::pair(FleetFault::throttled, std::size_t{5})}));
}

}  // namespace
}  // namespace assay::results::fleet

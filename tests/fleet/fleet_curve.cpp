// Prints the rate of false findings in fleets without faults, and how often a slow device is found:
// fleet_curve FLEETS DEVICES
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "results/fleet/fleet.h"
#include "tests/fleet/simulated_fleet.h"

namespace {

using namespace assay;

struct Counts {
  int false_fleets = 0, found = 0;
};

Counts count(results::SimulatedFleet fleet, int fleets, double slow) {
  Counts out;
  const std::size_t victim = fleet.devices / 3;
  if (slow > 0) {
    fleet.fault = [=](std::size_t device, std::size_t, results::record::Record& record) {
      if (device == victim) results::set_time(record, record.summary.median * (1 + slow), 0.01);
    };
  }
  for (int i = 0; i < fleets; ++i) {
    fleet.seed = static_cast<std::uint64_t>(i) + 1;
    const auto records = simulated_records(fleet);
    const results::fleet::Fleet examined =
        std::move(results::fleet::examine_fleets(records, {}).front());
    bool found = false, wrong = false;
    for (const results::fleet::FleetFinding& one : examined.findings) {
      (slow > 0 && one.device == victim ? found : wrong) = true;
    }
    out.found += found ? 1 : 0;
    out.false_fleets += wrong ? 1 : 0;
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: fleet_curve FLEETS DEVICES\n");
    return 2;
  }
  const int fleets = std::atoi(argv[1]);
  results::SimulatedFleet fleet;
  fleet.devices = std::strtoul(argv[2], nullptr, 10);
  fmt::print(
      "{} fleets of {} devices, {} problems; speeds scatter by 1% from device to device\n"
      "and by 0.5% from problem to problem\n\n"
      "speeds                   anything told     found: 3% slow   5% slow   8% slow\n",
      fleets, fleet.devices, fleet.problems);
  const std::pair<const char*, double> kinds[] = {
      {"normal", 0}, {"t with 10 degrees", 10}, {"t with 4 degrees", 4}};
  const auto begin = std::chrono::steady_clock::now();
  for (const auto& [name, freedom] : kinds) {
    fleet.freedom = freedom;
    fmt::print("{:<24} {:>4} of {:<4}", name, count(fleet, fleets, 0).false_fleets, fleets);
    for (const double slow : {0.03, 0.05, 0.08}) {
      fmt::print("{:>14} of {}", count(fleet, fleets, slow).found, fleets);
    }
    fmt::print("\n");
  }
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
  fmt::print("\n{:.1f} s\n", spent.count());
}

// Writes a run of a simulated fleet as JSON lines:  simulated_run DEVICES PROBLEMS [FAULTS]
// FAULTS, separated by commas: slow:17 hot:3 noisy:4 answer:5 lost:6, each at that device.
#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <sstream>

#include "tests/fleet/simulated_fleet.h"

namespace {

using namespace assay;

void plant(const std::string& fault, std::size_t problem, results::record::Record& record) {
  if (fault == "slow") results::set_time(record, record.summary.median * 1.08, 0.01);
  if (fault == "noisy") results::set_time(record, record.summary.median, 0.2);
  if (fault == "hot") record.sensors.temperature_celsius_maximum = 90;
  if (fault == "answer" && problem == 0) record.output_hash = "0123456789abcdef";
  if (fault == "lost" && problem == 0) {
    record.status = results::record::Status::crashed;
    record.reason = "the rank was lost";
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: simulated_run DEVICES PROBLEMS [FAULT:DEVICE,...]\n");
    return 2;
  }
  std::map<std::size_t, std::string> faults;
  std::istringstream stream(argc > 3 ? argv[3] : "");
  for (std::string one; std::getline(stream, one, ',');) {
    const std::size_t colon = one.find(':');
    faults[std::strtoul(one.c_str() + colon + 1, nullptr, 10)] = one.substr(0, colon);
  }
  results::SimulatedFleet fleet;
  fleet.devices = std::strtoul(argv[1], nullptr, 10);
  fleet.problems = std::strtoul(argv[2], nullptr, 10);
  fleet.fault = [&](std::size_t device, std::size_t problem, results::record::Record& record) {
    if (const auto found = faults.find(device); found != faults.end()) {
      plant(found->second, problem, record);
    }
  };
  fmt::print(R"({{"run":{{"id":"00000000-0000-4000-8000-000000000001",)"
             R"("started":"2026-11-25T07:00:00.000Z","ended":"2026-11-25T07:10:00.000Z",)"
             R"("suite":"standard","command":"assay run --suite standard","host":"r00n00",)"
             R"("assay_version":"0.1.0","plan":"[]","environment":""}}}})"
             "\n");
  for (const results::record::Record& record : results::simulated_records(fleet))
    fmt::print("{}\n", to_json(record));
}

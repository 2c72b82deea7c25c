// A simulated run on many equal devices, some with planted faults. The scatter of times between
// devices and between problems is given; all values are drawn from a seed.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "results/record/record.h"

namespace assay::results {

struct SimulatedFleet {
  std::size_t devices = 384, slots = 8, problems = 20;
  double between_devices = 0.01;    ///< relative standard deviation of a device's speed
  double between_problems = 0.005;  ///< the same, drawn anew for each problem
  double freedom = 0;               ///< of Student's t for both; 0: normal
  std::uint64_t seed = 1;
  /// Changes a device's record of a problem, to plant a fault.
  std::function<void(std::size_t device, std::size_t problem, results::record::Record&)> fault;
};

inline double draw(std::mt19937_64& random, double freedom) {
  if (freedom > 0) {
    // Scaled to a standard deviation of one.
    return std::student_t_distribution<>(freedom)(random) / std::sqrt(freedom / (freedom - 2));
  }
  return std::normal_distribution<>()(random);
}

/// Sets a record's times to `seconds` with samples that scatter by `spread`.
inline void set_time(results::record::Record& record, double seconds, double spread) {
  results::statistics::Summary& summary = record.summary;
  summary.count = 30;
  summary.effective_count = 30;
  summary.confidence = 0.95;
  summary.median = summary.mean = seconds;
  summary.standard_deviation = seconds * spread;
  // Of a median of 30 normal samples.
  const double half = 1.96 * 1.2533 * seconds * spread / std::sqrt(30.0);
  summary.interval = {seconds - half, seconds + half};
  summary.percentile_5 = seconds * (1 - 1.645 * spread);
  summary.percentile_95 = seconds * (1 + 1.645 * spread);
  summary.minimum = seconds * (1 - 2 * spread);
  summary.maximum = seconds * (1 + 2 * spread);
}

inline std::vector<results::record::Record> simulated_records(const SimulatedFleet& fleet) {
  std::mt19937_64 random(fleet.seed);
  std::vector<results::record::Record> out;
  for (std::size_t device = 0; device < fleet.devices; ++device) {
    const double speed = fleet.between_devices * draw(random, 0);
    const double heat = 62 + 2 * std::normal_distribution<>()(random);
    const double watts = 620 * (1 + 0.02 * std::normal_distribution<>()(random));
    for (std::size_t problem = 0; problem < fleet.problems; ++problem) {
      results::record::Record record;
      record.id = fmt::format("{:08x}-{:04x}-4000-8000-000000000000", device, problem);
      record.run = "00000000-0000-4000-8000-000000000001";
      record.started = "2026-11-25T07:00:00.000Z";
      record.problem = fmt::format("copy n={} type=f32", 1024 * (problem + 1));
      record.operation = "copy";
      record.device.backend = "cuda";
      record.device.index = static_cast<std::uint32_t>(device % fleet.slots);
      record.device.name = "Simulated accelerator";
      record.device.kind = "gpu";
      record.device.unique_id = fmt::format("S{:06}", device);
      record.device.properties = {{"host", fmt::format("r{:02}n{:02}", device / (8 * fleet.slots),
                                                       device / fleet.slots % 8)},
                                  {"slot", std::to_string(device % fleet.slots)},
                                  {"rank", std::to_string(device)}};
      record.implementation = {"library/copy", results::record::Division::library, {}};
      record.work = {0, 8192.0 * static_cast<double>(problem + 1), kernels::DataType::f32};
      record.check.method = "every element";
      record.check.outcome = kernels::Outcome::right;
      record.steady = record.target_met = true;
      record.output_hash = fmt::format("{:016x}", 77 + problem);
      record.sensors.temperature_celsius_maximum = heat;
      record.sensors.power_watts = watts;
      const double slower = speed + fleet.between_problems * draw(random, fleet.freedom);
      set_time(record, 1e-4 * static_cast<double>(problem + 1) * std::exp(slower), 0.01);
      if (fleet.fault) fleet.fault(device, problem, record);
      out.push_back(std::move(record));
    }
  }
  return out;
}

}  // namespace assay::results

// How busy the machine was during a measurement. This changes by the minute and therefore belongs
// to the measurement, not to its environment.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "results/record/record.h"

namespace assay::harness::measure {

/// Counters since the machine started; absent if the machine does not report them.
struct LoadCounters {
  /// Pressure stall information: microseconds in which at least one task ("some") or all tasks that
  /// were not idle ("full") waited for the resource (Linux, Documentation/accounting/psi.rst).
  std::optional<std::uint64_t> cpu_some, cpu_full, memory_some, memory_full, io_some, io_full;
  /// Ticks of all CPUs together (/proc/stat): all of them; those without work, including waits for
  /// disks; those that the hypervisor gave to other machines.
  std::optional<std::uint64_t> total_ticks, idle_ticks, steal_ticks;
  double ticks_per_second = 0;
  /// CPU time of all threads of this process and its workers; absent if unknown.
  std::optional<double> own_cpu_seconds;
  double wall_seconds = 0;  ///< by a monotonic clock
};

/// Reads proc/pressure/{cpu,memory,io} and proc/stat below `root`.
LoadCounters read_load_counters(const std::filesystem::path& root = "/");

/// The shares between two readings. A share is absent if a reading lacks the counter, or if no time
/// has passed.
results::record::MachineLoad change(const LoadCounters& before, const LoadCounters& after);

}  // namespace assay::harness::measure

// How busy the machine was while something was measured: what changes by the minute and therefore
// belongs to a measurement, not to its environment.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "results/record/record.h"

namespace assay::harness::measure {

/// Counters since the machine started; none where the machine does not tell.
struct LoadCounters {
  /// Pressure stall information: microseconds in which at least one task ("some") or all tasks that
  /// were not idle ("full") waited for the resource (Linux, Documentation/accounting/psi.rst).
  std::optional<std::uint64_t> cpu_some, cpu_full, memory_some, memory_full, io_some, io_full;
  /// Ticks of all CPUs together (/proc/stat): all; without work, which includes waiting for disks;
  /// and taken by the hypervisor for others.
  std::optional<std::uint64_t> total_ticks, idle_ticks, steal_ticks;
  double ticks_per_second = 0;
  double own_cpu_seconds = 0;  ///< CPU time of this process, all threads
  double wall_seconds = 0;     ///< by a clock that never goes back
};

/// Reads below `root`: proc/pressure/{cpu,memory,io} and proc/stat.
LoadCounters read_load_counters(const std::filesystem::path& root = "/");

/// Shares between two readings. A share is absent where a reading lacks the counter, or where no
/// time has passed.
results::record::MachineLoad change(const LoadCounters& before, const LoadCounters& after);

}  // namespace assay::harness::measure

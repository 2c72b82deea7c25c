#include "harness/measure/machine_load.h"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string>

#include "harness/measure/clock.h"

namespace assay::harness::measure {
namespace {

constexpr double kFewestTicks = 20;

namespace fs = std::filesystem;
using Counter = std::optional<std::uint64_t>;

/// The file has lines of the form "some avg10=0.00 avg60=0.00 avg300=0.00 total=12345".
void read_pressure(const fs::path& file, Counter& some, Counter& full) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    const std::size_t total = line.find("total=");
    if (total == std::string::npos) continue;
    std::istringstream digits(line.substr(total + 6));
    std::uint64_t microseconds = 0;
    if (!(digits >> microseconds)) continue;
    if (line.starts_with("some ")) some = microseconds;
    if (line.starts_with("full ")) full = microseconds;
  }
}

/// Reads the line "cpu  user nice system idle iowait irq softirq steal guest guest_nice". The time
/// of guests is part of user and nice.
void read_ticks(const fs::path& file, LoadCounters& load) {
  std::ifstream stream(file);
  std::string word;
  std::array<std::uint64_t, 8> ticks = {};
  if (!(stream >> word) || word != "cpu") return;
  for (std::uint64_t& one : ticks) {
    if (!(stream >> one)) return;
  }
  load.total_ticks = 0;
  for (const std::uint64_t one : ticks) *load.total_ticks += one;
  load.idle_ticks = ticks[3] + ticks[4];
  load.steal_ticks = ticks[7];
}

double own_cpu_seconds() {
  timespec spent = {};
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent) != 0) return 0;
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
}

/// nullopt if one reading lacks the counter; 0 if the kernel's counter decreased.
std::optional<double> difference(const Counter& before, const Counter& after) {
  if (!before || !after) return std::nullopt;
  return *after < *before ? 0.0 : static_cast<double>(*after - *before);
}

std::optional<double> share(const std::optional<double>& part, double whole) {
  if (!part || !(whole > 0)) return std::nullopt;
  return std::clamp(*part / whole, 0.0, 1.0);
}

}  // namespace

LoadCounters read_load_counters(const fs::path& root) {
  LoadCounters load;
  read_pressure(root / "proc/pressure/cpu", load.cpu_some, load.cpu_full);
  read_pressure(root / "proc/pressure/memory", load.memory_some, load.memory_full);
  read_pressure(root / "proc/pressure/io", load.io_some, load.io_full);
  read_ticks(root / "proc/stat", load);
  load.ticks_per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  load.own_cpu_seconds = own_cpu_seconds();
  load.wall_seconds = seconds_now();
  return load;
}

results::record::MachineLoad change(const LoadCounters& before, const LoadCounters& after) {
  results::record::MachineLoad out;
  const double wall_microseconds = (after.wall_seconds - before.wall_seconds) * 1e6;
  out.psi_cpu_some = share(difference(before.cpu_some, after.cpu_some), wall_microseconds);
  out.psi_memory_some = share(difference(before.memory_some, after.memory_some), wall_microseconds);
  out.psi_io_some = share(difference(before.io_some, after.io_some), wall_microseconds);
  const auto total = difference(before.total_ticks, after.total_ticks);
  const auto idle = difference(before.idle_ticks, after.idle_ticks);
  const auto steal = difference(before.steal_ticks, after.steal_ticks);
  // The kernel counts whole ticks of 10 ms: over a few of them every share would be 0 or 1.
  const bool too_short = wall_microseconds * 1e-6 * after.ticks_per_second < kFewestTicks;
  if (!total || !idle || !steal || too_short) return out;
  out.steal_share = share(steal, *total);
  out.idle_share = share(idle, *total);
  if (after.ticks_per_second > 0 && before.own_cpu_seconds && after.own_cpu_seconds) {
    const double worked = (*total - *idle - *steal) / after.ticks_per_second;
    out.own_cpu_share = share(*after.own_cpu_seconds - *before.own_cpu_seconds, worked);
  }
  return out;
}

}  // namespace assay::harness::measure

#include "backends/cpu/description.h"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <tbb/version.h>

#include <algorithm>
#include <cmath>

#include "backends/cpu/binding.h"
#include "backends/cpu/control_group.h"
#include "backends/cpu/cpu_identity.h"
#include "backends/cpu/implementation.h"
#include "backends/cpu/memory.h"
#include "backends/cpu/text_files.h"
#include "backends/cpu/topology.h"
#include "kernels/error.h"
#include "kernels/operation.h"

namespace assay::backends::cpu {
namespace {

using sdk::Pairs;

/// Operand types that an implementation multiplies here, references not counted.
std::string computed_types(const Machine& machine) {
  std::string out;
  for (const kernels::DataType type : kernels::kDataTypes) {
    // Blocks of 128 elements are the longest.
    const std::string text = fmt::format("matmul m=16 n=16 k=128 a={}", name(type));
    try {
      const auto problem = kernels::Problem::parse(text);
      const auto computes = [&](const Implementation* one) {
        return one->division != "reference" && one->operation == problem.operation().name &&
               one->why_not(problem, machine).empty();
      };
      const auto all = implementations();
      if (std::none_of(all.begin(), all.end(), computes)) continue;
      out += fmt::format("{}{}", out.empty() ? "" : " ", name(type));
    } catch (const InputError&) {
      // A type that no product has, as i32.
    }
  }
  return out;
}

/// Highest clock that any used core may reach; 0 unknown.
double highest_clock(const Topology& found) {
  double highest = 0;
  for (const Processor& processor : found.processors) {
    const double kilohertz = first_number(
        fmt::format("/sys/devices/system/cpu/cpu{}/cpufreq/cpuinfo_max_freq", processor.os_index));
    if (!std::isnan(kilohertz)) highest = std::max(highest, kilohertz * 1e3);
  }
  return highest;
}

std::string processor_list(const Topology& found) {
  std::string out;
  for (const Processor& processor : found.processors) {
    out += fmt::format("{}{}", out.empty() ? "" : " ", processor.os_index);
  }
  return out;
}

Pairs property_pairs(const Topology& found, const CpuIdentity& identity, const Machine& machine) {
  Pairs pairs;
  const auto add = [&pairs](const char* key, const std::string& value) {
    if (!value.empty()) pairs.emplace_back(key, value);
  };
  for (const auto& [key, value] : identity.design) add(key.c_str(), value);
  add("microcode", identity.microcode);
  add("features", machine.features().text());
  add("virtual machine", identity.virtual_machine ? "yes" : "no");
  add("packages", std::to_string(found.packages));
  add("NUMA nodes", std::to_string(found.numa_nodes));
  add("cores", fmt::format("{} of {}", found.cores, found.machine_cores));
  add("processors", fmt::format("{} of {}", found.processors.size(), found.machine_processors));
  add("processor numbers", processor_list(found));
  if (const auto quota = cpu_quota()) add("cpu quota", fmt::format("{:.2f} processors", *quota));
  if (const std::string refusal = binding_refusal(); !refusal.empty()) {
    add("thread binding", "refused by the system: " + refusal);
  }
  if (found.foreign) add("topology", "hwloc describes other processors than this process may use");
  add("L1 data cache", fmt::format("{} bytes", machine.l1_bytes()));
  add("L2 cache", fmt::format("{} bytes", machine.l2_bytes()));
  if (found.caches_assumed) add("caches", "assumed: the machine does not report them");
  add("governor", first_line(fmt::format("/sys/devices/system/cpu/cpu{}/cpufreq/scaling_governor",
                                         found.processors.front().os_index)));
  add("transparent huge pages", first_line("/sys/kernel/mm/transparent_hugepage/enabled"));
  add("page", fmt::format("{} bytes", page_bytes()));
  return pairs;
}

std::string name_of(const CpuIdentity& identity, const Topology& found) {
  if (!identity.name.empty()) return identity.name;
  if (!found.cpu_model.empty()) return found.cpu_model;
  utsname system = {};
  uname(&system);
  return fmt::format("{} CPU", system.machine);
}

std::string driver(const Topology& found) {
  utsname system = {};
  uname(&system);
  return fmt::format("{} {}, oneTBB {}, hwloc {}", system.sysname, system.release,
                     TBB_runtime_version(), found.hwloc_version);
}

sdk::DeviceDescription described() {
  const Topology& found = topology();
  Machine machine(0);
  machine.pin_all_threads();
  const CpuIdentity identity = parse_cpuinfo(whole_text("/proc/cpuinfo"));
  return {.name = name_of(identity, found),
          .vendor = identity.vendor,
          .kind = "cpu",
          .unique_id = "",
          .bus_id = "",
          .driver = driver(found),
          .types = computed_types(machine),
          .memory_bytes = total_bytes(),
          .cache_bytes = machine.last_level_bytes(),
          .compute_units = machine.threads(),
          .clock_hz = highest_clock(found),
          .properties = property_pairs(found, identity, machine)};
}

}  // namespace

sdk::DeviceDescription description() {
  static const sdk::DeviceDescription once = described();
  return once;
}

sdk::Findings findings() {
  const sdk::DeviceDescription cpu = description();
  return {.devices = 1,
          .summary = fmt::format("{}, {} cores", cpu.name, cpu.compute_units),
          .hint = "",
          .details = {}};
}

}  // namespace assay::backends::cpu

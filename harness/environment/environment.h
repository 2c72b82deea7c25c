// Everything about this machine that could influence a measurement, as one JSON text. A new fact is
// a line in the function of its section in environment.cpp.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/worker/messages.h"

namespace assay::harness::environment {

/// Canonical JSON: sorted keys, no white space, null for values that this machine does not report.
/// It contains what stays the same between runs: topology (hwloc), CPU model and microcode, kernel,
/// mitigations, governor and turbo, memory pages, container or virtual machine, limits of the
/// control group, our own build, modules and drivers, the requested `threads`, and the environment
/// variables that any program or one of `modules` reads, without secrets (variables.h). Values that
/// change by the minute (load, clock) are left out, so that the hash identifies the environment;
/// measure/machine_load.h has them.
std::string environment_json(const std::vector<worker::ModuleReport>& modules, unsigned threads);

/// Bytes that a control group (cgroup v2) may still use: its limit minus its usage. Inactive file
/// pages do not count as usage, because the kernel reclaims them first. nullopt without a limit.
std::optional<double> left_of_group(const std::filesystem::path& folder);

/// Bytes that this process may still use: MemAvailable, or less if a cgroup limits it.
double available_memory();

std::string host_name();

/// Mean number of running processes over the last minute; negative if unknown.
double load_average();

/// "0.1.0 (8005f8c)".
std::string version_text();

}  // namespace assay::harness::environment

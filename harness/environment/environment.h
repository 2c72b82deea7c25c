// All that could move a number on this machine, as one JSON text.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/worker/messages.h"

namespace assay::harness::environment {

/// Canonical JSON: keys sorted, no white space, null for what this machine does not tell. Holds
/// what stays the same from run to run: topology (hwloc), CPU model and microcode, kernel,
/// mitigations, governor and turbo, memory pages, container or virtual machine, limits of the
/// control group, our own build, modules and drivers, `threads` as asked for, and the environment
/// variables that any program or one of `modules` reads, without secrets
/// (variables.h). What changes by the minute (load, clock) stays out, so that its hash
/// names the environment; measure/machine_load.h has it.
std::string environment_json(const std::vector<worker::ModuleReport>& modules, unsigned threads);

/// Bytes that a control group (cgroup v2) may still use: its limit minus what it holds. Pages of
/// files that it no longer reads do not count, as the kernel takes them back first. None where it
/// has no limit.
std::optional<double> left_of_group(const std::filesystem::path& folder);

/// Bytes that this process may still use: MemAvailable, or less where a cgroup limits it.
double available_memory();

std::string host_name();

/// Mean number of running processes over the last minute; below zero where it is not known.
double load_average();

/// "0.1.0 (8005f8c)".
std::string version_text();

}  // namespace assay::harness::environment

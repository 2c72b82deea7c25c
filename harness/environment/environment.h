// Everything about this machine that could influence a measurement, as one JSON text. A new fact is
// a line in the function of its section in environment.cpp.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
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
/// `conformance` returns what `assay conform` found in a module's file, by the SHA-256 of its
/// bytes; empty if it was not examined.
using Conformance = std::function<std::string(const std::string& sha256)>;
std::string environment_json(const std::vector<worker::ModuleReport>& modules, unsigned threads,
                             const Conformance& conformance = {});

/// The names of the modules in an environment; empty if the text is none.
std::set<std::string> modules_in(const std::string& environment_json);

/// SHA-256 of a file's bytes; empty if it cannot be read.
std::string file_sha256(const std::filesystem::path& file);

/// Bytes that a control group (cgroup v2) may still use: its limit minus its usage. Inactive file
/// pages do not count as usage, because the kernel reclaims them first. nullopt without a limit.
std::optional<double> left_of_group(const std::filesystem::path& folder);

/// Bytes that this process may still use: MemAvailable, or less if a cgroup limits it.
double available_memory();

std::string host_name();

/// Mean number of running processes over the last minute; negative if unknown.
double load_average();

/// "0.2.0 (8005f8c)".
std::string version_text();

}  // namespace assay::harness::environment

// What limits this process from outside: its container and its control group.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace assay::harness::environment {

/// Value of an environment variable; none where it is not set.
using VariableReader = std::function<std::optional<std::string>(const char*)>;

/// {"kind", "orchestrator", "image"}, null for what is not told. `kind`: docker, podman, apptainer,
/// kubepods, ... `image` has the image's name and id where the container's engine writes them
/// inside (podman; Apptainer: the file), and a SHA-256 over the layers of an overlay file system,
/// which names an image on this host. The container's own id stays out: each start has another.
nlohmann::json container_json(const VariableReader& variable,
                              const std::filesystem::path& root = "/");

/// Limits of the process's control group (cgroup v2) as the kernel writes them, the tightest of it
/// and the groups above it: {"cgroup_cpu_max", "cgroup_cpu_weight", "cgroup_cpus",
/// "cgroup_memory_nodes", "cgroup_memory_max", "cgroup_memory_high", "cgroup_io_max"}, null for
/// what is not told.
nlohmann::json control_group_json(const std::filesystem::path& root = "/");

}  // namespace assay::harness::environment

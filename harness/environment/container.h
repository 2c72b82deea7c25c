// External limits of this process: its container and its control group.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace assay::harness::environment {

/// Returns the value of an environment variable; nullopt if it is not set.
using VariableReader = std::function<std::optional<std::string>(const char*)>;

/// {"kind", "orchestrator", "image"}; unknown values are null. `kind`: docker, podman, apptainer,
/// kubepods, ... `image` has the image's name and id if the container engine provides them inside
/// (podman; Apptainer: the file), and a SHA-256 over the layers of an overlay file system, which
/// identifies an image on this host. The container's own id is left out, because it differs for
/// each start.
nlohmann::json container_json(const VariableReader& variable,
                              const std::filesystem::path& root = "/");

/// Limits of the process's control group (cgroup v2) in the kernel's format. Each one is the
/// tightest limit of the group and the groups above it: {"cgroup_cpu_max", "cgroup_cpu_weight",
/// "cgroup_cpus", "cgroup_memory_nodes", "cgroup_memory_max", "cgroup_memory_high",
/// "cgroup_io_max"}; unknown values are null.
nlohmann::json control_group_json(const std::filesystem::path& root = "/");

}  // namespace assay::harness::environment

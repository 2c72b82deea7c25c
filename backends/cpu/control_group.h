// What the process's control group (container) may use of the machine.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>

namespace assay::backends::cpu {

/// Where the kernel's files are; other folders in tests.
struct SystemFolders {
  std::filesystem::path proc = "/proc";
  std::filesystem::path sys = "/sys";
};

/// Processors' worth of time that the group may use in a period (quota / period), versions 1 and 2;
/// none where it is not limited.
std::optional<double> cpu_quota(const SystemFolders& folders = {});

/// Bytes; the largest size_t where the group is not limited.
std::size_t memory_limit_of_control_group(const SystemFolders& folders = {});
/// The part of the limit that is not used yet; reclaimable file pages count as unused.
std::size_t memory_left_in_control_group(const SystemFolders& folders = {});

}  // namespace assay::backends::cpu

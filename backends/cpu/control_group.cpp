#include "backends/cpu/control_group.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "backends/cpu/text_files.h"

namespace assay::backends::cpu {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

bool names(const std::string& controllers, const std::string& wanted) {
  std::istringstream list(controllers);
  for (std::string one; std::getline(list, one, ',');) {
    if (one == wanted) return true;
  }
  return false;
}

/// The group's folder and those above it, innermost first, of version 2 (empty `controller`) or of
/// a version 1 controller. In a container the path that the kernel reports may lie above the mount.
std::vector<fs::path> group_folders(const SystemFolders& folders, const std::string& controller) {
  const fs::path mount = folders.sys / "fs/cgroup" / controller;
  std::istringstream lines(whole_text(folders.proc / "self/cgroup"));
  std::vector<fs::path> found;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (controller.empty() ? !controllers.empty() : !names(controllers, controller)) continue;
    fs::path group = fs::path(line.substr(second + 1)).relative_path();
    for (; !group.empty(); group = group.parent_path()) found.push_back(mount / group);
    found.push_back(mount);
  }
  return found;
}

std::optional<double> quota(double allowed, double period) {
  if (std::isnan(allowed) || std::isnan(period) || allowed <= 0 || period <= 0) return {};
  return allowed / period;
}

std::optional<double> quota_of(const fs::path& folder) {
  const std::string both = first_line(folder / "cpu.max");
  if (!both.empty() && !both.starts_with("max")) {
    std::istringstream numbers(both);
    double allowed = 0, period = 0;
    numbers >> allowed >> period;
    return quota(allowed, period);
  }
  return quota(first_number(folder / "cpu.cfs_quota_us"),
               first_number(folder / "cpu.cfs_period_us"));
}

std::size_t bytes_or_unlimited(double bytes) {
  // Version 1 writes "no limit" as the largest multiple of a page.
  return std::isnan(bytes) || bytes >= 0x1p62 ? kUnlimited : static_cast<std::size_t>(bytes);
}

std::size_t limit_of(const fs::path& folder) {
  return std::min(bytes_or_unlimited(first_number(folder / "memory.max")),
                  bytes_or_unlimited(first_number(folder / "memory.limit_in_bytes")));
}

double inactive_file_pages(const fs::path& folder) {
  std::istringstream lines(whole_text(folder / "memory.stat"));
  double bytes = 0;
  for (std::string key; lines >> key >> bytes;) {
    if (key == "inactive_file" || key == "total_inactive_file") return bytes;
  }
  return 0;
}

double used_of(const fs::path& folder) {
  const double second = first_number(folder / "memory.current");
  const double used = std::isnan(second) ? first_number(folder / "memory.usage_in_bytes") : second;
  return std::isnan(used) ? 0 : std::max(0.0, used - inactive_file_pages(folder));
}

std::vector<fs::path> both_versions(const SystemFolders& folders, const std::string& controller) {
  std::vector<fs::path> all = group_folders(folders, "");
  const auto first = group_folders(folders, controller);
  all.insert(all.end(), first.begin(), first.end());
  return all;
}

}  // namespace

std::optional<double> cpu_quota(const SystemFolders& folders) {
  std::optional<double> least;
  for (const fs::path& folder : both_versions(folders, "cpu")) {
    const auto here = quota_of(folder);
    if (here && (!least || *here < *least)) least = here;
  }
  return least;
}

std::size_t memory_limit_of_control_group(const SystemFolders& folders) {
  std::size_t least = kUnlimited;
  for (const fs::path& folder : both_versions(folders, "memory")) {
    least = std::min(least, limit_of(folder));
  }
  return least;
}

std::size_t memory_left_in_control_group(const SystemFolders& folders) {
  std::size_t least = kUnlimited;
  for (const fs::path& folder : both_versions(folders, "memory")) {
    const std::size_t limit = limit_of(folder);
    if (limit == kUnlimited) continue;
    const auto left = std::max(0.0, static_cast<double>(limit) - used_of(folder));
    least = std::min(least, static_cast<std::size_t>(left));
  }
  return least;
}

}  // namespace assay::backends::cpu

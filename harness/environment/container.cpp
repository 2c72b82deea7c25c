#include "harness/environment/container.h"

#include <cstdlib>
#include <fstream>
#include <limits>
#include <sstream>
#include <vector>

#include "kernels/sha256.h"
#include "results/record/json_library.h"

namespace assay::harness::environment {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

std::vector<std::string> lines_of(const fs::path& file) {
  std::vector<std::string> lines;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

json first_line_or_null(const fs::path& file) {
  const auto lines = lines_of(file);
  return lines.empty() || lines.front().empty() ? json(nullptr) : json(lines.front());
}

/// The value of the line key="value" in /run/.containerenv.
json containerenv_value(const fs::path& root, const std::string& key) {
  for (const std::string& line : lines_of(root / "run/.containerenv")) {
    const std::string begin = key + "=\"";
    if (!line.starts_with(begin) || line.size() <= begin.size() + 1) continue;
    return line.substr(begin.size(), line.size() - begin.size() - 1);
  }
  return nullptr;
}

/// The part "lowerdir=..." of the root's overlay file system; "" if the root is not an overlay.
std::string lower_folders(const fs::path& root) {
  for (const std::string& line : lines_of(root / "proc/self/mountinfo")) {
    const std::size_t dash = line.find(" - overlay ");
    std::istringstream words(line);
    std::string id, parent, device, source, place;
    if (dash == std::string::npos || !(words >> id >> parent >> device >> source >> place))
      continue;
    const std::size_t begin = line.find("lowerdir=", dash);
    if (place != "/" || begin == std::string::npos) continue;
    return line.substr(begin + 9, line.find(',', begin) - begin - 9);
  }
  return "";
}

json layers_of(const fs::path& root) {
  std::string layers = lower_folders(root);
  if (layers.empty()) return nullptr;
  // Docker adds a layer of the container itself on top of the image's layers.
  const std::size_t colon = layers.find(':');
  if (layers.substr(0, colon).find("/overlay2/") != std::string::npos &&
      colon != std::string::npos) {
    layers.erase(0, colon + 1);
  }
  return sha256(layers);
}

json image_of(const VariableReader& variable, const fs::path& root) {
  json name = containerenv_value(root, "image");
  const json id = containerenv_value(root, "imageid");
  for (const char* file : {"APPTAINER_CONTAINER", "SINGULARITY_CONTAINER"}) {
    if (const auto path = variable(file); path && name.is_null()) name = *path;
  }
  const json layers = layers_of(root);
  if (name.is_null() && id.is_null() && layers.is_null()) return nullptr;
  return {{"name", name}, {"id", id}, {"layers_sha256", layers}};
}

bool mentions(const std::vector<std::string>& lines, const char* word) {
  for (const std::string& line : lines) {
    if (line.find(word) != std::string::npos) return true;
  }
  return false;
}

json kind_of(const VariableReader& variable, const fs::path& root) {
  if (fs::exists(root / ".dockerenv")) return "docker";
  if (fs::exists(root / "run/.containerenv")) return "podman";
  if (variable("APPTAINER_CONTAINER") || fs::exists(root / ".singularity.d")) return "apptainer";
  const auto groups = lines_of(root / "proc/1/cgroup");
  for (const char* kind : {"docker", "kubepods", "lxc", "containerd"}) {
    if (mentions(groups, kind)) return kind;
  }
  if (const auto named = variable("container")) return *named;
  return nullptr;
}

/// The process's own group and all visible groups above it.
std::vector<fs::path> groups_of(const fs::path& root) {
  const fs::path top = root / "sys/fs/cgroup";
  fs::path own;
  for (const std::string& line : lines_of(root / "proc/self/cgroup")) {
    if (line.starts_with("0::/")) own = line.substr(4);
  }
  std::vector<fs::path> groups;
  std::error_code ignored;
  for (; !own.empty() && own != own.parent_path(); own = own.parent_path()) {
    // In a container the path may be a path on the host, which is not visible.
    if (fs::is_directory(top / own, ignored)) groups.push_back(top / own);
  }
  groups.push_back(top);
  return groups;
}

/// The value of a limit, for comparisons; "max" is infinite. "50000 100000" is half a CPU.
double allowed(const std::string& text) {
  std::istringstream words(text);
  std::string amount;
  double period = 0;
  if (!(words >> amount) || amount == "max") return std::numeric_limits<double>::infinity();
  const double value = std::strtod(amount.c_str(), nullptr);
  return words >> period && period > 0 ? value / period : value;
}

json tightest(const std::vector<fs::path>& groups, const char* file) {
  json out;
  for (const fs::path& group : groups) {
    const json line = first_line_or_null(group / file);
    if (line.is_null()) continue;
    if (out.is_null() || allowed(line.get<std::string>()) < allowed(out.get<std::string>())) {
      out = line;
    }
  }
  return out;
}

json nearest(const std::vector<fs::path>& groups, const char* file) {
  for (const fs::path& group : groups) {
    if (const json line = first_line_or_null(group / file); !line.is_null()) return line;
  }
  return nullptr;
}

/// One line per device: "8:16 rbps=2097152 wbps=max riops=max wiops=max".
json disk_limits(const std::vector<fs::path>& groups) {
  json out = json::array();
  bool told = false;
  for (const fs::path& group : groups) {
    told = told || fs::exists(group / "io.max");
    for (const std::string& line : lines_of(group / "io.max")) out.push_back(line);
  }
  return told ? out : json(nullptr);
}

}  // namespace

json container_json(const VariableReader& variable, const fs::path& root) {
  const bool kubernetes = variable("KUBERNETES_SERVICE_HOST").has_value() ||
                          mentions(lines_of(root / "proc/1/cgroup"), "kubepods");
  return {{"kind", kind_of(variable, root)},
          {"orchestrator", kubernetes ? json("kubernetes") : json(nullptr)},
          {"image", image_of(variable, root)}};
}

json control_group_json(const fs::path& root) {
  const auto groups = groups_of(root);
  return {{"cgroup_cpu_max", tightest(groups, "cpu.max")},
          {"cgroup_cpu_weight", nearest(groups, "cpu.weight")},
          {"cgroup_cpus", nearest(groups, "cpuset.cpus.effective")},
          {"cgroup_memory_nodes", nearest(groups, "cpuset.mems.effective")},
          {"cgroup_memory_max", tightest(groups, "memory.max")},
          {"cgroup_memory_high", tightest(groups, "memory.high")},
          {"cgroup_io_max", disk_limits(groups)}};
}

}  // namespace assay::harness::environment

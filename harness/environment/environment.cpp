#include "harness/environment/environment.h"

#include <fmt/format.h>
#include <hwloc.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <set>
#include <sstream>
#include <thread>

#include "harness/environment/build.h"
#include "harness/environment/container.h"
#include "harness/environment/neutral.h"
#include "harness/environment/process_state.h"
#include "harness/environment/variables.h"
#include "kernels/secrets.h"
#include "kernels/sha256.h"
#include "results/record/json_library.h"
#include "results/record/parse_json.h"
#include "results/record/texts.h"

namespace assay::harness::environment {
namespace {

// nlohmann::json uses a std::map, so keys are sorted.
using nlohmann::json;
namespace fs = std::filesystem;

std::optional<std::string> first_line(const fs::path& file) {
  std::ifstream stream(file);
  std::string line;
  if (!std::getline(stream, line)) return std::nullopt;
  while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back()))) line.pop_back();
  return line;
}

json line_or_null(const fs::path& file) {
  const auto line = first_line(file);
  return line ? json(*line) : json(nullptr);
}

/// The value of the first line "key : value" in a /proc file.
json keyed_line(const fs::path& file, const std::string& key) {
  std::ifstream stream(file);
  std::string line;
  while (std::getline(stream, line)) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || !line.starts_with(key)) continue;
    const std::string name = line.substr(0, line.find_last_not_of(" \t", colon - 1) + 1);
    if (name != key) continue;
    const std::size_t begin = line.find_first_not_of(" \t", colon + 1);
    return begin == std::string::npos ? json("") : json(line.substr(begin));
  }
  return nullptr;
}

double kilobytes(const json& text) {
  return text.is_string() ? std::atof(text.get<std::string>().c_str()) * 1024 : 0;
}

json cache_levels(hwloc_topology_t topology) {
  constexpr std::array kLevels = {std::pair{HWLOC_OBJ_L1CACHE, "l1d"},
                                  std::pair{HWLOC_OBJ_L2CACHE, "l2"},
                                  std::pair{HWLOC_OBJ_L3CACHE, "l3"}};
  json out = json::object();
  for (const auto& [type, name] : kLevels) {
    const int count = hwloc_get_nbobjs_by_type(topology, type);
    if (count <= 0) {
      out[name] = nullptr;
      continue;
    }
    const hwloc_obj_t cache = hwloc_get_obj_by_type(topology, type, 0);
    out[name] = {{"count", count}, {"bytes", cache->attr->cache.size}};
  }
  return out;
}

json topology_json() {
  hwloc_topology_t topology = nullptr;
  if (hwloc_topology_init(&topology) != 0) return nullptr;
  if (hwloc_topology_load(topology) != 0) {
    hwloc_topology_destroy(topology);
    return nullptr;
  }
  const auto count = [&](hwloc_obj_type_t type) {
    return hwloc_get_nbobjs_by_type(topology, type);
  };
  json numa = json::array();
  for (int i = 0; i < count(HWLOC_OBJ_NUMANODE); ++i) {
    const hwloc_obj_t node =
        hwloc_get_obj_by_type(topology, HWLOC_OBJ_NUMANODE, static_cast<unsigned>(i));
    numa.push_back(node->attr->numanode.local_memory);
  }
  json out = {{"packages", count(HWLOC_OBJ_PACKAGE)},
              {"cores", count(HWLOC_OBJ_CORE)},
              {"processing_units", count(HWLOC_OBJ_PU)},
              {"numa_node_bytes", numa},
              {"caches", cache_levels(topology)},
              {"hwloc", fmt::format("{:x}", hwloc_get_api_version())}};
  hwloc_topology_destroy(topology);
  return out;
}

json cpu_json() {
  const fs::path info = "/proc/cpuinfo";
  const fs::path policy = "/sys/devices/system/cpu/cpu0/cpufreq";
  std::set<std::string> governors;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator("/sys/devices/system/cpu", none)) {
    if (const auto line = first_line(entry.path() / "cpufreq/scaling_governor")) {
      governors.insert(*line);
    }
  }
  return {{"model", keyed_line(info, "model name")},
          {"vendor", keyed_line(info, "vendor_id")},
          {"family", keyed_line(info, "cpu family")},
          {"model_number", keyed_line(info, "model")},
          {"stepping", keyed_line(info, "stepping")},
          {"microcode", keyed_line(info, "microcode")},
          {"governors", governors.empty() ? json(nullptr) : json(governors)},
          {"frequency_driver", line_or_null(policy / "scaling_driver")},
          {"frequency_maximum_khz", line_or_null(policy / "cpuinfo_max_freq")},
          {"frequency_cap_khz", line_or_null(policy / "scaling_max_freq")},
          {"boost", line_or_null("/sys/devices/system/cpu/cpufreq/boost")},
          {"intel_no_turbo", line_or_null("/sys/devices/system/cpu/intel_pstate/no_turbo")},
          {"smt", line_or_null("/sys/devices/system/cpu/smt/control")}};
}

json mitigations_json() {
  json out = json::object();
  std::error_code none;
  for (const auto& entry :
       fs::directory_iterator("/sys/devices/system/cpu/vulnerabilities", none)) {
    out[entry.path().filename().string()] = line_or_null(entry.path());
  }
  return out.empty() ? json(nullptr) : out;
}

json memory_json() {
  const fs::path pages = "/sys/kernel/mm/transparent_hugepage";
  const fs::path info = "/proc/meminfo";
  return {{"total", keyed_line(info, "MemTotal")},
          {"swap_total", keyed_line(info, "SwapTotal")},
          {"huge_pages", keyed_line(info, "HugePages_Total")},
          {"huge_page_size", keyed_line(info, "Hugepagesize")},
          {"transparent_huge_pages", line_or_null(pages / "enabled")},
          {"transparent_huge_pages_defrag", line_or_null(pages / "defrag")},
          {"numa_balancing", line_or_null("/proc/sys/kernel/numa_balancing")},
          {"swappiness", line_or_null("/proc/sys/vm/swappiness")}};
}

std::optional<std::string> variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

/// Kernel boot parameters without secrets, which may be among them.
json boot_parameters() {
  const auto line = first_line("/proc/cmdline");
  return line ? json(without_secrets(*line)) : json(nullptr);
}

json system_json() {
  utsname kernel = {};
  uname(&kernel);
  std::ifstream info("/proc/cpuinfo");
  std::ostringstream text;
  text << info.rdbuf();
  const json product = line_or_null("/sys/class/dmi/id/product_name");
  const bool guest = text.str().find(" hypervisor") != std::string::npos;
  json distribution;
  std::ifstream release("/etc/os-release");
  for (std::string line; std::getline(release, line);) {
    if (line.starts_with("PRETTY_NAME=")) distribution = line.substr(13, line.size() - 14);
  }
  return {{"kernel", fmt::format("{} {} {}", kernel.sysname, kernel.release, kernel.version)},
          {"architecture", kernel.machine},
          {"distribution", distribution},
          {"boot_parameters", boot_parameters()},
          {"container", container_json(variable)},
          {"virtual_machine", guest ? (product.is_null() ? json("yes") : product) : json(nullptr)},
          {"bios", line_or_null("/sys/class/dmi/id/bios_version")},
          {"address_space_randomisation", line_or_null("/proc/sys/kernel/randomize_va_space")}};
}

json limits_json(unsigned threads) {
  json out = control_group_json();
  out["cpu_affinity_count"] = std::thread::hardware_concurrency();
  out["threads_asked"] = threads;
  // Whether measurements can report how long tasks waited for CPU, memory and disks.
  out["pressure_stall_information"] = first_line("/proc/pressure/cpu").has_value();
  return out;
}

json variables_json(const std::vector<worker::ModuleReport>& modules) {
  std::vector<std::string> patterns = general_variables();
  for (const worker::ModuleReport& module : modules) {
    patterns.insert(patterns.end(), module.environment_variables.begin(),
                    module.environment_variables.end());
  }
  return recorded_variables(environ, patterns);
}

json build_json() {
  return {{"version", build.version},
          {"commit", *build.commit ? json(build.commit) : json(nullptr)},
          {"compiler", build.compiler},
          {"type", build.type},
          {"flags", build.flags}};
}

json modules_json(const std::vector<worker::ModuleReport>& modules,
                  const Conformance& conformance) {
  json out = json::object();
  for (const worker::ModuleReport& module : modules) {
    json drivers = json::array();
    for (const results::record::DeviceIdentity& device : module.devices)
      drivers.push_back(device.driver);
    const std::string hash = file_sha256(module.path);
    const std::string found = conformance ? conformance(hash) : std::string();
    out[module.name] = {{"version", module.version},
                        {"details", module.details},
                        {"drivers", drivers},
                        {"sha256", hash},
                        {"conformance", found.empty() ? "not examined" : found}};
  }
  return out;
}

}  // namespace

std::string file_sha256(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return "";
  // Modules have megabytes, which iterators of a stream read byte by byte.
  std::ostringstream bytes;
  bytes << stream.rdbuf();
  return stream.bad() || bytes.bad() ? "" : sha256(bytes.view());
}

std::string environment_json(const std::vector<worker::ModuleReport>& modules, unsigned threads,
                             const Conformance& conformance) {
  const json all = {{"topology", topology_json()},
                    {"cpu", cpu_json()},
                    {"mitigations", mitigations_json()},
                    {"memory", memory_json()},
                    {"system", system_json()},
                    {"limits", limits_json(threads)},
                    {"variables", variables_json(modules)},
                    {"variables_not_used", neutralised_variables()},
                    {"process", unusual(this_process())},
                    {"build", build_json()},
                    {"modules", modules_json(modules, conformance)},
                    {"host", host_name()}};
  return results::record::without_secrets_in(
      all.dump(-1, ' ', false, json::error_handler_t::replace));
}

std::set<std::string> modules_in(const std::string& environment_json) {
  const auto environment = results::record::parse_json<json>(environment_json);
  std::set<std::string> out;
  if (!environment.is_object() || !environment.contains("modules")) return out;
  for (const auto& module : environment["modules"].items()) out.insert(module.key());
  return out;
}

std::optional<double> left_of_group(const std::filesystem::path& folder) {
  const auto limit = first_line(folder / "memory.max");
  const auto used = first_line(folder / "memory.current");
  if (!limit || !used || *limit == "max") return std::nullopt;
  double idle_files = 0;
  std::ifstream statistics(folder / "memory.stat");
  std::string key;
  for (double value = 0; statistics >> key >> value;) {
    if (key == "inactive_file") idle_files = value;
  }
  return std::atof(limit->c_str()) - (std::atof(used->c_str()) - idle_files);
}

double available_memory() {
  const double available = kilobytes(keyed_line("/proc/meminfo", "MemAvailable"));
  return std::min(available, left_of_group("/sys/fs/cgroup").value_or(available));
}

std::string host_name() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "";
}

double load_average() {
  double load[1];
  return getloadavg(load, 1) == 1 ? load[0] : -1;
}

std::string version_text() {
  return *build.commit ? fmt::format("{} ({})", build.version, build.commit) : build.version;
}

}  // namespace assay::harness::environment

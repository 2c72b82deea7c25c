// The published peaks that trust asks for. They are defined here, above results/trust, because the
// catalogue is read here.
#include "results/trust/published_peaks.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <vector>

#include "kernels/embedded.h"
#include "results/claims/catalogue_file.h"
#include "results/claims/recognition.h"

namespace assay::results::claims {

std::span<const assay::EmbeddedFile> catalogue_files();

namespace {

using trust::PublishedPeak;
using trust::PublishedPeaks;

/// Systems that one device can be and that have peaks.
std::vector<System> read_systems() {
  std::vector<System> out;
  for (const EmbeddedFile& file : catalogue_files()) {
    if (file.text.find("\nmatch = ") == std::string_view::npos) continue;
    // Errors are those of the build's own files, which `assay claims` reports.
    auto content =
        parse_catalogue_file(std::string(file.name), file.text, [](const InputError&) {});
    for (auto& placed : content.systems) {
      const auto& all = placed.entry.properties;
      const bool any = std::ranges::any_of(all, [](const auto& entry) {
        return entry.first.starts_with("peak.") || entry.first == "memory.bandwidth";
      });
      // Figures of a "cpu" are those of one core.
      if (any && placed.entry.kind != "cpu" && !placed.entry.match.empty()) {
        out.push_back(std::move(placed.entry));
      }
    }
  }
  return out;
}

const std::vector<System>& systems() {
  static const std::vector<System> all = read_systems();
  return all;
}

double highest(const std::vector<Property>& figures) {
  double most = 0;
  for (const Property& one : figures) most = std::max(most, one.range.upper);
  return most;
}

/// The highest dense figure for a type, of its tensor or vector units.
double highest_peak(const System& system, const std::string& type) {
  const std::string name = "peak." + type;
  double most = 0;
  for (const auto& [quantity, figures] : system.properties) {
    const bool is_it = quantity == name || quantity.starts_with(name + ".");
    if (is_it && !quantity.ends_with(".sparse")) most = std::max(most, highest(figures));
  }
  return most;
}

std::string family(kernels::DataType type) {
  const std::string name(kernels::name(type));
  for (const char* narrow : {"f8", "f6", "f4"}) {
    if (name.find(narrow) != std::string::npos) return narrow;
  }
  return name;
}

/// A product in a wide type can be put together from several in a narrow one: FP32 from at least
/// six in BF16 (BF16x6 and x9 of cuBLAS), FP64 from at least fourteen in INT8 (Ozaki scheme II,
/// arXiv 2504.08009).
double highest_with_emulation(const System& system, kernels::DataType type) {
  const double own = highest_peak(system, family(type));
  if (own <= 0) return 0;
  if (type == kernels::DataType::f32) return std::max(own, highest_peak(system, "bf16") / 6);
  if (type == kernels::DataType::f64) return std::max(own, highest_peak(system, "i8") / 14);
  return own;
}

PublishedPeaks find_peaks(const record::DeviceIdentity& device) {
  PublishedPeaks out;
  std::map<kernels::DataType, bool> lacking;  // a candidate that publishes nothing sets no limit
  bool memory_lacking = false;
  for (const System& system : systems()) {
    if (!matches(system, device)) continue;
    for (const kernels::DataType type : kernels::kDataTypes) {
      const double rate = highest_with_emulation(system, type);
      if (rate <= 0) lacking[type] = true;
      PublishedPeak& peak = out.arithmetic[type];
      if (rate > peak.rate) peak = {rate, system.name};
    }
    const auto memory = system.properties.find("memory.bandwidth");
    const double rate = memory == system.properties.end() ? 0 : highest(memory->second);
    memory_lacking = memory_lacking || rate <= 0;
    if (!out.memory || rate > out.memory->rate) out.memory = {rate, system.name};
  }
  std::erase_if(out.arithmetic, [&](const auto& entry) { return lacking.contains(entry.first); });
  if (memory_lacking) out.memory.reset();
  return out;
}

/// All that decides which systems a device may be.
std::string key_of(const record::DeviceIdentity& device) {
  static const std::set<std::string> properties = [] {
    std::set<std::string> keys;
    for (const System& system : systems()) {
      for (const auto& [key, pattern] : system.match) keys.insert(key);
    }
    return keys;
  }();
  std::string key =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", device.name, device.vendor, device.kind,
                  device.backend, device.memory_bytes, device.clock_hz, device.compute_units,
                  device.modelled, device.modelled ? device.unique_id : "");
  for (const std::string& name : properties) {
    const auto found = device.properties.find(name);
    if (found != device.properties.end()) key += "\n" + name + "=" + found->second;
  }
  return key;
}

}  // namespace
}  // namespace assay::results::claims

namespace assay::results::trust {

const PublishedPeaks& published_peaks(const record::DeviceIdentity& device) {
  static std::mutex mutex;
  static std::map<std::string, PublishedPeaks> known;
  const std::string key = claims::key_of(device);
  const std::lock_guard lock(mutex);
  const auto found = known.find(key);
  if (found != known.end()) return found->second;
  return known.emplace(key, claims::find_peaks(device)).first->second;
}

}  // namespace assay::results::trust

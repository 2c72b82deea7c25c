#include "results/compare/unlike.h"

#include <fmt/format.h>

#include <set>

#include "results/page/quantity_text.h"

namespace assay::results::compare {

namespace {

constexpr const char* kNotRecorded = "not recorded";

class Differences {
 public:
  void add(const std::string& what, const std::string& a, const std::string& b) {
    if (a != b) all_.push_back({what, a.empty() ? kNotRecorded : a, b.empty() ? kNotRecorded : b});
  }
  /// `all_keys`: also what only one of both records.
  void add(const record::Properties& a, const record::Properties& b, bool all_keys) {
    std::set<std::string> keys;
    for (const auto& [key, value] : a) {
      if (all_keys || b.contains(key)) keys.insert(key);
    }
    for (const auto& [key, value] : b) {
      if (all_keys || a.contains(key)) keys.insert(key);
    }
    for (const std::string& key : keys) add(key, value_of(a, key), value_of(b, key));
  }
  std::vector<Unlike> take() { return std::move(all_); }

 private:
  static std::string value_of(const record::Properties& properties, const std::string& key) {
    const auto found = properties.find(key);
    return found == properties.end() ? "" : found->second;
  }
  std::vector<Unlike> all_;
};

std::string seconds(double value) {
  return value > 0 ? page::number_text(value) + " s" : "none";
}

void add_settings(const record::Settings& a, const record::Settings& b, Differences& to) {
  to.add("target", page::target_text(a.target), page::target_text(b.target));
  to.add("budget", seconds(a.budget_seconds), seconds(b.budget_seconds));
  to.add("confidence", page::target_text(a.confidence), page::target_text(b.confidence));
  to.add("minimum samples", fmt::format("{}", a.minimum_samples),
         fmt::format("{}", b.minimum_samples));
  to.add("burn", seconds(a.burn_seconds), seconds(b.burn_seconds));
}

void add_device(const record::DeviceIdentity& a, const record::DeviceIdentity& b, Differences& to) {
  if (a.backend != b.backend || a.name != b.name) return;
  const auto bytes = [](std::uint64_t count) {
    return count == 0 ? std::string() : page::bytes_text(static_cast<double>(count));
  };
  to.add("driver", a.driver, b.driver);
  to.add("device memory", bytes(a.memory_bytes), bytes(b.memory_bytes));
  to.add("device cache", bytes(a.cache_bytes), bytes(b.cache_bytes));
  to.add("compute units", fmt::format("{}", a.compute_units), fmt::format("{}", b.compute_units));
  to.add("highest clock", a.clock_hz > 0 ? page::scaled_text(a.clock_hz, "Hz") : "",
         b.clock_hz > 0 ? page::scaled_text(b.clock_hz, "Hz") : "");
  to.add(a.properties, b.properties, true);
}

}  // namespace

std::vector<Unlike> unlike(const record::Record& a, const record::Record& b) {
  Differences out;
  // A model has no settings, and an imported record those of its file.
  if (!is_modelled(a) && !is_modelled(b)) add_settings(a.settings, b.settings, out);
  out.add(a.implementation.details, b.implementation.details,
          a.implementation.name == b.implementation.name);
  add_device(a.device, b.device, out);
  return out.take();
}

}  // namespace assay::results::compare

// What the parent and its workers say to one another: one JSON object a line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/measure/device_description.h"
#include "results/record/record.h"

namespace assay::harness::worker {

/// What a module found when it looked for its devices.
struct ModuleReport {
  std::string name, path, version, description;
  std::string summary, mend;
  results::record::Properties details;
  std::vector<results::record::DeviceIdentity> devices;
  /// Why the module could not be asked: it is damaged, crashed or hung. Empty where it answered.
  std::string failure;
  bool pretends = false;                       ///< makes pretended devices of published systems
  std::map<std::string, std::string> refused;  ///< of those it was to pretend: why not, by id
  /// Environment variables that it and its libraries read: names, or beginnings followed by `*`.
  std::vector<std::string> environment_variables;
};

/// Names of the messages' kinds.
inline constexpr const char* kKind = "kind";

nlohmann::ordered_json to_json(const results::record::DeviceIdentity& device);
results::record::DeviceIdentity device_from_json(const nlohmann::ordered_json& json);

nlohmann::ordered_json to_json(const ModuleReport& report);
ModuleReport report_from_json(const nlohmann::ordered_json& json);

nlohmann::ordered_json to_json(const std::vector<measure::Offer>& offers);
std::vector<measure::Offer> offers_from_json(const nlohmann::ordered_json& json);

/// Bytes as two digits each, and back; throws Error where they are none.
std::string hex(const std::vector<std::byte>& bytes);
std::vector<std::byte> from_hex(const std::string& digits);

}  // namespace assay::harness::worker

// What the parent and its workers say to one another: one JSON object a line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "backends/assay_backend.h"
#include "results/record.h"

namespace assay::harness {

/// One way of solving a problem, as a device offers it.
struct Offer {
  std::string name, division;
  std::string reason;  ///< why it cannot solve the problem; empty where it can
};

/// What a module found when it looked for its devices.
struct ModuleReport {
  std::string name, path, version, description;
  std::string summary, mend;
  results::Properties details;
  std::vector<results::DeviceIdentity> devices;
  /// Why the module could not be asked: it is damaged, crashed or hung. Empty where it answered.
  std::string failure;
  bool pretends = false;                       ///< makes pretended devices of published systems
  std::map<std::string, std::string> refused;  ///< of those it was to pretend: why not, by id
  /// Environment variables that it and its libraries read: names, or beginnings followed by `*`.
  std::vector<std::string> environment_variables;
};

/// Names of the messages' kinds.
inline constexpr const char* kKind = "kind";

nlohmann::ordered_json to_json(const results::DeviceIdentity& device);
results::DeviceIdentity device_from_json(const nlohmann::ordered_json& json);

nlohmann::ordered_json to_json(const ModuleReport& report);
ModuleReport report_from_json(const nlohmann::ordered_json& json);

nlohmann::ordered_json to_json(const std::vector<Offer>& offers);
std::vector<Offer> offers_from_json(const nlohmann::ordered_json& json);

/// A device as its module describes it.
results::DeviceIdentity identity(const assay_backend& module, std::uint32_t index,
                                 const assay_device_info& info);
results::Properties properties(const assay_property* from, std::size_t count);
/// Bytes as two digits each, and back; throws Error where they are none.
std::string hex(const std::vector<std::byte>& bytes);
std::vector<std::byte> from_hex(const std::string& digits);
/// "" for a null pointer.
std::string text_or_empty(const char* text);

}  // namespace assay::harness

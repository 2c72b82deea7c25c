#include "harness/worker/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "kernels/error.h"

namespace assay::harness::worker {

using nlohmann::ordered_json;
using results::record::DeviceIdentity;
using results::record::Properties;

ordered_json to_json(const results::record::DeviceIdentity& device) {
  return {{"backend", device.backend},
          {"index", device.index},
          {"name", device.name},
          {"vendor", device.vendor},
          {"kind", device.kind},
          {"unique_id", device.unique_id},
          {"bus_id", device.bus_id},
          {"driver", device.driver},
          {"types", device.types},
          {"memory_bytes", device.memory_bytes},
          {"cache_bytes", device.cache_bytes},
          {"compute_units", device.compute_units},
          {"clock_hz", device.clock_hz},
          {"modelled", device.modelled},
          {"properties", device.properties}};
}

results::record::DeviceIdentity device_from_json(const ordered_json& json) {
  results::record::DeviceIdentity device;
  json.at("backend").get_to(device.backend);
  json.at("index").get_to(device.index);
  json.at("name").get_to(device.name);
  json.at("vendor").get_to(device.vendor);
  json.at("kind").get_to(device.kind);
  json.at("unique_id").get_to(device.unique_id);
  json.at("bus_id").get_to(device.bus_id);
  json.at("driver").get_to(device.driver);
  json.at("types").get_to(device.types);
  json.at("memory_bytes").get_to(device.memory_bytes);
  json.at("cache_bytes").get_to(device.cache_bytes);
  json.at("compute_units").get_to(device.compute_units);
  json.at("clock_hz").get_to(device.clock_hz);
  json.at("modelled").get_to(device.modelled);
  device.properties = json.at("properties").get<Properties>();
  return device;
}

ordered_json to_json(const ModuleReport& report) {
  ordered_json devices = ordered_json::array();
  for (const results::record::DeviceIdentity& device : report.devices)
    devices.push_back(to_json(device));
  return {{"module", report.name},         {"path", report.path},
          {"version", report.version},     {"description", report.description},
          {"summary", report.summary},     {"mend", report.mend},
          {"failure", report.failure},     {"details", report.details},
          {"devices", std::move(devices)}, {"pretends", report.pretends},
          {"refused", report.refused},     {"environment_variables", report.environment_variables}};
}

ModuleReport report_from_json(const ordered_json& json) {
  ModuleReport report;
  json.at("module").get_to(report.name);
  json.at("path").get_to(report.path);
  json.at("version").get_to(report.version);
  json.at("description").get_to(report.description);
  json.at("summary").get_to(report.summary);
  json.at("mend").get_to(report.mend);
  json.at("failure").get_to(report.failure);
  report.details = json.at("details").get<Properties>();
  json.at("pretends").get_to(report.pretends);
  report.refused = json.at("refused").get<Properties>();
  json.at("environment_variables").get_to(report.environment_variables);
  for (const ordered_json& device : json.at("devices")) {
    report.devices.push_back(device_from_json(device));
  }
  return report;
}

ordered_json to_json(const std::vector<measure::Offer>& offers) {
  ordered_json list = ordered_json::array();
  for (const measure::Offer& offer : offers) {
    list.push_back(
        {{"name", offer.name}, {"division", name(offer.division)}, {"reason", offer.reason}});
  }
  return list;
}

std::vector<measure::Offer> offers_from_json(const ordered_json& json) {
  std::vector<measure::Offer> offers;
  for (const ordered_json& entry : json) {
    offers.push_back({entry.at("name"),
                      results::record::require_named<results::record::Division>(
                          entry.at("division").get<std::string>(), "offer"),
                      entry.at("reason")});
  }
  return offers;
}

std::string hex(const std::vector<std::byte>& bytes) {
  std::string digits;
  for (const std::byte one : bytes) digits += fmt::format("{:02x}", std::to_integer<unsigned>(one));
  return digits;
}

std::vector<std::byte> from_hex(const std::string& digits) {
  std::vector<std::byte> bytes;
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    unsigned value = 0;
    const char* const end = digits.data() + std::min(at + 2, digits.size());
    const auto [stop, error] = std::from_chars(digits.data() + at, end, value, 16);
    if (error != std::errc() || stop != digits.data() + at + 2) {
      throw Error(fmt::format("\"{}\" are no bytes in hexadecimal digits", digits));
    }
    bytes.push_back(static_cast<std::byte>(value));
  }
  return bytes;
}

}  // namespace assay::harness::worker

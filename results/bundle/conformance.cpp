#include "results/bundle/conformance.h"

#include "results/record/parse_json.h"

namespace assay::results::bundle {

namespace {

std::string stated_in(const std::string& environment, const std::string& module) {
  const auto json = record::parse_json<nlohmann::json>(environment);
  const auto pointer = nlohmann::json::json_pointer("/modules") / module / "conformance";
  if (!json.is_object() || !json.contains(pointer) || !json[pointer].is_string()) return "";
  return json[pointer].get<std::string>();
}

}  // namespace

std::map<std::string, std::string> module_conformance(const BundleContents& contents) {
  std::map<std::string, std::string> out;
  for (const record::Record& record : contents.records) {
    const auto [slot, fresh] = out.try_emplace(record.device.backend, "not examined");
    // The worst of all environments counts.
    if (slot->second.starts_with("fails")) continue;
    const auto found = contents.environments.find(record.environment);
    if (found == contents.environments.end()) continue;
    std::string stated = stated_in(found->second, record.device.backend);
    if (fresh || stated.starts_with("fails")) {
      if (!stated.empty()) slot->second = std::move(stated);
    } else if (stated.empty() || stated == "not examined") {
      slot->second = "not examined";
    }
  }
  return out;
}

}  // namespace assay::results::bundle

// Published systems on their way to a module that pretends devices.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "backends/loader.h"

namespace assay::harness::worker {

/// A system as published: figures in SI base units by quantity, "memory.bandwidth" in B/s.
struct Published {
  std::string id, name, vendor, kind;
  std::map<std::string, double> figures;
};

nlohmann::ordered_json to_json(const std::vector<Published>& systems);
std::vector<Published> published_from_json(const nlohmann::ordered_json& json);

/// Has the module pretend them, before it looks for devices. Returns why it cannot, by id; throws
/// assay::Error where it pretends nothing at all.
std::map<std::string, std::string> pretend(const backends::Module& module,
                                           const std::vector<Published>& systems);

}  // namespace assay::harness::worker

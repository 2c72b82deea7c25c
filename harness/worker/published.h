// Published systems that are sent to a module which creates modelled devices from them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "backends/loader.h"

namespace assay::harness::worker {

/// A published system. Figures are in SI base units, by quantity: "memory.bandwidth" in B/s.
struct Published {
  std::string id, name, vendor, kind;
  std::map<std::string, double> figures;
};

/// Gives the systems to the module; call it before probing. Returns the refused systems by id with
/// the reason. Throws assay::Error if the module cannot model devices at all.
std::map<std::string, std::string> pretend(const backends::Module& module,
                                           const std::vector<Published>& systems);

}  // namespace assay::harness::worker

// Published systems as devices that a person may name: "datasheet:h200-sxm".
#pragma once

#include <string>
#include <vector>

#include "harness/cli/common.h"
#include "harness/worker/published.h"
#include "results/claims/catalogue.h"

namespace assay::cli {

/// What one pretending module makes of the catalogue's systems.
struct PretendedSystem {
  std::string module;   ///< "datasheet"
  std::string id;       ///< "h200-sxm"
  std::string lacking;  ///< why it cannot be pretended; empty where it can
};
std::vector<PretendedSystem> pretended_systems(
    const std::vector<harness::worker::ModuleReport>& modules,
    const results::claims::Catalogue& catalogue);

/// Whether the name asks a pretending module for a system.
bool names_system(const std::vector<harness::worker::ModuleReport>& modules,
                  const std::string& name);

/// As select_devices, and beside those the pretended devices that `names` ask for. Throws
/// InputError with the nearest system where there is none of that id, and with what it lacks where
/// it cannot be pretended.
std::vector<FoundDevice> select_any_devices(
    const std::vector<harness::worker::ModuleReport>& modules,
    const std::vector<std::string>& names, const results::claims::Catalogue& catalogue);

}  // namespace assay::cli

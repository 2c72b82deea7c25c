// Published systems as modelled devices: "datasheet:h200-sxm".
#pragma once

#include <string>
#include <vector>

#include "harness/cli/common.h"
#include "harness/worker/published.h"
#include "results/claims/catalogue.h"

namespace assay::cli::run {

/// A system of the catalogue and whether a module can model it.
struct PretendedSystem {
  std::string module;   ///< "datasheet"
  std::string id;       ///< "h200-sxm"
  std::string lacking;  ///< why it cannot be modelled; empty if it can
};
std::vector<PretendedSystem> pretended_systems(
    const std::vector<harness::worker::ModuleReport>& modules,
    const results::claims::Catalogue& catalogue);

/// Whether the name is that of a modelled device.
bool names_system(const std::vector<harness::worker::ModuleReport>& modules,
                  const std::string& name);

/// Like select_devices, and also the modelled devices in `names`. Throws InputError with the
/// nearest system if there is none of that id, and with what is missing if it cannot be modelled.
std::vector<FoundDevice> select_any_devices(
    const std::vector<harness::worker::ModuleReport>& modules,
    const std::vector<std::string>& names, const results::claims::Catalogue& catalogue);

}  // namespace assay::cli::run

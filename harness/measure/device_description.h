// Converts a module's description of its devices from the structs of the C interface.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "backends/assay_backend.h"
#include "results/record/record.h"

namespace assay::harness::measure {

/// An implementation that a device offers for a problem.
struct Offer {
  std::string name;
  results::record::Division division = results::record::Division::unknown;
  std::string reason;  ///< why it cannot solve the problem; empty if it can
};

/// A device as its module describes it, with clean texts (foreign_text.h). Throws Error that names
/// the figure if the device has no name or a clock that is no frequency.
results::record::DeviceIdentity identity(const assay_backend& module, std::uint32_t index,
                                         const assay_device_info& info);
results::record::Properties properties(const assay_property* from, std::size_t count);
/// Converts a mode to that of the C interface, and back.
assay_mode launch_mode(results::record::Mode mode);
results::record::Mode mode_of(assay_mode mode);

}  // namespace assay::harness::measure

// What two measurements of one problem do not have in common: settings, versions, details.
#pragma once

#include <string>
#include <vector>

#include "results/record/record.h"

namespace assay::results::compare {

struct Unlike {
  std::string what;  ///< "threads", "library", "budget", "driver"
  std::string a, b;  ///< "not recorded" if there is none

  friend bool operator==(const Unlike&, const Unlike&) = default;
};

/// Every recorded setting, every detail of the implementation, and the driver and the properties of
/// the device that differ, in this order. Of two different implementations only details that both
/// record; of two different devices
/// nothing, since each view names them.
std::vector<Unlike> unlike(const record::Record& a, const record::Record& b);

}  // namespace assay::results::compare

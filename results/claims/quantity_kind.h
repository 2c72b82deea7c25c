// The names of quantities, with the dimension that each of them has.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/claims/units.h"

namespace assay::results::claims {

/// A kind of quantity, by the first words of its name.
struct QuantityKind {
  std::string name;  ///< "memory.bandwidth"
  std::string unit;  ///< a usual unit: "GB/s"; a price may be in any currency
  /// It depends on what runs, not only on the system.
  bool of_workload = false;
};
/// The kind of a quantity: that of "peak" for "peak.bf16.sparse"; null if the name is unknown.
const QuantityKind* kind_of(std::string_view quantity);
/// The dimension of a quantity by its name ("peak.bf16" is FLOP/s, "memory.capacity" is B); absent
/// if the name is unknown. quantity_names() lists the known names and prefixes.
std::optional<Dimension> dimension_of(std::string_view quantity);
std::vector<std::string> quantity_names();

}  // namespace assay::results::claims

// The limit of power at which a chip runs in ordinary work, told apart from what is wrong with it.
#pragma once

#include <algorithm>
#include <string_view>

namespace assay::results::record {

/// A reason in the texts of Sensors::throttle: the driver lowers the clock to stay within the
/// board's power limit. Dense products on GPUs usually run so; their times are what the device
/// achieves.
inline constexpr std::string_view kPowerCap = "software power cap";

/// Whether reasons, which commas separate, are nothing but that; not where there is none.
inline bool only_power_cap(std::string_view reasons) {
  constexpr std::string_view kBetween = ", ";
  if (reasons.empty()) return false;
  while (!reasons.empty()) {
    const std::size_t end = std::min(reasons.find(kBetween), reasons.size());
    if (reasons.substr(0, end) != kPowerCap) return false;
    reasons.remove_prefix(std::min(end + kBetween.size(), reasons.size()));
  }
  return true;
}

}  // namespace assay::results::record

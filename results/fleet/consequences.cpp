// What follows from the findings: which devices and hosts should get no more work, and what the
// slowest device costs.
#include <algorithm>

#include "results/fleet/fleet.h"

namespace assay::results::fleet {

std::string_view name(FleetFault fault) {
  switch (fault) {
    case FleetFault::other_output:
      return "other output";
    case FleetFault::wrong:
      return "wrong";
    case FleetFault::failed:
      return "failed";
    case FleetFault::missing:
      return "missing";
    case FleetFault::slow:
      return "slow";
    case FleetFault::throttled:
      return "throttled";
    case FleetFault::hot:
      return "hot";
    case FleetFault::noisy:
      return "noisy";
    case FleetFault::high_power:
      return "high power";
  }
  return "";
}

bool should_drain(FleetFault fault) {
  return fault != FleetFault::hot && fault != FleetFault::noisy && fault != FleetFault::high_power;
}

std::string FleetDevice::place() const {
  std::string out = host.empty() ? "" : host + " ";
  out += "slot " + slot;
  return rack.empty() ? out : rack + " " + out;
}

const FleetWork* Fleet::greatest_loss() const {
  const auto most = std::ranges::max_element(work, {}, &FleetWork::lost);
  return most != work.end() && most->lost() >= kGreatLoss ? &*most : nullptr;
}

std::vector<std::string> Fleet::hosts_to_drain() const {
  std::vector<bool> faulty(devices.size());
  for (const FleetFinding& finding : findings) {
    if (should_drain(finding.fault)) faulty[finding.device] = true;
  }
  std::vector<std::string> out;
  for (std::size_t device = 0; device < devices.size(); ++device) {
    const std::string& host = devices[device].host;
    if (faulty[device] && !host.empty() && std::find(out.begin(), out.end(), host) == out.end()) {
      out.push_back(host);
    }
  }
  return out;
}

}  // namespace assay::results::fleet

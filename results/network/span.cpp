#include "results/network/span.h"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/error.h"

namespace assay::results::network {

Span::Span(const Network& network, const Group& group) : network_(network), ranks_(group.ranks) {
  if (group.ranks < 2) {
    throw InputError(
        fmt::format("a group of {}: a collective needs two or more ranks", group.ranks),
        "use two or more ranks");
  }
  if (group.stride < 1) {
    throw InputError(fmt::format("stride {}: is below 1", group.stride), "use 1 or more");
  }
  if (static_cast<long>(group.ranks - 1) * group.stride >= network.endpoints) {
    throw InputError(
        fmt::format("{} ranks with stride {} do not fit into the {} endpoints ({}) of {}",
                    group.ranks, group.stride, network.endpoints, network.endpoint, network.id),
        fmt::format("use at most {} ranks", (network.endpoints - 1) / group.stride + 1));
  }
  for (std::size_t tier = 0; tier < network.tiers.size(); ++tier) {
    const int room = network.tiers[tier].endpoints;
    const int layout = std::max(1, (room + group.stride - 1) / group.stride);
    members_.push_back(std::min(group.ranks, layout));
    if (members_[tier] > below(tier)) outermost_ = tier;
  }
  // The last tier contains all ranks.
  members_.back() = group.ranks;
}

double Span::concurrent_seconds(const std::vector<double>& bytes) const {
  double port = 0, longest = 0;
  for (std::size_t tier = 0; tier < bytes.size(); ++tier) {
    const Tier& one = network_.tiers[tier];
    if (one.own_port) port = 0;
    port += bytes[tier] / (one.port.value * one.efficiency.value);
    longest = std::max(longest, port);
    if (one.uplink.value <= 0 || tier == 0) continue;
    double crossing = 0;
    for (std::size_t above = tier; above < bytes.size(); ++above) {
      if (above > tier && network_.tiers[above].own_port) break;
      crossing += bytes[above];
    }
    const double share = one.uplink.value / network_.tiers[tier - 1].endpoints;
    longest = std::max(longest, crossing / (share * one.efficiency.value));
  }
  return longest;
}

double Span::step(const std::vector<double>& bytes) const {
  std::vector<double> left = bytes;
  double longest = 0;
  for (std::size_t tier = 0; tier < bytes.size(); ++tier) {
    if (bytes[tier] > 0) longest = std::max(longest, latency(tier) + concurrent_seconds(left));
    left[tier] = 0;
  }
  return longest;
}

double Span::sequential_seconds(const std::vector<double>& bytes) const {
  double sum = 0;
  for (std::size_t tier = 0; tier < bytes.size(); ++tier) {
    std::vector<double> alone(bytes.size());
    alone[tier] = bytes[tier];
    sum += concurrent_seconds(alone);
  }
  return sum;
}

}  // namespace assay::results::network

// How a group of endpoints lies in the tiers of a network, and what its traffic takes there.
#pragma once

#include <vector>

#include "results/network/network.h"

namespace assay::results::network {

/// A group's members tier by tier. Throws InputError where the network has no such group.
class Span {
 public:
  Span(const Network& network, const Group& group);

  int ranks() const { return ranks_; }
  std::size_t tiers() const { return members_.size(); }
  /// Members within one group of the tier; of tier -1, one.
  double members(std::size_t tier) const { return members_[tier]; }
  double below(std::size_t tier) const { return tier == 0 ? 1 : members_[tier - 1]; }
  /// By which factor a tier multiplies the members of the one below.
  double factor(std::size_t tier) const { return members(tier) / below(tier); }
  /// One way, through the tier; of the outermost that the group spans.
  double latency(std::size_t tier) const { return network_.tiers[tier].latency.value; }
  double latency() const { return latency(outermost_); }
  std::size_t outermost() const { return outermost_; }

  /// Seconds for each endpoint to send so many bytes through exactly each tier, all at once: the
  /// busiest port or uplink decides.
  double together(const std::vector<double>& bytes) const;
  /// One message through each tier, all sent at once: a port is busy from the first that arrives
  /// on, and those of farther tiers come later.
  double step(const std::vector<double>& bytes) const;
  /// As together(), where one tier follows the other.
  double in_turn(const std::vector<double>& bytes) const;

 private:
  const Network& network_;
  int ranks_;
  std::vector<double> members_;
  std::size_t outermost_ = 0;
};

}  // namespace assay::results::network

// The distribution of a group over the tiers of a network, and the time of its traffic.
#pragma once

#include <vector>

#include "results/network/network.h"

namespace assay::results::network {

/// The members of a group, tier by tier. Throws InputError if the group does not fit into the
/// network.
class Span {
 public:
  Span(const Network& network, const Group& group);

  int ranks() const { return ranks_; }
  std::size_t tiers() const { return members_.size(); }
  /// Members within one group of the tier, and of the tier below (one for the innermost tier).
  double members(std::size_t tier) const { return members_[tier]; }
  double below(std::size_t tier) const { return tier == 0 ? 1 : members_[tier - 1]; }
  /// Members within the tier divided by members within the tier below.
  double factor(std::size_t tier) const { return members(tier) / below(tier); }
  /// One-way latency of a tier; without a tier, of the outermost one that the group spans.
  double latency(std::size_t tier) const { return network_.tiers[tier].latency.value; }
  double latency() const { return latency(outermost_); }
  std::size_t outermost() const { return outermost_; }

  /// Seconds if each endpoint sends these bytes through each tier, all at once: the time of the
  /// busiest port or uplink.
  double concurrent_seconds(const std::vector<double>& bytes) const;
  /// Seconds of one message through each tier, all sent at once: a port is busy from its first
  /// arriving message on, and messages of outer tiers arrive later.
  double step(const std::vector<double>& bytes) const;
  /// Like concurrent_seconds(), but the tiers are used one after the other.
  double sequential_seconds(const std::vector<double>& bytes) const;

 private:
  const Network& network_;
  int ranks_;
  std::vector<double> members_;
  std::size_t outermost_ = 0;
};

}  // namespace assay::results::network

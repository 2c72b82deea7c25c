// Where the ranks of a group lie in a network.
#pragma once

#include <algorithm>
#include <vector>

#include "results/network/network.h"

namespace assay::results::network {

/// The ranks of a group, tier by tier, in any number: the last group of a tier may have fewer ranks
/// than the others. Nodes are the groups of the innermost tier.
class Placement {
 public:
  /// Throws InputError if the group does not fit into the network.
  Placement(const Network& network, const Group& group);

  int ranks() const { return group_.ranks; }
  std::size_t tiers() const { return endpoints_.size(); }
  /// The innermost tier with a group that contains all ranks.
  std::size_t outermost() const { return outermost_; }
  /// The tier's group that contains the rank, counted from 0 over the groups that have ranks.
  int group(int rank, std::size_t tier) const {
    return groups_[tier][static_cast<std::size_t>(rank)];
  }
  /// Number of ranks in each of these groups.
  const std::vector<int>& sizes(std::size_t tier) const { return sizes_[tier]; }
  /// Number of ranks in the rank's group.
  int size(int rank, std::size_t tier) const {
    return sizes_[tier][static_cast<std::size_t>(group(rank, tier))];
  }
  /// Whether all groups of a tier have the same number of ranks, in every tier.
  bool is_even() const;
  /// The tier that a message passes through: the innermost one with both ranks in one group.
  std::size_t tier_between(int a, int b) const;
  /// Number of groups of ranks that use an uplink into the tier at the same time.
  double sharing(std::size_t tier) const;

  /// Calls `visit(endpoint)` for each group of ranks in the network, where `endpoint(rank)` gives
  /// the endpoint of a rank. A group that fits into a group of a tier lies in one; a larger one
  /// begins with a whole group, and if it does not fill its last group, the rest stays idle.
  template <typename Visit>
  void for_each_group(Visit visit) const {
    const int stride = group_.stride, reach = (group_.ranks - 1) * stride;
    const int room = endpoints_[outermost_];
    for (int whole = 0; whole + room <= endpoints_.back(); whole += room) {
      for (int begin = 0; begin + reach < room; begin += block()) {
        for (int first = 0; first < std::min(stride, room - begin - reach); ++first) {
          visit([&](int rank) { return whole + begin + first + rank * stride; });
        }
      }
    }
  }

 private:
  /// Distance in endpoints between the first ranks of groups that do not interleave.
  int block() const;

  Group group_;
  std::vector<int> endpoints_;            // by tier
  std::vector<std::vector<int>> groups_;  // by tier, by rank
  std::vector<std::vector<int>> sizes_;   // by tier, by group
  std::size_t outermost_ = 0;
};

}  // namespace assay::results::network

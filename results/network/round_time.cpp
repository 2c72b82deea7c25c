#include "results/network/round_time.h"

#include <algorithm>
#include <set>

namespace assay::results::network {

namespace {

/// Bytes by tier of the messages that pass through a link.
using Load = std::vector<double>;

class Clock {
 public:
  Clock(const Network& network, const Placement& placement)
      : network_(network), placement_(placement) {}

  const RoundTime& time() const { return time_; }

  /// A port takes up the messages of its own tier, and of outer tiers without a port of their own.
  void port(const double* bytes) {
    for (std::size_t begin = 0; begin < tiers();) {
      const std::size_t end = end_of_fabric(begin);
      link(bytes, begin, end, [&](std::size_t tier) {
        const Tier& one = network_.tiers[tier];
        return one.port.value * one.efficiency.value;
      });
      begin = end;
    }
  }

  bool has_uplink(std::size_t tier) const {
    return tier > 0 && network_.tiers[tier].uplink.value > 0;
  }

  /// The uplink of a group of the tier below into this tier.
  void uplink(std::size_t tier, const double* bytes) {
    const Tier& one = network_.tiers[tier];
    const double rate = one.uplink.value * one.efficiency.value / placement_.sharing(tier);
    link(bytes, tier, end_of_fabric(tier), [=](std::size_t) { return rate; });
  }

 private:
  std::size_t tiers() const { return network_.tiers.size(); }

  /// Tiers up to the next one that has ports of its own.
  std::size_t end_of_fabric(std::size_t begin) const {
    std::size_t end = begin + 1;
    while (end < tiers() && !network_.tiers[end].own_port) ++end;
    return end;
  }

  template <typename Rate>
  void link(const double* bytes, std::size_t begin, std::size_t end, Rate rate) {
    double busy = 0;
    for (std::size_t tier = end; tier-- > begin;) {
      if (bytes[tier] <= 0) continue;
      busy += bytes[tier] / rate(tier);
      time_.seconds = std::max(time_.seconds, network_.tiers[tier].latency.value + busy);
    }
    time_.bandwidth_seconds = std::max(time_.bandwidth_seconds, busy);
  }

  const Network& network_;
  const Placement& placement_;
  RoundTime time_;
};

/// Loads of numbered links, by tier.
class Loads {
 public:
  Loads(std::size_t links, std::size_t tiers) : tiers_(tiers), bytes_(links * tiers) {}
  void add(int link, std::size_t tier, double bytes) {
    bytes_[static_cast<std::size_t>(link) * tiers_ + tier] += bytes;
  }
  template <typename Visit>
  void for_each(Visit visit) const {
    for (std::size_t at = 0; at < bytes_.size(); at += tiers_) visit(&bytes_[at]);
  }

 private:
  std::size_t tiers_;
  std::vector<double> bytes_;
};

}  // namespace

RoundTime time_of(const Network& network, const Placement& placement, const Round& round) {
  const std::size_t tiers = network.tiers.size();
  const auto ranks = static_cast<std::size_t>(placement.ranks());
  Clock clock(network, placement);
  Loads out(ranks, tiers), in(ranks, tiers);
  for (const Message& one : round) {
    const std::size_t tier = placement.tier_between(one.from, one.to);
    out.add(one.from, tier, one.bytes);
    in.add(one.to, tier, one.bytes);
  }
  out.for_each([&](const double* bytes) { clock.port(bytes); });
  in.for_each([&](const double* bytes) { clock.port(bytes); });
  for (std::size_t tier = 1; tier <= placement.outermost(); ++tier) {
    if (!clock.has_uplink(tier)) continue;
    const std::size_t groups = placement.sizes(tier - 1).size();
    Loads up(groups, tiers), down(groups, tiers);
    for (const Message& one : round) {
      const std::size_t through = placement.tier_between(one.from, one.to);
      if (through < tier) continue;
      up.add(placement.group(one.from, tier - 1), through, one.bytes);
      down.add(placement.group(one.to, tier - 1), through, one.bytes);
    }
    up.for_each([&](const double* bytes) { clock.uplink(tier, bytes); });
    down.for_each([&](const double* bytes) { clock.uplink(tier, bytes); });
  }
  return clock.time();
}

RoundTime time_of_all_pairs(const Network& network, const Placement& placement, double bytes) {
  Clock clock(network, placement);
  std::set<std::vector<int>> known;
  for (int rank = 0; rank < placement.ranks(); rank += placement.size(rank, 0)) {
    std::vector<int> sizes;
    for (std::size_t tier = 0; tier < placement.tiers(); ++tier) {
      sizes.push_back(placement.size(rank, tier));
    }
    if (!known.insert(sizes).second) continue;
    Load load;
    int below = 1;
    for (const int size : sizes) {
      load.push_back((size - below) * bytes);
      below = size;
    }
    clock.port(load.data());
    for (std::size_t tier = 1; tier <= placement.outermost(); ++tier) {
      if (!clock.has_uplink(tier)) continue;
      Load group(load.size());
      for (std::size_t outer = tier; outer < load.size(); ++outer) {
        group[outer] = sizes[tier - 1] * load[outer];
      }
      clock.uplink(tier, group.data());
    }
  }
  return clock.time();
}

}  // namespace assay::results::network

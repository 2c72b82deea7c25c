// Algorithms along rings.
#include <algorithm>
#include <cmath>

#include "results/network/algorithms.h"
#include "results/network/round_time.h"

namespace assay::results::network {

namespace {

/// Each rank sends `piece` bytes: the part of the ring that leaves the node here to the next node,
/// and the others to its neighbour in the node. Ring c enters every node at its place c.
Round ring_round(const Placement& placement, double piece) {
  const std::vector<int>& nodes = placement.sizes(0);
  const int rings = *std::min_element(nodes.begin(), nodes.end());
  Round out;
  int first = 0;
  for (std::size_t node = 0; node < nodes.size(); ++node) {
    const int size = nodes[node], next_node = node + 1 < nodes.size() ? first + size : 0;
    for (int place = 0; place < size; ++place) {
      const int next = (place + 1) % size;
      const bool crosses = nodes.size() > 1 && next < rings;
      const double crossing = crosses ? piece / rings : 0;
      const bool stays = size > 1 && !(crosses && rings == 1);
      if (stays) out.push_back({first + place, first + next, piece - crossing});
      if (crosses) out.push_back({first + place, next_node + next, crossing});
    }
    first += size;
  }
  return out;
}

Stage ring_stage(const Placement& placement, double piece, long count) {
  return {count, [=](long) { return ring_round(placement, piece); }};
}

}  // namespace

Stages ring(const Placement& placement, double bytes, int passes) {
  return {ring_stage(placement, bytes / placement.ranks(), passes * (placement.ranks() - 1L))};
}

bool is_hierarchy(const Placement& placement) {
  int tiers = 0;
  for (std::size_t tier = 0; tier < placement.tiers(); ++tier) {
    tiers += placement.size(0, tier) > (tier == 0 ? 1 : placement.size(0, tier - 1));
  }
  return tiers > 1 && placement.is_even();
}

Stages hierarchical(const Placement& placement, double bytes, int passes) {
  Stages out;
  int below = 1;
  for (std::size_t tier = 0; tier < placement.tiers(); ++tier) {
    const int members = placement.size(0, tier);
    if (members == below) continue;
    const auto round = [=, ranks = placement.ranks()](long) {
      Round messages;
      for (int rank = 0; rank < ranks; ++rank) {
        const int place = rank % members;
        messages.push_back({rank, rank - place + (place + below) % members, bytes / members});
      }
      return messages;
    };
    out.push_back({passes * (members / below - 1L), round});
    below = members;
  }
  return out;
}

/// The number of pieces is chosen so that filling the ring and sending the pieces are balanced.
Stages pipelined_ring(const Network& network, const Placement& placement, double bytes) {
  const int links = placement.ranks() - 1;
  const double whole = time_of(network, placement, ring_round(placement, bytes)).bandwidth_seconds;
  const double latency = network.tiers[placement.outermost()].latency.value;
  const double pieces = std::max(1.0, std::round(std::sqrt((links - 1) * whole / latency)));
  return {ring_stage(placement, bytes / pieces, links - 1 + static_cast<long>(pieces))};
}

Stages scatter_all_gather(const Placement& placement, double bytes) {
  const int ranks = placement.ranks();
  int distance = 1;
  while (2 * distance < ranks) distance *= 2;
  Stages out;
  for (; distance > 0; distance /= 2) {
    const auto round = [=](long) {
      Round messages;
      for (int rank = 0; rank + distance < ranks; rank += 2 * distance) {
        const int parts = std::min(distance, ranks - rank - distance);
        messages.push_back({rank, rank + distance, parts * bytes / ranks});
      }
      return messages;
    };
    out.push_back({1, round});
  }
  out.push_back(ring_stage(placement, bytes / ranks, ranks - 1));
  return out;
}

}  // namespace assay::results::network

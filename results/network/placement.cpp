#include "results/network/placement.h"

#include <fmt/format.h>

#include "kernels/error.h"

namespace assay::results::network {

namespace {

void require_fit(const Network& network, const Group& group) {
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
}

}  // namespace

Placement::Placement(const Network& network, const Group& group) : group_(group) {
  require_fit(network, group);
  for (const Tier& tier : network.tiers) endpoints_.push_back(tier.endpoints);
  endpoints_.back() = network.endpoints;  // The last tier contains all endpoints.
  const auto ranks = static_cast<std::size_t>(group.ranks);
  for (const int endpoints : endpoints_) {
    std::vector<int> groups(ranks), sizes;
    int current = -1;
    for (std::size_t rank = 0; rank < ranks; ++rank) {
      const int place = static_cast<int>(rank) * group.stride / endpoints;
      if (place != current) sizes.push_back(0);
      current = place;
      groups[rank] = static_cast<int>(sizes.size()) - 1;
      ++sizes.back();
    }
    groups_.push_back(std::move(groups));
    sizes_.push_back(std::move(sizes));
  }
  while (sizes_[outermost_].size() > 1) ++outermost_;
}

bool Placement::is_even() const {
  return std::all_of(sizes_.begin(), sizes_.end(), [](const std::vector<int>& sizes) {
    return std::all_of(sizes.begin(), sizes.end(), [&](int one) { return one == sizes.front(); });
  });
}

std::size_t Placement::tier_between(int a, int b) const {
  std::size_t tier = 0;
  while (group(a, tier) != group(b, tier)) ++tier;
  return tier;
}

double Placement::sharing(std::size_t tier) const {
  const int reach = (group_.ranks - 1) * group_.stride;
  const int interleaved = std::min(group_.stride, endpoints_[outermost_] - reach);
  return std::min(interleaved, tier == 0 ? 1 : endpoints_[tier - 1]);
}

int Placement::block() const {
  const int span = group_.ranks * group_.stride;
  if (outermost_ == 0) return span;
  const int whole = endpoints_[outermost_ - 1];
  return (span + whole - 1) / whole * whole;
}

}  // namespace assay::results::network

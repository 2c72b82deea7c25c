// The cost of a collective: the sum over its rounds of latency and bytes over the busiest port or
// uplink. On one tier this gives the formulas of Thakur, Rabenseifner & Gropp, "Optimization of
// Collective Communication Operations in MPICH", IJHPCA 19 (2005), without their term for the
// arithmetic of reductions.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/collective.h"
#include "kernels/error.h"
#include "kernels/nearest.h"
#include "results/network/round_time.h"
#include "results/network/rounds.h"

namespace assay::results::network {

namespace {

void require_size(double bytes) {
  if (bytes > 0 && std::isfinite(bytes)) return;
  throw InputError(fmt::format("{} bytes: is not a valid size", bytes), "use a size above zero");
}

CollectiveCost cost_of(const Network& network, const Schedule& schedule) {
  CollectiveCost out{schedule.algorithm};
  for (const Stage& stage : schedule.stages) {
    const RoundTime time = time_of(network, schedule.placement, stage.round(0));
    const auto count = static_cast<double>(stage.count);
    out.seconds += count * time.seconds;
    out.bandwidth_seconds += count * time.bandwidth_seconds;
  }
  out.latency_seconds = out.seconds - out.bandwidth_seconds;
  return out;
}

/// Sending everything at once is one round; its messages are too many to list.
CollectiveCost cost_of_direct(const Network& network, const Placement& placement, double bytes) {
  const RoundTime time = time_of_all_pairs(network, placement, bytes / placement.ranks());
  return {"direct", time.seconds, time.seconds - time.bandwidth_seconds, time.bandwidth_seconds};
}

CollectiveCost cost_by(const Network& network, Collective collective, const Placement& placement,
                       double bytes, const std::string& algorithm) {
  if (collective == Collective::all_to_all && algorithm == "direct") {
    return cost_of_direct(network, placement, bytes);
  }
  return cost_of(network, schedule_of(network, collective, placement, bytes, algorithm));
}

constexpr std::array kNames = {"all_reduce", "all_gather", "reduce_scatter",
                               "all_to_all", "broadcast",  "send_receive"};

}  // namespace

std::string_view name(Collective collective) {
  return kNames.at(static_cast<std::size_t>(collective));
}

Collective collective_named(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Collective>(i);
  }
  const std::vector<std::string> names(kNames.begin(), kNames.end());
  throw InputError(fmt::format("collective {}: unknown", name),
                   did_you_mean(std::string(name), names,
                                fmt::format("collectives are {}", fmt::join(names, ", "))));
}

std::vector<CollectiveCost> closed_forms(const Network& network, Collective collective,
                                         const Group& group, double bytes) {
  require_size(bytes);
  const Placement placement(network, group);
  std::vector<CollectiveCost> out;
  for (const std::string& algorithm : algorithms_for(collective, placement)) {
    out.push_back(cost_by(network, collective, placement, bytes, algorithm));
  }
  return out;
}

CollectiveCost closed_form(const Network& network, Collective collective, const Group& group,
                           double bytes) {
  const auto all = closed_forms(network, collective, group, bytes);
  return *std::min_element(
      all.begin(), all.end(),
      [](const CollectiveCost& a, const CollectiveCost& b) { return a.seconds < b.seconds; });
}

CollectiveCost closed_form_by(const Network& network, Collective collective, const Group& group,
                              double bytes, const std::string& algorithm) {
  require_size(bytes);
  return cost_by(network, collective, Placement(network, group), bytes, algorithm);
}

double bus_factor(Collective collective, int ranks) {
  return kernels::find_operation(name(collective))->collective->factor(ranks);
}

}  // namespace assay::results::network

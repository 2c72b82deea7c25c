#include "results/network/rounds.h"

#include <fmt/format.h>

#include <map>

#include "kernels/error.h"
#include "results/network/algorithms.h"

namespace assay::results::network {

namespace {

struct Algorithm {
  std::function<Stages(const Network&, const Placement&, double bytes)> stages;
  /// If set, whether the algorithm takes these ranks; `needs` says what it takes.
  bool (*takes)(const Placement&) = nullptr;
  const char* needs = "";
};

using Algorithms = std::map<std::string, Algorithm>;

Algorithm plain(Stages (*stages)(const Placement&, double bytes)) {
  return {[=](const Network&, const Placement& placement, double bytes) {
    return stages(placement, bytes);
  }};
}

Algorithm rings(int passes) {
  return {[=](const Network&, const Placement& placement, double bytes) {
    return ring(placement, bytes, passes);
  }};
}

Algorithm rings_by_tier(int passes) {
  return {[=](const Network&, const Placement& placement, double bytes) {
            return hierarchical(placement, bytes, passes);
          },
          is_hierarchy, "nodes with the same number of ranks, and two ranks or more in each"};
}

const Algorithms& algorithms_of(Collective collective) {
  Algorithm doubling = plain(recursive_doubling_all_gather);
  doubling.takes = is_power_of_two;
  doubling.needs = "a power of two; MPICH takes Bruck's algorithm for other numbers";
  static const std::map<Collective, Algorithms> kAll = {
      {Collective::all_reduce,
       {{"hierarchical", rings_by_tier(2)},
        {"rabenseifner", plain(rabenseifner)},
        {"recursive-doubling", plain(recursive_doubling_all_reduce)},
        {"ring", rings(2)}}},
      {Collective::all_gather,
       {{"bruck", plain(bruck_all_gather)},
        {"hierarchical", rings_by_tier(1)},
        {"recursive-doubling", doubling},
        {"ring", rings(1)}}},
      {Collective::reduce_scatter,
       {{"hierarchical", rings_by_tier(1)},
        {"recursive-halving", plain(recursive_halving_reduce_scatter)},
        {"ring", rings(1)}}},
      {Collective::all_to_all,
       {{"bruck", plain(bruck_all_to_all)},
        {"direct", plain(direct)},
        {"pairwise", plain(pairwise)}}},
      {Collective::broadcast,
       {{"binomial", plain(binomial)},
        {"pipelined-ring", {pipelined_ring}},
        {"scatter-all-gather", plain(scatter_all_gather)}}},
      {Collective::send_receive, {{"one-message", plain(one_message)}}}};
  return kAll.at(collective);
}

bool takes(const Algorithm& algorithm, const Placement& placement) {
  return algorithm.takes == nullptr || algorithm.takes(placement);
}

}  // namespace

long Schedule::count() const {
  long out = 0;
  for (const Stage& stage : stages) out += stage.count;
  return out;
}

Round Schedule::everywhere(const Round& round) const {
  Round out;
  placement.for_each_group([&](auto endpoint) {
    for (const Message& one : round) {
      out.push_back({endpoint(one.from), endpoint(one.to), one.bytes});
    }
  });
  return out;
}

std::vector<std::string> algorithms_for(Collective collective, const Placement& placement) {
  std::vector<std::string> out;
  for (const auto& [name, algorithm] : algorithms_of(collective)) {
    if (takes(algorithm, placement)) out.push_back(name);
  }
  return out;
}

Schedule schedule_of(const Network& network, Collective collective, const Group& group,
                     double bytes, const std::string& algorithm) {
  return schedule_of(network, collective, Placement(network, group), bytes, algorithm);
}

Schedule schedule_of(const Network& network, Collective collective, Placement placement,
                     double bytes, const std::string& algorithm) {
  const Algorithms& known = algorithms_of(collective);
  const auto found = known.find(algorithm);
  const auto hint = [&] {
    return fmt::format("algorithms are {}", fmt::join(algorithms_for(collective, placement), ", "));
  };
  if (found == known.end()) {
    throw InputError(fmt::format("{} by {}: is not known", name(collective), algorithm), hint());
  }
  if (!takes(found->second, placement)) {
    throw InputError(fmt::format("{} by {} on {} ranks: needs {}", name(collective), algorithm,
                                 placement.ranks(), found->second.needs),
                     hint());
  }
  Stages stages = found->second.stages(network, placement, bytes);
  return {algorithm, std::move(placement), std::move(stages)};
}

}  // namespace assay::results::network

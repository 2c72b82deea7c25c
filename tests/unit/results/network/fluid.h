// The time of messages that share links fairly (max-min), computed from the tiers of a network
// alone: neither the loads of the closed forms nor SimGrid.
#pragma once

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>
#include <vector>

#include "results/network/rounds.h"

namespace assay::results::network {

class Fluid {
 public:
  explicit Fluid(const Network& network) : network_(network) {}

  /// Seconds until all messages between endpoints have arrived.
  double seconds(const Round& round) {
    flows_.clear();
    capacities_.clear();
    known_.clear();
    for (const Message& one : round) add(one);
    double now = 0;
    while (advance(now)) {
    }
    return now;
  }

 private:
  struct Flow {
    double start = 0, left = 0, rate = 0;
    std::vector<std::size_t> links;
  };

  const Tier& tier(std::size_t number) const { return network_.tiers[number]; }

  std::size_t link(int kind, std::size_t of, int number, double capacity) {
    const auto [at, added] = known_.try_emplace({kind, of, number}, capacities_.size());
    if (added) capacities_.push_back(capacity);
    return at->second;
  }

  void add(const Message& one) {
    std::size_t through = 0;
    while (through + 1 < network_.tiers.size() &&
           one.from / tier(through).endpoints != one.to / tier(through).endpoints) {
      ++through;
    }
    std::size_t fabric = through;
    while (fabric > 0 && !tier(fabric).own_port) --fabric;
    Flow flow{tier(through).latency.value, one.bytes, 0, {}};
    const double port = tier(fabric).port.value;
    flow.links = {link(0, fabric, one.from, port), link(1, fabric, one.to, port)};
    for (std::size_t outer = fabric + 1; outer <= through; ++outer) {
      const double uplink = tier(outer).uplink.value;
      if (uplink <= 0) continue;
      const int below = tier(outer - 1).endpoints;
      flow.links.push_back(link(2, outer, one.from / below, uplink));
      flow.links.push_back(link(3, outer, one.to / below, uplink));
    }
    flows_.push_back(std::move(flow));
  }

  /// Moves to the next arrival of a first or a last byte. False if nothing is left.
  bool advance(double& now) {
    std::vector<Flow*> active;
    double until = std::numeric_limits<double>::infinity();
    for (Flow& flow : flows_) {
      if (flow.left <= 0) continue;
      if (flow.start <= now) {
        active.push_back(&flow);
      } else {
        until = std::min(until, flow.start);
      }
    }
    share(active);
    for (const Flow* flow : active) until = std::min(until, now + flow->left / flow->rate);
    if (until == std::numeric_limits<double>::infinity()) return false;
    for (Flow* flow : active) {
      const double end = now + flow->left / flow->rate;
      flow->left = end <= until * (1 + 1e-9) ? 0 : flow->left - (until - now) * flow->rate;
    }
    now = until;
    return true;
  }

  /// Gives every flow its fair rate: the link with the least for each of its flows decides first.
  void share(std::vector<Flow*> waiting) const {
    std::vector<double> left = capacities_;
    while (!waiting.empty()) {
      std::vector<double> users(left.size());
      for (const Flow* flow : waiting) {
        for (const std::size_t one : flow->links) ++users[one];
      }
      double least = std::numeric_limits<double>::infinity();
      for (std::size_t one = 0; one < left.size(); ++one) {
        if (users[one] > 0) least = std::min(least, left[one] / users[one]);
      }
      const auto decided = [&](const Flow* flow) {
        return std::any_of(flow->links.begin(), flow->links.end(), [&](std::size_t one) {
          return left[one] / users[one] <= least * (1 + 1e-9);
        });
      };
      const auto middle = std::partition(waiting.begin(), waiting.end(),
                                         [&](const Flow* flow) { return !decided(flow); });
      for (auto at = middle; at != waiting.end(); ++at) {
        (*at)->rate = least;
        for (const std::size_t one : (*at)->links) left[one] -= least;
      }
      waiting.erase(middle, waiting.end());
    }
  }

  const Network& network_;
  std::vector<Flow> flows_;
  std::vector<double> capacities_;
  std::map<std::tuple<int, std::size_t, int>, std::size_t> known_;
};

}  // namespace assay::results::network

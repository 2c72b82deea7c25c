#include "results/network/rounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>

#include "kernels/error.h"
#include "results/network/span.h"

namespace assay::results::network {

namespace {

/// Maps the ranks of all groups to endpoints. Nodes are the groups of the innermost tier.
class RankLayout {
 public:
  RankLayout(const Network& network, const Group& group)
      : network_(network),
        group_(group),
        local_(static_cast<int>(Span(network, group).members(0))) {}

  int ranks() const { return group_.ranks; }
  /// Number of ranks of a group in one node.
  int local() const { return local_; }
  int nodes() const { return ranks() / local(); }
  bool fills_whole_nodes() const { return ranks() % local() == 0; }

  /// Calls `visit(endpoint)` for each group, where `endpoint(rank)` gives the endpoint of a rank.
  template <typename Visit>
  void for_each_group(Visit visit) const {
    const int block = ranks() * group_.stride;
    for (int begin = 0; begin + block <= network_.endpoints; begin += block) {
      for (int first = 0; first < group_.stride; ++first) {
        visit([&](int rank) { return begin + first + rank * group_.stride; });
      }
    }
    // A single group if the system is smaller than a block.
    if (block > network_.endpoints) visit([&](int rank) { return rank * group_.stride; });
  }

 private:
  const Network& network_;
  Group group_;
  int local_;
};

using Steps = std::vector<Message>;  // of one group, between ranks

Round round_of(const RankLayout& layout, int kind, const Steps& steps) {
  Round out{kind, {}};
  layout.for_each_group([&](auto endpoint) {
    for (const Message& one : steps) {
      out.messages.push_back({endpoint(one.from), endpoint(one.to), one.bytes});
    }
  });
  return out;
}

/// As many parallel rings as a node has ranks: each rank sends the share of one ring to the next
/// node and all others to its neighbour in the node.
Round ring_round(const RankLayout& layout, double piece) {
  const int local = layout.local(), nodes = layout.nodes();
  Steps steps;
  for (int rank = 0; rank < layout.ranks(); ++rank) {
    const int node = rank / local, place = rank % local, next = (place + 1) % local;
    const double crossing = nodes > 1 ? piece / local : 0;
    if (local > 1) steps.push_back({rank, node * local + next, piece - crossing});
    if (nodes > 1) steps.push_back({rank, (node + 1) % nodes * local + next, crossing});
  }
  return round_of(layout, 0, steps);
}

Schedule ring(const RankLayout& layout, double bytes, int passes) {
  const double piece = bytes / layout.ranks();
  return {"ring", static_cast<long>(passes) * (layout.ranks() - 1),
          [=](long) { return ring_round(layout, piece); }};
}

/// Each rank sends to every other rank in turn: first in its own node, then in the others.
Schedule pairwise_rounds(const RankLayout& layout, double bytes) {
  const double piece = bytes / layout.ranks();
  return {"pairwise", layout.ranks() - 1L, [=](long number) {
            const int shift = static_cast<int>(number) + 1, local = layout.local();
            Steps steps;
            for (int rank = 0; rank < layout.ranks(); ++rank) {
              const int node = (rank / local + shift / local) % layout.nodes();
              const int place = (rank % local + shift % local) % local;
              steps.push_back({rank, node * local + place, piece});
            }
            return round_of(layout, shift < local ? 0 : 1, steps);
          }};
}

/// All messages at once.
Schedule direct_rounds(const RankLayout& layout, double bytes) {
  const double piece = bytes / layout.ranks();
  return {"direct", 1, [=](long) {
            Steps steps;
            for (int from = 0; from < layout.ranks(); ++from) {
              for (int to = 0; to < layout.ranks(); ++to) {
                if (from != to) steps.push_back({from, to, piece});
              }
            }
            return round_of(layout, 0, steps);
          }};
}

int exponent_of(const RankLayout& layout, const char* algorithm) {
  const auto ranks = static_cast<unsigned>(layout.ranks());
  if (std::has_single_bit(ranks)) return std::countr_zero(ranks);
  throw InputError(
      fmt::format("{} of {} ranks: can be simulated only for powers of two", algorithm, ranks),
      "use 2, 4, 8, 16 … ranks, or the ring");
}

Round exchange(const RankLayout& layout, int bit, double bytes) {
  Steps steps;
  for (int rank = 0; rank < layout.ranks(); ++rank)
    steps.push_back({rank, rank ^ (1 << bit), bytes});
  return round_of(layout, bit, steps);
}

Schedule recursive_doubling_rounds(const RankLayout& layout, double bytes) {
  return {"recursive-doubling", exponent_of(layout, "recursive-doubling"),
          [=](long number) { return exchange(layout, static_cast<int>(number), bytes); }};
}

/// Halving, near partners first; with two passes, followed by doubling.
Schedule halving(const RankLayout& layout, double bytes, int passes, const char* algorithm) {
  const int exponent = exponent_of(layout, algorithm);
  return {algorithm, static_cast<long>(passes) * exponent, [=](long number) {
            const int bit =
                static_cast<int>(number < exponent ? number : 2L * exponent - 1 - number);
            return exchange(layout, bit, bytes / static_cast<double>(2L << bit));
          }};
}

Schedule binomial_rounds(const RankLayout& layout, double bytes) {
  const int exponent = exponent_of(layout, "binomial");
  return {"binomial", exponent, [=](long number) {
            // Far partners first, so that each message crosses between nodes only once.
            const int distance = 1 << (exponent - 1 - number);
            Steps steps;
            for (int rank = 0; rank < layout.ranks(); rank += 2 * distance) {
              steps.push_back({rank, rank + distance, bytes});
            }
            return round_of(layout, static_cast<int>(number), steps);
          }};
}

Schedule one_message_rounds(const RankLayout& layout, double bytes) {
  return {"one-message", 1, [=](long) { return round_of(layout, 0, {{0, 1, bytes}}); }};
}

using ScheduleMaker = std::function<Schedule(const RankLayout&, double bytes)>;

const std::map<std::string, ScheduleMaker>& schedule_makers(Collective collective) {
  const auto rings = [](int passes) {
    return [=](const RankLayout& layout, double bytes) { return ring(layout, bytes, passes); };
  };
  const auto halves = [](int passes, const char* name) {
    return [=](const RankLayout& layout, double bytes) {
      return halving(layout, bytes, passes, name);
    };
  };
  static const std::map<Collective, std::map<std::string, ScheduleMaker>> kAll = {
      {Collective::all_reduce,
       {{"ring", rings(2)},
        {"rabenseifner", halves(2, "rabenseifner")},
        {"recursive-doubling", recursive_doubling_rounds}}},
      {Collective::all_gather,
       {{"ring", rings(1)}, {"recursive-doubling", halves(1, "recursive-doubling")}}},
      {Collective::reduce_scatter,
       {{"ring", rings(1)}, {"recursive-halving", halves(1, "recursive-halving")}}},
      {Collective::all_to_all, {{"pairwise", pairwise_rounds}, {"direct", direct_rounds}}},
      {Collective::broadcast, {{"binomial", binomial_rounds}}},
      {Collective::send_receive, {{"one-message", one_message_rounds}}}};
  return kAll.at(collective);
}

}  // namespace

std::vector<std::string> scheduled_algorithms(Collective collective) {
  std::vector<std::string> out;
  for (const auto& [name, maker] : schedule_makers(collective)) out.push_back(name);
  return out;
}

Schedule schedule_of(const Network& network, Collective collective, const Group& group,
                     double bytes, const std::string& algorithm) {
  const RankLayout layout(network, group);
  if (!layout.fills_whole_nodes()) {
    throw InputError(fmt::format("{} ranks on nodes of {}: the last node is not full", group.ranks,
                                 layout.local()),
                     fmt::format("use a multiple of {}", layout.local()));
  }
  const auto& known = schedule_makers(collective);
  const auto found = known.find(algorithm);
  if (found == known.end()) {
    throw InputError(
        fmt::format("{} by {}: cannot be simulated", name(collective), algorithm),
        fmt::format("algorithms are {}", fmt::join(scheduled_algorithms(collective), ", ")));
  }
  return found->second(layout, bytes);
}

}  // namespace assay::results::network

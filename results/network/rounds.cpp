#include "results/network/rounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>

#include "kernels/error.h"
#include "results/network/span.h"

namespace assay::results::network {

namespace {

/// Where the ranks of all groups sit. Nodes are the groups of the innermost tier.
class Seats {
 public:
  Seats(const Network& network, const Group& group)
      : network_(network),
        group_(group),
        local_(static_cast<int>(Span(network, group).members(0))) {}

  int ranks() const { return group_.ranks; }
  /// Ranks of a group in one node.
  int local() const { return local_; }
  int nodes() const { return ranks() / local(); }
  bool fills_whole_nodes() const { return ranks() % local() == 0; }

  /// Calls `visit(endpoint of)` for each group side by side, where `endpoint of` takes a rank.
  template <typename Visit>
  void for_each_group(Visit visit) const {
    const int block = ranks() * group_.stride;
    for (int begin = 0; begin + block <= network_.endpoints; begin += block) {
      for (int first = 0; first < group_.stride; ++first) {
        visit([&](int rank) { return begin + first + rank * group_.stride; });
      }
    }
    // A group at the system's edge, where groups do not divide it.
    if (block > network_.endpoints) visit([&](int rank) { return rank * group_.stride; });
  }

 private:
  const Network& network_;
  Group group_;
  int local_;
};

using Steps = std::vector<Message>;  // of one group, between ranks

Round round_of(const Seats& seats, int kind, const Steps& steps) {
  Round out{kind, {}};
  seats.for_each_group([&](auto endpoint) {
    for (const Message& one : steps) {
      out.messages.push_back({endpoint(one.from), endpoint(one.to), one.bytes});
    }
  });
  return out;
}

/// Rings side by side, as many as a node has ranks: each passes on to its neighbour in the node all
/// but one ring's share, and that to the next node.
Round ring_round(const Seats& seats, double piece) {
  const int local = seats.local(), nodes = seats.nodes();
  Steps steps;
  for (int rank = 0; rank < seats.ranks(); ++rank) {
    const int node = rank / local, place = rank % local, next = (place + 1) % local;
    const double crossing = nodes > 1 ? piece / local : 0;
    if (local > 1) steps.push_back({rank, node * local + next, piece - crossing});
    if (nodes > 1) steps.push_back({rank, (node + 1) % nodes * local + next, crossing});
  }
  return round_of(seats, 0, steps);
}

Schedule ring(const Seats& seats, double bytes, int passes) {
  const double piece = bytes / seats.ranks();
  return {"ring", static_cast<long>(passes) * (seats.ranks() - 1),
          [=](long) { return ring_round(seats, piece); }};
}

/// To each other rank in turn: first those of the own node, then those of the others.
Schedule pairwise_rounds(const Seats& seats, double bytes) {
  const double piece = bytes / seats.ranks();
  return {"pairwise", seats.ranks() - 1L, [=](long number) {
            const int shift = static_cast<int>(number) + 1, local = seats.local();
            Steps steps;
            for (int rank = 0; rank < seats.ranks(); ++rank) {
              const int node = (rank / local + shift / local) % seats.nodes();
              const int place = (rank % local + shift % local) % local;
              steps.push_back({rank, node * local + place, piece});
            }
            return round_of(seats, shift < local ? 0 : 1, steps);
          }};
}

/// All at once.
Schedule direct_rounds(const Seats& seats, double bytes) {
  const double piece = bytes / seats.ranks();
  return {"direct", 1, [=](long) {
            Steps steps;
            for (int from = 0; from < seats.ranks(); ++from) {
              for (int to = 0; to < seats.ranks(); ++to) {
                if (from != to) steps.push_back({from, to, piece});
              }
            }
            return round_of(seats, 0, steps);
          }};
}

int exponent_of(const Seats& seats, const char* algorithm) {
  const auto ranks = static_cast<unsigned>(seats.ranks());
  if (std::has_single_bit(ranks)) return std::countr_zero(ranks);
  throw InputError(fmt::format("{} of {} ranks: is simulated for powers of two", algorithm, ranks),
                   "name 2, 4, 8, 16 … ranks, or the ring");
}

Round exchange(const Seats& seats, int bit, double bytes) {
  Steps steps;
  for (int rank = 0; rank < seats.ranks(); ++rank)
    steps.push_back({rank, rank ^ (1 << bit), bytes});
  return round_of(seats, bit, steps);
}

Schedule recursive_doubling_rounds(const Seats& seats, double bytes) {
  return {"recursive-doubling", exponent_of(seats, "recursive-doubling"),
          [=](long number) { return exchange(seats, static_cast<int>(number), bytes); }};
}

/// Halves, near partners first, and doubles on the way back where `passes` is 2.
Schedule halving(const Seats& seats, double bytes, int passes, const char* algorithm) {
  const int exponent = exponent_of(seats, algorithm);
  return {algorithm, static_cast<long>(passes) * exponent, [=](long number) {
            const int bit =
                static_cast<int>(number < exponent ? number : 2L * exponent - 1 - number);
            return exchange(seats, bit, bytes / static_cast<double>(2L << bit));
          }};
}

Schedule binomial_rounds(const Seats& seats, double bytes) {
  const int exponent = exponent_of(seats, "binomial");
  return {"binomial", exponent, [=](long number) {
            // The farthest first, so that each message crosses between nodes once.
            const int distance = 1 << (exponent - 1 - number);
            Steps steps;
            for (int rank = 0; rank < seats.ranks(); rank += 2 * distance) {
              steps.push_back({rank, rank + distance, bytes});
            }
            return round_of(seats, static_cast<int>(number), steps);
          }};
}

Schedule one_message_rounds(const Seats& seats, double bytes) {
  return {"one-message", 1, [=](long) { return round_of(seats, 0, {{0, 1, bytes}}); }};
}

using Maker = std::function<Schedule(const Seats&, double bytes)>;

const std::map<std::string, Maker>& makers(Collective collective) {
  const auto rings = [](int passes) {
    return [=](const Seats& seats, double bytes) { return ring(seats, bytes, passes); };
  };
  const auto halves = [](int passes, const char* name) {
    return [=](const Seats& seats, double bytes) { return halving(seats, bytes, passes, name); };
  };
  static const std::map<Collective, std::map<std::string, Maker>> kAll = {
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
  for (const auto& [name, maker] : makers(collective)) out.push_back(name);
  return out;
}

Schedule schedule_of(const Network& network, Collective collective, const Group& group,
                     double bytes, const std::string& algorithm) {
  const Seats seats(network, group);
  if (!seats.fills_whole_nodes()) {
    throw InputError(
        fmt::format("{} ranks over nodes of {}: the last is not full", group.ranks, seats.local()),
        fmt::format("name a multiple of {}", seats.local()));
  }
  const auto& known = makers(collective);
  const auto found = known.find(algorithm);
  if (found == known.end()) {
    throw InputError(fmt::format("{} by {}: is not simulated", name(collective), algorithm),
                     fmt::format("one of {}", fmt::join(scheduled_algorithms(collective), ", ")));
  }
  return found->second(seats, bytes);
}

}  // namespace assay::results::network

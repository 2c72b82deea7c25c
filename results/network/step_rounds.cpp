// Algorithms in steps between partners at distances of powers of two, and exchanges of all with
// all.
#include <algorithm>
#include <bit>

#include "results/network/algorithms.h"

namespace assay::results::network {

namespace {

/// The 2^⌊lg p⌋ members that remain when some ranks have handed their data to a neighbour.
struct Members {
  explicit Members(int ranks)
      : count(static_cast<int>(std::bit_floor(static_cast<unsigned>(ranks)))),
        bits(std::countr_zero(static_cast<unsigned>(count))),
        extra(ranks - count) {}

  /// Members below `extra` stand for two ranks and are the second of these.
  int rank(int member) const { return member < extra ? 2 * member + 1 : member + extra; }

  int count, bits, extra;
};

/// `bytes` from each extra rank to the neighbour that stands for it, or back.
Stage fold(const Members& members, double bytes, bool back) {
  return {1, [=](long) {
            Round out;
            for (int i = 0; i < members.extra; ++i) {
              out.push_back({2 * i + (back ? 1 : 0), 2 * i + (back ? 0 : 1), bytes});
            }
            return out;
          }};
}

/// Each member sends to the one whose number differs in `bit`; `bytes(to)` is what `to` receives.
template <typename Bytes>
Stage exchange(const Members& members, int bit, Bytes bytes) {
  return {1, [=](long) {
            Round out;
            for (int member = 0; member < members.count; ++member) {
              const int to = member ^ (1 << bit);
              out.push_back({members.rank(member), members.rank(to), bytes(to)});
            }
            return out;
          }};
}

Stage exchange_of(const Members& members, int bit, double bytes) {
  return exchange(members, bit, [=](int) { return bytes; });
}

/// Every rank sends `bytes` to the rank `shift` further.
Round shifted(int ranks, int shift, double bytes) {
  Round out;
  for (int rank = 0; rank < ranks; ++rank) {
    out.push_back({rank, (rank + shift) % ranks, bytes});
  }
  return out;
}

Stages folded(const Members& members, double in, Stages steps, double back) {
  if (members.extra == 0) return steps;
  steps.insert(steps.begin(), fold(members, in, false));
  steps.push_back(fold(members, back, true));
  return steps;
}

}  // namespace

Stages recursive_doubling_all_reduce(const Placement& placement, double bytes) {
  const Members members(placement.ranks());
  Stages steps;
  for (int bit = 0; bit < members.bits; ++bit) steps.push_back(exchange_of(members, bit, bytes));
  return folded(members, bytes, std::move(steps), bytes);
}

Stages rabenseifner(const Placement& placement, double bytes) {
  const Members members(placement.ranks());
  Stages steps;
  const auto add = [&](int bit) {
    steps.push_back(exchange_of(members, bit, bytes / static_cast<double>(2L << bit)));
  };
  for (int bit = 0; bit < members.bits; ++bit) add(bit);
  for (int bit = members.bits - 1; bit >= 0; --bit) add(bit);
  return folded(members, bytes, std::move(steps), bytes);
}

/// A member keeps the parts of all members whose lowest bits equal its own; a member that stands
/// for two ranks has two parts.
Stages recursive_halving_reduce_scatter(const Placement& placement, double bytes) {
  const Members members(placement.ranks());
  const double part = bytes / placement.ranks();
  Stages steps;
  for (int bit = 0; bit < members.bits; ++bit) {
    const int kinds = 2 << bit;
    const auto parts_of = [=](int to) {
      const int kind = to % kinds;
      const int doubled = members.extra > kind ? (members.extra - kind - 1) / kinds + 1 : 0;
      return (members.count / kinds + doubled) * part;
    };
    steps.push_back(exchange(members, bit, parts_of));
  }
  return folded(members, bytes, std::move(steps), part);
}

bool is_power_of_two(const Placement& placement) {
  return std::has_single_bit(static_cast<unsigned>(placement.ranks()));
}

Stages recursive_doubling_all_gather(const Placement& placement, double bytes) {
  Stages out = recursive_halving_reduce_scatter(placement, bytes);
  std::reverse(out.begin(), out.end());
  return out;
}

Stages bruck_all_gather(const Placement& placement, double bytes) {
  const int ranks = placement.ranks();
  Stages out;
  for (int held = 1; held < ranks; held *= 2) {
    const double sent = std::min(held, ranks - held) * (bytes / ranks);
    out.push_back({1, [=](long) { return shifted(ranks, ranks - held, sent); }});
  }
  return out;
}

/// In the round of each bit, a rank passes on the parts whose distance to their goal has that bit.
Stages bruck_all_to_all(const Placement& placement, double bytes) {
  const int ranks = placement.ranks();
  Stages out;
  for (int bit = 1; bit < ranks; bit *= 2) {
    const int parts = ranks / (2 * bit) * bit + std::max(0, ranks % (2 * bit) - bit);
    const double sent = parts * (bytes / ranks);
    out.push_back({1, [=](long) { return shifted(ranks, bit, sent); }});
  }
  return out;
}

Stages pairwise(const Placement& placement, double bytes) {
  const int ranks = placement.ranks();
  const double piece = bytes / ranks;
  bool aligned = is_power_of_two(placement) && placement.is_even();
  for (std::size_t tier = 0; tier < placement.tiers(); ++tier) {
    aligned = aligned && std::has_single_bit(static_cast<unsigned>(placement.size(0, tier)));
  }
  Stages out;
  const auto add = [&](int begin, int end) {
    if (begin >= end) return;
    out.push_back({end - begin, [=](long number) {
                     const int shift = begin + static_cast<int>(number);
                     if (!aligned) return shifted(ranks, shift, piece);
                     Round round;
                     for (int rank = 0; rank < ranks; ++rank) {
                       round.push_back({rank, rank ^ shift, piece});
                     }
                     return round;
                   }});
  };
  if (aligned) {
    int below = 1;
    for (std::size_t tier = 0; tier < placement.tiers(); ++tier) {
      add(below, placement.size(0, tier));
      below = placement.size(0, tier);
    }
    return out;
  }
  // Shifts of less than the largest group, in either direction, leave some messages inside it.
  int largest = 1;
  if (placement.outermost() > 0) {
    const std::vector<int>& sizes = placement.sizes(placement.outermost() - 1);
    largest = *std::max_element(sizes.begin(), sizes.end());
  }
  const int last = std::max(largest, ranks - largest + 1);
  for (int shift = 1; shift < std::min(largest, ranks); ++shift) add(shift, shift + 1);
  add(largest, last);
  for (int shift = last; shift < ranks; ++shift) add(shift, shift + 1);
  return out;
}

Stages direct(const Placement& placement, double bytes) {
  return {{1, [=, ranks = placement.ranks()](long) {
             Round out;
             for (int shift = 1; shift < ranks; ++shift) {
               const Round one = shifted(ranks, shift, bytes / ranks);
               out.insert(out.end(), one.begin(), one.end());
             }
             return out;
           }}};
}

Stages binomial(const Placement& placement, double bytes) {
  const int ranks = placement.ranks();
  Stages out;
  for (int distance = 1; distance < ranks; distance *= 2) {
    const auto round = [=](long) {
      Round messages;
      for (int rank = 0; rank + distance < ranks; rank += 2 * distance) {
        messages.push_back({rank, rank + distance, bytes});
      }
      return messages;
    };
    out.insert(out.begin(), {1, round});
  }
  return out;
}

Stages one_message(const Placement& placement, double bytes) {
  return {{1, [=, ranks = placement.ranks()](long) { return shifted(ranks, 1, bytes); }}};
}

}  // namespace assay::results::network

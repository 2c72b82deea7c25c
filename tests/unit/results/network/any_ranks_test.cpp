// Collectives on any number of ranks: what their rounds move, and what these cost.
#include <gmock/gmock.h>

#include <bit>
#include <cmath>
#include <set>

#include "kernels/error.h"
#include "results/network/round_time.h"
#include "results/network/simulation.h"
#include "tests/unit/results/network/fluid.h"

namespace assay::results::network {
namespace {

constexpr double kLatency = 1e-6, kRate = 100e9;
constexpr std::array kCollectives = {Collective::all_reduce,     Collective::all_gather,
                                     Collective::reduce_scatter, Collective::all_to_all,
                                     Collective::broadcast,      Collective::send_receive};

Tier tier(int endpoints, double rate, double latency, bool own_port = false, double uplink = 0) {
  return {.name = "tier",
          .endpoints = endpoints,
          .port = {rate},
          .uplink = {uplink},
          .own_port = own_port,
          .latency = {latency},
          .efficiency = {1}};
}

int rounded_up(int ranks, int node) {
  return (ranks + node - 1) / node * node;
}

Network flat(int ranks) {
  return {"flat", "chip", ranks, {tier(ranks, kRate, kLatency)}};
}

/// Nodes behind uplinks of `share` of their ports together.
Network behind_uplinks(int ranks, int node, double share) {
  const int all = rounded_up(ranks, node);
  return {
      "uplinks",
      "chip",
      all,
      {tier(node, kRate, kLatency), tier(all, kRate, 3 * kLatency, false, share * node * kRate)}};
}

/// Nodes with network cards.
Network with_cards(int ranks, int node) {
  const int all = rounded_up(ranks, node);
  return {"cards",
          "chip",
          all,
          {tier(node, kRate, kLatency), tier(all, kRate / 8, 5 * kLatency, true)}};
}

/// Nodes of four with network cards, and racks of 32 behind uplinks.
Network in_racks(int ranks) {
  const int all = rounded_up(ranks, 32);
  return {"racks",
          "chip",
          all,
          {tier(4, kRate, kLatency), tier(32, kRate / 8, 5 * kLatency, true),
           tier(all, kRate / 8, 8 * kLatency, false, 32 * kRate / 8)}};
}

std::vector<int> spread_of_ranks() {
  std::vector<int> out;
  for (int ranks = 2; ranks <= 33; ++ranks) out.push_back(ranks);
  for (const int ranks : {48, 63, 72, 96, 97, 100, 192, 255, 384, 500, 768, 1000, 1023, 1024}) {
    out.push_back(ranks);
  }
  return out;
}

/// All rounds of small groups; of each stage of larger ones, the first and the last.
double fluid_seconds(const Network& network, const Schedule& schedule) {
  Fluid fluid(network);
  double sum = 0;
  for (const Stage& stage : schedule.stages) {
    const bool every = schedule.placement.ranks() <= 12;
    const long counted = every ? stage.count : std::min(2L, stage.count);
    double seconds = 0;
    for (long number = 0; number < counted; ++number) {
      const long at = every || number == 0 ? number : stage.count - 1;
      seconds += fluid.seconds(schedule.everywhere(stage.round(at)));
    }
    sum += seconds / static_cast<double>(counted) * static_cast<double>(stage.count);
  }
  return sum;
}

void expect_agreement(const Network& network, const Group& group, double bytes) {
  for (const Collective collective : kCollectives) {
    for (const CollectiveCost& cost : closed_forms(network, collective, group, bytes)) {
      if (cost.algorithm == "direct" && group.ranks > 40) continue;  // too many messages
      const Schedule schedule = schedule_of(network, collective, group, bytes, cost.algorithm);
      EXPECT_NEAR(fluid_seconds(network, schedule), cost.seconds, 0.02 * cost.seconds)
          << network.id << " of " << network.tiers[0].endpoints << ' ' << name(collective) << ' '
          << cost.algorithm << ' ' << group.ranks << " ranks, stride " << group.stride << ", "
          << bytes << " B";
    }
  }
}

TEST(AnyRanks, ClosedFormsAreTheTimeOfFairFlowsOnOneTier) {
  for (const int ranks : spread_of_ranks()) {
    for (const double bytes : {8.0, 1e6, 1e9}) expect_agreement(flat(ranks), {ranks, 1}, bytes);
  }
}

TEST(AnyRanks, ClosedFormsAreTheTimeOfFairFlowsOnSeveralTiers) {
  for (const int ranks : spread_of_ranks()) {
    for (const double bytes : {8.0, 1e9}) {
      expect_agreement(behind_uplinks(ranks, 16, 1), {ranks, 1}, bytes);
      expect_agreement(with_cards(ranks, 8), {ranks, 1}, bytes);
      if (ranks <= 100) {
        expect_agreement(behind_uplinks(ranks, 6, 1), {ranks, 1}, bytes);
        expect_agreement(behind_uplinks(ranks, 8, 0.25), {ranks, 1}, bytes);
        expect_agreement(with_cards(ranks, 6), {ranks, 1}, bytes);
        expect_agreement(in_racks(ranks), {ranks, 1}, bytes);
      }
    }
  }
}

TEST(AnyRanks, GroupsSideBySideShareTheLinks) {
  for (const double bytes : {8.0, 1e9}) {
    for (const int ranks : {2, 3, 5, 6, 8}) {
      for (const int stride : {1, 2, 4, 8, 16}) {
        expect_agreement(behind_uplinks(128, 8, 1), {ranks, stride}, bytes);
        expect_agreement(behind_uplinks(128, 8, 0.25), {ranks, stride}, bytes);
        expect_agreement(with_cards(128, 8), {ranks, stride}, bytes);
      }
    }
  }
}

/// Which ranks' data each rank has after all rounds, if every message carries all that its sender
/// has.
std::vector<std::set<int>> reached(const Schedule& schedule) {
  const int ranks = schedule.placement.ranks();
  std::vector<std::set<int>> has;
  for (int rank = 0; rank < ranks; ++rank) has.push_back({rank});
  for (const Stage& stage : schedule.stages) {
    for (long number = 0; number < stage.count; ++number) {
      const std::vector<std::set<int>> before = has;
      for (const Message& one : stage.round(number)) {
        EXPECT_NE(one.from, one.to);
        const std::set<int>& sent = before[static_cast<std::size_t>(one.from)];
        has[static_cast<std::size_t>(one.to)].insert(sent.begin(), sent.end());
      }
    }
  }
  return has;
}

TEST(AnyRanks, TheDataOfEveryRankReachesEveryOther) {
  for (int ranks = 2; ranks <= 40; ++ranks) {
    for (const Network& network :
         {flat(ranks), with_cards(ranks, 8), behind_uplinks(ranks, 6, 1)}) {
      for (const Collective collective : kCollectives) {
        if (collective == Collective::send_receive) continue;
        const Placement placement(network, {ranks, 1});
        for (const std::string& algorithm : algorithms_for(collective, placement)) {
          const auto has = reached(schedule_of(network, collective, {ranks, 1}, 1e6, algorithm));
          for (const std::set<int>& one : has) {
            const bool enough = collective == Collective::broadcast
                                    ? one.contains(0)
                                    : one.size() == static_cast<std::size_t>(ranks);
            EXPECT_TRUE(enough) << network.id << ' ' << name(collective) << ' ' << algorithm << ' '
                                << ranks;
          }
        }
      }
    }
  }
}

std::vector<double> received(const Schedule& schedule) {
  std::vector<double> out(static_cast<std::size_t>(schedule.placement.ranks()));
  for (const Stage& stage : schedule.stages) {
    for (long number = 0; number < stage.count; ++number) {
      for (const Message& one : stage.round(number)) {
        out[static_cast<std::size_t>(one.to)] += one.bytes;
      }
    }
  }
  return out;
}

TEST(AnyRanks, OfAnAllGatherReceiveEachPartOnce) {
  for (int ranks = 2; ranks <= 40; ++ranks) {
    for (const Network& network :
         {flat(ranks), with_cards(ranks, 8), behind_uplinks(ranks, 6, 1)}) {
      const Placement placement(network, {ranks, 1});
      for (const std::string& algorithm : algorithms_for(Collective::all_gather, placement)) {
        const auto bytes =
            received(schedule_of(network, Collective::all_gather, {ranks, 1}, 1e6, algorithm));
        EXPECT_THAT(bytes, testing::Each(testing::DoubleNear(1e6 * (ranks - 1) / ranks, 1e-3)))
            << network.id << ' ' << algorithm << ' ' << ranks;
      }
    }
  }
}

TEST(AnyRanks, OnOneTierCostWhatMpichTakes) {
  for (const int ranks : spread_of_ranks()) {
    const Network network = flat(ranks);
    const double s = 1e8, a = kLatency, b = s / kRate, n = ranks;
    const double kept = std::bit_floor(static_cast<unsigned>(ranks)), low = std::log2(kept);
    const double high = std::ceil(std::log2(n)), folded = kept < n ? 2 : 0;
    const auto expect = [&](Collective collective, const char* algorithm, double seconds) {
      EXPECT_NEAR(closed_form_by(network, collective, {ranks, 1}, s, algorithm).seconds, seconds,
                  1e-9 * seconds)
          << name(collective) << ' ' << algorithm << ' ' << ranks;
    };
    expect(Collective::all_reduce, "rabenseifner",
           (2 * low + folded) * a + (2 * (kept - 1) / kept + folded) * b);
    expect(Collective::all_reduce, "recursive-doubling", (low + folded) * (a + b));
    expect(Collective::all_reduce, "ring", 2 * (n - 1) * (a + b / n));
    expect(Collective::all_gather, "bruck", high * a + (n - 1) / n * b);
    expect(Collective::broadcast, "binomial", high * (a + b));
    expect(Collective::broadcast, "scatter-all-gather", (high + n - 1) * a + 2 * (n - 1) / n * b);
    expect(Collective::all_to_all, "pairwise", (n - 1) * (a + b / n));
    expect(Collective::all_to_all, "direct", a + (n - 1) / n * b);
  }
}

TEST(AnyRanks, OfARecursiveHalvingAlsoCarryThePartsOfFoldedRanks) {
  const auto bytes = [](int ranks) {
    return closed_form_by(flat(ranks), Collective::reduce_scatter, {ranks, 1}, kRate,
                          "recursive-halving")
        .bandwidth_seconds;
  };
  EXPECT_NEAR(bytes(3), 1 + 2.0 / 3 + 1.0 / 3, 1e-9);
  EXPECT_NEAR(bytes(5), 1 + 3.0 / 5 + 2.0 / 5 + 1.0 / 5, 1e-9);
  EXPECT_NEAR(bytes(768), 2, 1e-9);
}

TEST(AnyRanks, OfALastNodeThatIsNotFullLimitTheNumberOfRings) {
  const auto seconds = [](int ranks) {
    return closed_form_by(with_cards(ranks, 8), Collective::all_gather, {ranks, 1}, 1e9, "ring")
               .bandwidth_seconds *
           ranks / (ranks - 1);
  };
  EXPECT_NEAR(seconds(28) / seconds(32), 2, 1e-9) << "four cards carry what eight did";
  EXPECT_NEAR(seconds(25), 1e9 / (kRate / 8), 1e-9) << "one ring through one card of each node";
}

TEST(AnyRanks, SayWhichAlgorithmsDoNotFit) {
  const auto refusal = [](const Network& network, Collective collective, int ranks,
                          const char* algorithm) {
    try {
      closed_form_by(network, collective, {ranks, 1}, 1e6, algorithm);
    } catch (const InputError& error) {
      return std::string(error.what()) + "; " + error.hint();
    }
    return std::string();
  };
  EXPECT_THAT(refusal(flat(12), Collective::all_gather, 12, "recursive-doubling"),
              testing::AllOf(testing::HasSubstr("needs a power of two"),
                             testing::HasSubstr("algorithms are bruck, ring")));
  EXPECT_THAT(refusal(with_cards(20, 8), Collective::all_reduce, 20, "hierarchical"),
              testing::HasSubstr("needs nodes with the same number of ranks"));
  EXPECT_EQ(refusal(with_cards(24, 8), Collective::all_reduce, 24, "hierarchical"), "");
}

/// As the closed form of each algorithm.
TEST(AnyRanks, TakeAsLongInSimGrid) {
  if (!can_simulate()) GTEST_SKIP() << "there is no simulator";
  const auto expect = [](const Network& network, int ranks, double bytes) {
    for (const Collective collective : kCollectives) {
      for (const CollectiveCost& cost : closed_forms(network, collective, {ranks, 1}, bytes)) {
        if (cost.algorithm == "direct" && ranks > 40) continue;
        EXPECT_NEAR(simulated(network, collective, {ranks, 1}, bytes, cost.algorithm).seconds,
                    cost.seconds, 0.02 * cost.seconds)
            << network.id << ' ' << name(collective) << ' ' << cost.algorithm << ' ' << ranks;
      }
    }
  };
  expect(flat(7), 7, 64);
  expect(with_cards(20, 8), 20, 1e8);
  expect(behind_uplinks(96, 16, 1), 96, 1e6);
  expect(network_of(claims::built_in_catalogue(), "cloudmatrix384"), 768, 1 << 20);
}

TEST(AnyRanks, OnTheWholeCloudMatrixFoldTheExtraRanks) {
  const Network network = network_of(claims::built_in_catalogue(), "cloudmatrix384");
  const CollectiveCost small = closed_form(network, Collective::all_reduce, {768, 1}, 1 << 20),
                       large = closed_form(network, Collective::all_reduce, {768, 1}, 1 << 26);
  EXPECT_EQ(small.algorithm, "rabenseifner");
  EXPECT_NEAR(small.seconds, 60.7e-6, 0.1e-6);
  EXPECT_EQ(large.algorithm, "hierarchical");
  EXPECT_NEAR(large.seconds, 1.04e-3, 0.01e-3);
}

}  // namespace
}  // namespace assay::results::network

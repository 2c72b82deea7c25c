#include "results/network/simulation.h"

#include <gmock/gmock.h>

#include "kernels/error.h"
#include "results/network/rounds.h"

namespace assay::results::network::simulation_test {
namespace {

Tier tier(int endpoints, double rate, double latency) {
  return {.name = "tier",
          .endpoints = endpoints,
          .port = {rate},
          .latency = {latency},
          .efficiency = {1}};
}

Network flat(int endpoints) {
  return {"flat", "chip", endpoints, {tier(endpoints, 100e9, 1e-6)}};
}

/// Nodes of four behind an uplink as wide as `share` of their ports together.
Network nodes(int endpoints, double share) {
  Tier outer = tier(endpoints, 100e9, 3e-6);
  outer.uplink = {share * 4 * 100e9};
  return {"nodes", "chip", endpoints, {tier(4, 100e9, 1e-6), outer}};
}

/// The same with network cards.
Network cards(int endpoints) {
  Tier outer = tier(endpoints, 25e9, 5e-6);
  outer.own_port = true;
  return {"cards", "chip", endpoints, {tier(4, 100e9, 1e-6), outer}};
}

class Simulation : public testing::Test {
 protected:
  void SetUp() override {
    if (!can_simulate()) GTEST_SKIP() << "there is no simulator";
  }

  static double closed(const Network& network, Collective collective, const Group& group,
                       double bytes, const std::string& algorithm) {
    for (const CollectiveCost& one : closed_forms(network, collective, group, bytes)) {
      if (one.algorithm == algorithm) return one.seconds;
    }
    return 0;
  }

  static void expect_agreement(const Network& network, int ranks, double bytes) {
    for (const Collective collective :
         {Collective::all_reduce, Collective::all_gather, Collective::reduce_scatter,
          Collective::all_to_all, Collective::broadcast}) {
      const Group group{ranks, 1};
      const Placement placement(network, group);
      for (const std::string& algorithm : algorithms_for(collective, placement)) {
        const double expected = closed(network, collective, group, bytes, algorithm);
        EXPECT_NEAR(simulated(network, collective, group, bytes, algorithm).seconds, expected,
                    0.02 * expected)
            << network.id << ' ' << name(collective) << ' ' << algorithm << ' ' << ranks << ' '
            << bytes;
      }
    }
  }
};

TEST_F(Simulation, AgreesWithTheClosedFormulasWithoutCongestion) {
  for (const double bytes : {64.0, 1e6, 1e9}) {
    expect_agreement(flat(16), 16, bytes);
    expect_agreement(nodes(32, 1), 32, bytes);
  }
}

TEST_F(Simulation, AgreesOnNodesWithNetworkCards) {
  for (const double bytes : {64.0, 1e9}) expect_agreement(cards(16), 16, bytes);
}

TEST_F(Simulation, ParallelGroupsDoNotDisturbEachOtherWithinTheirNodes) {
  const double expected = closed(nodes(32, 1), Collective::all_reduce, {4, 1}, 1e8, "ring");
  EXPECT_NEAR(simulated(nodes(32, 1), Collective::all_reduce, {4, 1}, 1e8, "ring").seconds,
              expected, 0.02 * expected);
}

TEST_F(Simulation, ANarrowUplinkIsAsMuchSlowerAsTheFormulaSays) {
  const double wide =
      simulated(nodes(32, 1), Collective::all_to_all, {32, 1}, 1e9, "pairwise").seconds;
  const Simulated narrow =
      simulated(nodes(32, 0.25), Collective::all_to_all, {32, 1}, 1e9, "pairwise");
  EXPECT_GT(narrow.seconds, 3 * wide);
  const double expected = closed(nodes(32, 0.25), Collective::all_to_all, {32, 1}, 1e9, "pairwise");
  EXPECT_NEAR(narrow.seconds, expected, 0.02 * expected);
}

TEST_F(Simulation, ManyRanksDoNotSendEverythingAtOnce) {
  EXPECT_EQ(simulated(nodes(32, 1), Collective::all_to_all, {8, 1}, 1e6).algorithm, "direct");
  EXPECT_NE(simulated(nodes(32, 1), Collective::all_to_all, {32, 1}, 1e6).algorithm, "direct");
}

TEST_F(Simulation, EqualRoundsAreSimulatedOnceOrAFewTimesOnManyRanks) {
  const Simulated many =
      simulated(nodes(2048, 1), Collective::all_to_all, {2048, 1}, 1e9, "pairwise");
  EXPECT_EQ(many.rounds, 2047);
  EXPECT_EQ(many.rounds_simulated, 6);
  const double expected =
      closed(nodes(2048, 1), Collective::all_to_all, {2048, 1}, 1e9, "pairwise");
  EXPECT_NEAR(many.seconds, expected, 0.02 * expected);
}

TEST_F(Simulation, RefusesWhatItCannotSimulate) {
  EXPECT_THROW(simulated(flat(16), Collective::all_to_all, {16, 1}, 1e6, "ring"), InputError);
  EXPECT_THROW(simulated(flat(16), Collective::all_gather, {12, 1}, 1e6, "recursive-doubling"),
               InputError);
  EXPECT_THROW(simulated(nodes(32, 1), Collective::all_reduce, {6, 1}, 1e6, "hierarchical"),
               InputError);
  EXPECT_THROW(simulated(flat(16), Collective::all_reduce, {17, 1}, 1e6, "ring"), InputError);
}

TEST(Rounds, APairwiseExchangeMeetsEveryOtherRankOnce) {
  const Schedule schedule =
      schedule_of(nodes(24, 1), Collective::all_to_all, {24, 1}, 24e6, "pairwise");
  std::vector<std::vector<int>> met(24, std::vector<int>(24));
  for (const Stage& stage : schedule.stages) {
    for (long number = 0; number < stage.count; ++number) {
      const Round round = stage.round(number);
      EXPECT_EQ(round.size(), 24U);
      for (const Message& one : round) {
        ++met[static_cast<std::size_t>(one.from)][static_cast<std::size_t>(one.to)];
      }
    }
  }
  for (std::size_t from = 0; from < 24; ++from) {
    for (std::size_t to = 0; to < 24; ++to) EXPECT_EQ(met[from][to], from == to ? 0 : 1);
  }
}

TEST(Rounds, EveryEndpointOfTheSystemWorksInItsGroup) {
  const Schedule schedule = schedule_of(nodes(32, 1), Collective::all_reduce, {4, 2}, 1e6, "ring");
  std::vector<int> sent(32);
  for (const Message& one : schedule.everywhere(schedule.stages[0].round(0))) {
    sent[static_cast<std::size_t>(one.from)] = 1;
  }
  EXPECT_THAT(sent, testing::Each(1));
}

}  // namespace
}  // namespace assay::results::network::simulation_test

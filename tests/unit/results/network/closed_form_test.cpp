#include <gmock/gmock.h>

#include <cmath>

#include "kernels/error.h"
#include "results/network/network.h"

namespace assay::results::network::closed_form_test {
namespace {

constexpr double kLatency = 1e-6, kRate = 100e9;

Tier tier(int endpoints, double rate, double latency) {
  return {.name = "tier",
          .endpoints = endpoints,
          .port = {rate},
          .latency = {latency},
          .efficiency = {1}};
}

Network flat(int endpoints) {
  return {"flat", "chip", endpoints, {tier(endpoints, kRate, kLatency)}};
}

/// Nodes of eight, with network cards of a tenth of the links' rate.
Network nodes(int endpoints) {
  Tier outer = tier(endpoints, kRate / 10, 5 * kLatency);
  outer.own_port = true;
  return {"nodes", "chip", endpoints, {tier(8, kRate, kLatency), outer}};
}

/// Nodes of eight behind an uplink that all of them share.
Network behind_uplinks(int endpoints, double uplink) {
  Tier outer = tier(endpoints, kRate, 2 * kLatency);
  outer.uplink = {uplink};
  return {"uplinks", "chip", endpoints, {tier(8, kRate, kLatency), outer}};
}

double seconds(const Network& network, Collective collective, int ranks, double bytes,
               const std::string& algorithm, int stride = 1) {
  for (const CollectiveCost& one : closed_forms(network, collective, {ranks, stride}, bytes)) {
    if (one.algorithm == algorithm) return one.seconds;
  }
  throw std::logic_error("there is no algorithm " + algorithm);
}

TEST(ClosedForm, OnOneTierIsThePublishedFormula) {
  const Network network = flat(64);
  const double s = 1e9, a = kLatency, b = s / kRate, n = 16;
  const auto of = [&](Collective collective, const char* algorithm) {
    return seconds(network, collective, 16, s, algorithm);
  };
  EXPECT_DOUBLE_EQ(of(Collective::all_reduce, "ring"), 2 * (n - 1) * a + 2 * (n - 1) / n * b);
  EXPECT_DOUBLE_EQ(of(Collective::all_reduce, "recursive-doubling"), 4 * (a + b));
  EXPECT_DOUBLE_EQ(of(Collective::all_reduce, "rabenseifner"), 2 * 4 * a + 2 * (n - 1) / n * b);
  EXPECT_DOUBLE_EQ(of(Collective::all_gather, "ring"), (n - 1) * a + (n - 1) / n * b);
  EXPECT_DOUBLE_EQ(of(Collective::all_gather, "recursive-doubling"), 4 * a + (n - 1) / n * b);
  EXPECT_DOUBLE_EQ(of(Collective::reduce_scatter, "recursive-halving"), 4 * a + (n - 1) / n * b);
  EXPECT_DOUBLE_EQ(of(Collective::all_to_all, "pairwise"), (n - 1) * (a + b / n));
  EXPECT_DOUBLE_EQ(of(Collective::all_to_all, "bruck"), 4 * (a + b / 2));
  EXPECT_DOUBLE_EQ(of(Collective::broadcast, "binomial"), 4 * (a + b));
  EXPECT_DOUBLE_EQ(of(Collective::broadcast, "scatter-all-gather"),
                   (4 + n - 1) * a + 2 * (n - 1) / n * b);
  EXPECT_DOUBLE_EQ(seconds(network, Collective::send_receive, 2, s, "one-message"), a + b);
}

TEST(ClosedForm, TheCheapestAlgorithmDependsOnTheSize) {
  const Network network = flat(64);
  const auto chosen = [&](double bytes) {
    return closed_form(network, Collective::all_reduce, {64, 1}, bytes).algorithm;
  };
  EXPECT_EQ(chosen(8), "recursive-doubling");
  EXPECT_EQ(chosen(1e9), "rabenseifner");
  EXPECT_EQ(closed_form(network, Collective::all_to_all, {64, 1}, 64).algorithm, "direct");
}

TEST(ClosedForm, ParallelRingsUseEveryCardOfANode) {
  // 4 nodes of 8: of what passes along a ring an eighth leaves a node, on one card of eight.
  const double s = 8e9, n = 32, passed = 2 * s * (n - 1) / n;
  EXPECT_NEAR(
      seconds(nodes(64), Collective::all_reduce, 32, s, "ring"),
      2 * (n - 1) * 5 * kLatency + std::max(passed * 7 / 8 / kRate, passed / 8 / (kRate / 10)),
      1e-9);
}

TEST(ClosedForm, AHierarchicalAllReduceSendsAnEighthBetweenNodes) {
  const double s = 8e9;
  EXPECT_NEAR(seconds(nodes(64), Collective::all_reduce, 32, s, "hierarchical"),
              2 * (7 * kLatency + 3 * 5 * kLatency) + 2 * (s * 7 / 8 / kRate) +
                  2 * (s / 8 * 3 / 4 / (kRate / 10)),
              1e-9);
}

TEST(ClosedForm, RanksOnDifferentNodesUseOnlyTheOuterTier) {
  EXPECT_DOUBLE_EQ(seconds(nodes(64), Collective::send_receive, 2, 1e9, "one-message", 8),
                   5 * kLatency + 1e9 / (kRate / 10));
  EXPECT_DOUBLE_EQ(seconds(nodes(64), Collective::send_receive, 2, 1e9, "one-message"),
                   kLatency + 1e9 / kRate);
}

TEST(ClosedForm, ATooNarrowUplinkIsTheBottleneck) {
  const double s = 1e9, n = 64;
  const double wide =
      seconds(behind_uplinks(64, 8 * kRate), Collective::all_to_all, 64, s, "direct");
  EXPECT_DOUBLE_EQ(wide, kLatency + s * (n - 1) / n / kRate);
  const double narrow =
      seconds(behind_uplinks(64, 2 * kRate), Collective::all_to_all, 64, s, "direct");
  EXPECT_DOUBLE_EQ(narrow, 2 * kLatency + s * (n - 8) / n * 8 / (2 * kRate));
}

TEST(ClosedForm, RefusesImpossibleRequests) {
  const Network network = nodes(64);
  EXPECT_THROW(closed_form(network, Collective::all_reduce, {1, 1}, 8), InputError);
  EXPECT_THROW(closed_form(network, Collective::all_reduce, {65, 1}, 8), InputError);
  EXPECT_THROW(closed_form(network, Collective::all_reduce, {9, 8}, 8), InputError);
  EXPECT_THROW(closed_form(network, Collective::all_reduce, {2, 0}, 8), InputError);
  for (const double bytes : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
    EXPECT_THROW(closed_form(network, Collective::all_reduce, {2, 1}, bytes), InputError);
  }
  EXPECT_THROW(collective_named("all_reduc"), InputError);
}

}  // namespace
}  // namespace assay::results::network::closed_form_test

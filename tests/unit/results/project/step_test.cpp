#include "results/project/step.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace assay::results::project {
namespace {

Model small_model() {
  Model model;
  model.id = model.name = "small";
  model.hidden = 1024;
  model.layers = 2;
  model.heads = 8;
  model.kv_heads = 2;
  model.head_dim = 128;
  model.mlp = 4096;
  model.vocabulary = 32000;
  return model;
}

/// Everything perfect and free but what a test sets.
Values ideal() {
  Values out;
  for (const char* name : {"efficiency.matmul", "efficiency.grouped", "efficiency.attention",
                           "efficiency.decode-attention", "efficiency.memory", "imbalance"}) {
    out.set(name, 1);
  }
  for (const char* name : {"latency.kernel", "latency.exchange", "overhead", "overlap"}) {
    out.set(name, 0);
  }
  out.set("acceptance", 0.5);
  out.set("peak.bf16", 1e12);
  out.set("memory.bandwidth", 1e30);
  return out;
}

double flop_of(const Step& step) {
  return std::accumulate(
      step.kernels.begin(), step.kernels.end(), 0.0,
      [](double sum, const KernelWork& one) { return sum + one.count * one.flop; });
}

Deployment prefill(double tokens) {
  Deployment out;
  out.phase = Phase::prefill;
  out.batch = out.context = tokens;
  out.type = "bf16";
  out.micro_batches = 1;
  return out;
}

TEST(Step, PrefillOfASmallModelEqualsTheOneComputedByHand) {
  const double t = 512, h = 1024;
  const double layer = 2 * t * h * (8 + 2 * 2) * 128  // qkv
                       + 4 * 128.0 * t * 8 * t * 0.5  // scores and values, causal
                       + 2 * t * 8 * 128 * h          // output
                       + 2 * t * h * 2 * 4096 + 2 * t * 4096 * h;
  // The head sees one row, which costs as much as a tile of 16 does.
  const double head = 2 * 16 * h * 32000;
  EXPECT_NEAR(flop_of(step_of(small_model(), prefill(t))), 2 * layer + head, 1);
}

TEST(Step, ATokenTakesTwoOperationsPerParameter) {
  Deployment decode;
  decode.batch = 64;
  decode.context = 1;
  decode.type = "bf16";
  const Model model = small_model();
  EXPECT_NEAR(flop_of(step_of(model, decode)) / 64, 2 * model.active_parameters(),
              0.01 * 2 * model.active_parameters());
}

TEST(Step, TimeIsThatOfArithmeticWithFreeMemoryAndOfTrafficWithFreeArithmetic) {
  const Deployment deployment = prefill(512);
  const Step step = step_of(small_model(), deployment);
  Values values = ideal();
  EXPECT_NEAR(time_of(step, deployment, values, nullptr).seconds, flop_of(step) / 1e12, 1e-9);
  values.set("memory.bandwidth", 1e9);
  values.set("peak.bf16", 1e30);
  double bytes = 0;
  for (const KernelWork& one : step.kernels) bytes += one.count * one.bytes;
  EXPECT_NEAR(time_of(step, deployment, values, nullptr).seconds, bytes / 1e9, 1e-6);
}

TEST(Step, MoreOfAnyResourceIsNeverSlower) {
  const Deployment deployment = prefill(512);
  const Step step = step_of(small_model(), deployment);
  Values values = ideal();
  values.set("memory.bandwidth", 1e11);
  const double before = time_of(step, deployment, values, nullptr).seconds;
  for (const char* name : {"peak.bf16", "memory.bandwidth"}) {
    Values better = values;
    better.set(name, values[name] * 2);
    EXPECT_LE(time_of(step, deployment, better, nullptr).seconds, before) << name;
  }
}

TEST(Step, ATensorGroupSharesTheWorkAndReducesTwicePerLayer) {
  Deployment deployment = prefill(512);
  const double alone = flop_of(step_of(small_model(), deployment));
  deployment.tensor = 2;
  const Step step = step_of(small_model(), deployment);
  EXPECT_NEAR(flop_of(step), alone / 2, 0.01 * alone);
  double reductions = 0;
  for (const Exchange& one : step.exchanges) {
    EXPECT_EQ(one.collective, network::Collective::all_reduce);
    EXPECT_EQ(one.bytes, 512 * 1024 * 2);
    reductions += one.count;
  }
  EXPECT_EQ(reductions, 4);
}

TEST(Step, TokensOfExpertsAreSentInOneByteAndReturnedInTwo) {
  Deployment deployment;
  deployment.batch = 128;
  deployment.expert = 64;
  deployment.type = "f8";
  const Step step = step_of(find_model("deepseek-v3"), deployment);
  ASSERT_EQ(step.exchanges.size(), 2U);
  EXPECT_EQ(step.exchanges[0].bytes, 128.0 * 8 * 7168);
  EXPECT_EQ(step.exchanges[1].bytes, 2 * step.exchanges[0].bytes);
  EXPECT_EQ(step.exchanges[0].count, 58);
}

TEST(Step, AReductionReplacesDispatchAndCombineInATensorGroup) {
  Deployment deployment;
  deployment.batch = 128;
  deployment.tensor = deployment.expert = 8;
  deployment.type = "f8";
  const Model model = find_model("deepseek-v3");
  const auto exchanged = [&](Combination combination, const char* name) {
    deployment.combination = combination;
    double count = 0;
    for (const Exchange& one : step_of(model, deployment).exchanges) {
      if (one.name == name) count += one.count;
    }
    return count;
  };
  EXPECT_EQ(exchanged(Combination::exchange, "dispatch"), 58);
  EXPECT_EQ(exchanged(Combination::exchange, "expert reduction"), 0);
  EXPECT_EQ(exchanged(Combination::reduction, "dispatch"), 0);
  EXPECT_EQ(exchanged(Combination::reduction, "expert reduction"), 58);
  // Experts of several tensor groups cannot be reduced.
  deployment.expert = 16;
  EXPECT_EQ(exchanged(Combination::reduction, "dispatch"), 58);
}

TEST(Step, OverlapHidesTheShorterOfComputeAndCommunication) {
  const Model model = find_model("deepseek-v3");
  Deployment deployment;
  deployment.batch = 64;
  deployment.expert = 8;
  deployment.type = "bf16";
  deployment.micro_batches = 2;
  network::Tier tier{
      .name = "t", .endpoints = 8, .port = {1e9}, .latency = {1e-6}, .efficiency = {1}};
  const network::Network network{"n", "c", 8, {tier}};
  Values values = ideal();
  const Step step = step_of(model, deployment);
  const StepTime apart = time_of(step, deployment, values, &network);
  EXPECT_NEAR(apart.seconds, apart.compute + apart.communication, 1e-12);
  values.set("overlap", 1);
  EXPECT_NEAR(time_of(step, deployment, values, &network).seconds,
              std::max(apart.compute, apart.communication), 1e-12);
}

}  // namespace
}  // namespace assay::results::project

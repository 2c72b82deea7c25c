#include "results/project/step.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>

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
  for (const char* name :
       {"efficiency.matmul", "efficiency.grouped", "efficiency.attention",
        "efficiency.decode-attention", "efficiency.memory", "imbalance", "small-kernels"}) {
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

const KernelWork& kernel_named(const Step& step, const std::string& name) {
  const auto found = std::find_if(step.kernels.begin(), step.kernels.end(),
                                  [&](const KernelWork& one) { return one.name == name; });
  if (found == step.kernels.end()) throw std::out_of_range(name);
  return *found;
}

TEST(Step, TheHeadStaysInItsOwnType) {
  Deployment deployment;
  deployment.batch = 64;
  deployment.type = "f8";
  Model model = small_model();
  const KernelWork wide = kernel_named(step_of(model, deployment), "head");
  EXPECT_EQ(wide.type, "bf16");
  EXPECT_EQ(wide.bytes, 2.0 * 1024 * 32000 + 64.0 * 2 * (1024 + 32000));
  EXPECT_EQ(kernel_named(step_of(model, deployment), "qkv").type, "f8");
  // The device may compute in another type of 16 bits.
  deployment.attention_type = "f16";
  EXPECT_EQ(kernel_named(step_of(model, deployment), "head").type, "f16");
  model.head_type = "f8";
  EXPECT_EQ(kernel_named(step_of(model, deployment), "head").type, "f8");
}

TEST(Step, TheHeadIsTimedByThePeakOfItsType) {
  Deployment deployment = prefill(512);
  deployment.type = "f8";
  Values values = ideal();
  values.set("peak.f8", 2e12);
  Step step = step_of(small_model(), deployment);
  std::erase_if(step.kernels, [](const KernelWork& one) { return one.name != "head"; });
  EXPECT_NEAR(time_of(step, deployment, values, nullptr).seconds, 2.0 * 16 * 1024 * 32000 / 1e12,
              1e-12);
}

TEST(Step, FewTokensHitFewExperts) {
  // One token hits exactly as many as it chooses; a thousand hit all.
  EXPECT_DOUBLE_EQ(expected_experts_hit(256, 1, 8, 256), 8);
  EXPECT_NEAR(expected_experts_hit(256, 1000, 8, 256), 256, 1e-6);
  // Two tokens that choose 2 of 4: both the same two (1/6), one in common (4/6) or none (1/6).
  EXPECT_NEAR(expected_experts_hit(4, 2, 2, 4), 2 * 1.0 / 6 + 3 * 4.0 / 6 + 4 * 1.0 / 6, 1e-12);
  // A quarter of the experts has a quarter of the hits.
  EXPECT_DOUBLE_EQ(expected_experts_hit(64, 5, 8, 256), expected_experts_hit(256, 5, 8, 256) / 4);
}

TEST(Step, OnlyTheExpertsHitAreRead) {
  Deployment deployment;
  deployment.batch = 1;
  deployment.expert = 8;
  deployment.type = "f8";
  // Eight ranks with a token each choose 8 of 256 experts, of which a rank holds 32.
  const double hit = 32 * (1 - std::pow(1 - 8.0 / 256, 8));
  const Step step = step_of(find_model("deepseek-v3"), deployment);
  for (const KernelWork& one : step.kernels) {
    if (one.kind != "grouped" || one.name != "down") continue;
    EXPECT_NEAR(one.bytes, hit * 2048 * 7168 + 8 * (2048 + 2.0 * 7168), 1);
  }
}

TEST(Step, PredictedTokensCostTheDraftLayer) {
  const Model model = find_model("deepseek-r1");
  Deployment deployment;
  deployment.batch = 32;
  deployment.expert = 64;
  deployment.type = "f8";
  deployment.predicted = 1;
  const auto drafts = [&](const std::string& name) {
    double count = 0;
    for (const KernelWork& one : step_of(model, deployment).kernels) {
      if (one.label == "draft layer" && one.name == name) count += one.count;
    }
    return count;
  };
  for (const char* name : {"draft projection", "q down", "kv down", "attention", "output", "router",
                           "shared down", "down", "head"}) {
    EXPECT_EQ(drafts(name), 1) << name;
  }
  for (const Exchange& one : step_of(model, deployment).exchanges) {
    if (one.name != "dispatch") continue;
    EXPECT_EQ(one.bytes, 2 * 32.0 * 8 * 7168);
  }
  // Further tokens take a pass each, over one token per sequence.
  deployment.predicted = 3;
  EXPECT_EQ(drafts("q down"), 3);
  const Step step = step_of(model, deployment);
  EXPECT_EQ(step.exchanges.back().bytes, 2 * 32.0 * 8 * 7168);
  // In prefill, a pass fills the cache of the draft layer.
  deployment.phase = Phase::prefill;
  EXPECT_EQ(drafts("q down"), 1);
  deployment.predicted = 0;
  EXPECT_EQ(drafts("q down"), 0);
}

TEST(Step, TheDraftLayerOfDeepSeekCostsAboutALayerAndAHead) {
  const Model model = find_model("deepseek-r1");
  Deployment deployment;
  deployment.batch = 4096;  // fills the tiles of every expert
  deployment.type = "bf16";
  const double without = flop_of(step_of(model, deployment)) / 4096;
  deployment.predicted = 1;
  // Both tokens pass the model and the draft layer; its head sees one of them.
  const double layer = model.attention_parameters() + model.router_parameters() +
                       9 * model.expert_parameters() + 2 * 7168.0 * 7168;
  const double attention = 128.0 * (2 * (512 + 64) + 2 * 512) * deployment.context;
  EXPECT_NEAR(flop_of(step_of(model, deployment)) / 4096 - 2 * without,
              2 * (2 * layer + attention) + 2 * 7168.0 * 129280, 0.02 * 2 * 2 * layer);
}

TEST(Step, RanksOfATensorGroupShareEachExpertWithoutExpertParallelism) {
  Deployment deployment;
  deployment.batch = 128;
  deployment.tensor = 8;
  deployment.type = "f8";
  const Model model = find_model("deepseek-v3");
  const Step step = step_of(model, deployment);
  const double hit = expected_experts_hit(256, 128, 8, 256);
  for (const KernelWork& one : step.kernels) {
    if (one.kind != "grouped" || one.name != "down") continue;
    EXPECT_NEAR(one.bytes, hit * 256 * 7168 + 128 * 8 * (256 + 2.0 * 7168), 1);
  }
  double reductions = 0;
  for (const Exchange& one : step.exchanges) {
    EXPECT_EQ(one.collective, network::Collective::all_reduce);
    if (one.name == "expert reduction") reductions += one.count;
  }
  EXPECT_EQ(reductions, 58);
}

TEST(Step, KernelsThatOnlyMoveRowsAreCounted) {
  const auto small = [](const Model& model) {
    Deployment deployment;
    deployment.type = "bf16";
    double count = 0;
    for (const KernelWork& one : step_of(model, deployment).kernels) {
      if (one.name == "small kernels") count += one.count;
    }
    return count;
  };
  // Two norms, positions, cache and activation in each layer.
  EXPECT_EQ(small(small_model()), 2 * 5);
  // Norms of both latents too; with experts four kernels more than in a dense layer.
  EXPECT_EQ(small(find_model("deepseek-v3")), 3 * 7 + 58 * 11);
}

TEST(Step, FusedSmallKernelsCostLess) {
  Deployment deployment;
  deployment.type = "bf16";
  const Step step = step_of(small_model(), deployment);
  Values values = ideal();
  values.set("latency.kernel", 1e-3);
  const double apart = time_of(step, deployment, values, nullptr).seconds;
  values.set("small-kernels", 0.4);
  EXPECT_NEAR(apart - time_of(step, deployment, values, nullptr).seconds, 0.6 * 2 * 5 * 1e-3, 1e-9);
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

#include "results/project/projection.h"

#include <gmock/gmock.h>

#include <cmath>

#include "kernels/error.h"
#include "results/claims/verdict.h"
#include "results/network/simulation.h"
#include "results/project/claim_projection.h"
#include "results/project/validation.h"

namespace assay::results::project {
namespace {

using testing::HasSubstr;

const claims::Catalogue& catalogue() {
  static const claims::Catalogue kCatalogue = claims::built_in_catalogue();
  return kCatalogue;
}

ProjectionOptions decode(int experts, double batch) {
  ProjectionOptions out;
  out.deployment.expert = experts;
  out.deployment.batch = batch;
  out.deployment.type = "i8";
  out.draws = 500;
  return out;
}

Projection on_cloudmatrix(const ProjectionOptions& options) {
  return project(catalogue(), site_of(catalogue(), "cloudmatrix384"), find_model("deepseek-r1"),
                 options);
}

std::string refusal(const ProjectionOptions& options, const char* model = "deepseek-r1") {
  try {
    project(catalogue(), site_of(catalogue(), "cloudmatrix384"), find_model(model), options);
  } catch (const InputError& error) {
    return std::string(error.what()) + " / " + error.hint();
  }
  return "";
}

TEST(Projection, ASeedGivesTheSameFiguresAndAnotherSeedGivesOthers) {
  ProjectionOptions options = decode(256, 32);
  const Projection first = on_cloudmatrix(options), again = on_cloudmatrix(options);
  EXPECT_EQ(first.tokens_per_chip.value, again.tokens_per_chip.value);
  EXPECT_EQ(first.tokens_per_chip.interval.lower, again.tokens_per_chip.interval.lower);
  options.seed = 2;
  EXPECT_NE(on_cloudmatrix(options).tokens_per_chip.value, first.tokens_per_chip.value);
}

TEST(Projection, TheIntervalContainsTheValueAndFollowsFromTheInputs) {
  const Projection one = on_cloudmatrix(decode(256, 32));
  EXPECT_LT(one.tokens_per_chip.interval.lower, one.tokens_per_chip.value);
  EXPECT_GT(one.tokens_per_chip.interval.upper, one.tokens_per_chip.value);
  double shares = 0;
  for (const Dominance& input : one.dominance) shares += input.share;
  EXPECT_GT(shares, 0.7);
  EXPECT_LT(shares, 1.2);
  EXPECT_GE(one.dominance.front().share, one.dominance.back().share);
}

TEST(Projection, AChipOfTwoDiesCountsBoth) {
  const Site site = site_of(catalogue(), "cloudmatrix384");
  EXPECT_EQ(site.endpoints_per_chip, 2);
  EXPECT_EQ(site.chips, 384);
  const Projection one = on_cloudmatrix(decode(256, 32));
  EXPECT_EQ(one.instances, 3);
  EXPECT_NEAR(one.tokens_per_system.value, one.tokens_per_chip.value * 384, 1);
}

TEST(Projection, TheLargestBatchMeetsItsTimeAndOneMoreDoesNot) {
  const Site site = site_of(catalogue(), "cloudmatrix384");
  const Model model = find_model("deepseek-r1");
  ProjectionOptions options = decode(256, 1);
  const double batch = batch_for(catalogue(), site, model, options, 0.040);
  EXPECT_GT(batch, 1);
  const auto seconds = [&](double with) {
    options.deployment.batch = with;
    return project(catalogue(), site, model, options).step_seconds.value;
  };
  EXPECT_LE(seconds(batch), 0.040);
  EXPECT_GT(seconds(batch + 1), 0.040);
  EXPECT_THROW(batch_for(catalogue(), site, model, options, 1e-4), InputError);
  options.balanced_experts = true;
  EXPECT_GE(batch_for(catalogue(), site, model, options, 0.040), batch);
  options.deployment.phase = Phase::prefill;
  EXPECT_THROW(batch_for(catalogue(), site, model, options, 0.040), InputError);
}

TEST(Projection, RefusesWhatDoesNotFitAndSaysWhatWould) {
  const std::string said = refusal(decode(8, 32));
  EXPECT_THAT(said, HasSubstr("does not fit"));
  EXPECT_THAT(said, HasSubstr("GB are missing"));
  EXPECT_THAT(said, HasSubstr("expert parallelism of 32 fits"));
}

TEST(Projection, RefusesImpossibleSplitsByName) {
  EXPECT_THAT(refusal(decode(320, 32)),
              HasSubstr("expert parallelism of 320: there are 256 experts"));
  EXPECT_THAT(refusal(decode(2, 32), "llama3-70b"), HasSubstr("has no experts"));
  ProjectionOptions options = decode(1, 32);
  options.deployment.tensor = 7;
  EXPECT_THAT(refusal(options, "llama3-70b"), HasSubstr("tensor parallelism of 7"));
  options.deployment.tensor = 64;
  options.deployment.pipeline = 16;
  EXPECT_THAT(refusal(options, "llama3-70b"), HasSubstr("1024 ranks"));
  options.deployment.pipeline = 100;
  EXPECT_THAT(refusal(options, "llama3-70b"), HasSubstr("80 layers"));
  options = decode(256, 32);
  options.deployment.type = "f4";
  EXPECT_THAT(refusal(options), HasSubstr("no peak.f4 is published"));
  EXPECT_THROW(phase_named("training"), InputError);
  EXPECT_THROW(site_of(catalogue(), "frontier"), InputError);
}

TEST(Projection, SaysThatWeightsAloneDoNotFit) {
  ProjectionOptions options = decode(1, 1);
  options.deployment.context = 1;
  const std::string said = refusal(options);
  EXPECT_THAT(said, HasSubstr("does not fit, its weights alone are too large"));
  EXPECT_THAT(said, HasSubstr("GB are missing"));
}

/// What a single device of the system reaches, or why nothing can be said.
std::string alone(const std::string& system) {
  try {
    const Site site = site_of(catalogue(), system);
    ProjectionOptions options = decode(1, 1);
    options.deployment.type = narrowest_type(catalogue(), *site.endpoint);
    options.draws = 100;
    const Projection one = project(catalogue(), site, find_model("llama3-8b"), options);
    EXPECT_GT(one.tokens_per_chip.interval.lower, 0) << system;
    EXPECT_TRUE(std::isfinite(one.tokens_per_chip.interval.upper)) << system;
    return "";
  } catch (const InputError& error) {
    return error.what();
  }
}

TEST(Projection, EveryChipIsProjectedAloneOrNamesItsMissingFigure) {
  std::size_t projected = 0;
  for (const auto& [id, system] : catalogue().systems) {
    if (system.kind != "chip" && system.kind != "die") continue;
    const std::string missing = alone(id);
    if (missing.empty()) {
      ++projected;
      continue;
    }
    EXPECT_THAT(missing,
                testing::MatchesRegex(".*: (no|neither|none of) .*(peak|memory)\\..* is published"))
        << id;
    EXPECT_THAT(missing, testing::Not(HasSubstr("network"))) << id;
    const bool whole = system.figure("memory.bandwidth") && system.figure("memory.capacity") &&
                       (system.figure("peak.bf16") || system.figure("peak.f16"));
    EXPECT_FALSE(whole) << missing;
  }
  EXPECT_GE(projected, 15U);
}

TEST(Projection, EveryNodeWithAStatedLinkIsProjectedOverIt) {
  for (const char* id : {"dgx-h100", "dgx-h200", "mi300x-platform", "atlas-800t-a2"}) {
    const Site site = site_of(catalogue(), id);
    ASSERT_TRUE(site.network) << id << ": " << site.no_network;
    EXPECT_THAT(site.network->tiers[0].port.source, HasSubstr("link.bandwidth.")) << id;
    ProjectionOptions options = decode(1, 1);
    options.deployment.type = narrowest_type(catalogue(), *site.endpoint);
    options.deployment.tensor = 8;
    options.draws = 100;
    const Projection one = project(catalogue(), site, find_model("llama3-70b"), options);
    EXPECT_GT(one.nominal.communication, 0) << id;
  }
}

TEST(Projection, RanksThatExchangeDataNeedANetwork) {
  ProjectionOptions options = decode(1, 1);
  options.deployment.type = "f8";
  options.deployment.tensor = 2;
  try {
    project(catalogue(), site_of(catalogue(), "atlas-950"), find_model("llama3-8b"), options);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("no network of atlas-950 is described"));
  }
}

TEST(Projection, MicroBatchesOverlapOnlyWhereTokensOfExpertsCrossNodes) {
  ProjectionOptions prefill = decode(32, 8192);
  prefill.deployment.phase = Phase::prefill;
  EXPECT_EQ(on_cloudmatrix(prefill).deployment.micro_batches, 2);
  const Site node = site_of(catalogue(), "dgx-h200");
  ProjectionOptions options = decode(8, 32);
  options.deployment.type = "f8";
  const Projection inside = project(catalogue(), node, find_model("deepseek-r1"), options);
  EXPECT_EQ(inside.deployment.micro_batches, 1);
  EXPECT_THAT(inside.rules, testing::Contains(HasSubstr("no overlapping micro-batches")));
  options.deployment.micro_batches = 2;
  EXPECT_EQ(project(catalogue(), node, find_model("deepseek-r1"), options).deployment.micro_batches,
            2);
  options = decode(1, 512);
  options.deployment.type = "f8";
  options.deployment.tensor = 8;
  EXPECT_EQ(project(catalogue(), node, find_model("llama3-70b"), options).deployment.micro_batches,
            1);
}

TEST(Projection, ExpertsOfATensorGroupAreCombinedInTheSlowerWay) {
  ProjectionOptions options = decode(8, 32);
  options.deployment.type = "f8";
  options.deployment.tensor = 8;
  const Site node = site_of(catalogue(), "dgx-h200");
  const auto projected = [&](Combination combination) {
    options.deployment.combination = combination;
    return project(catalogue(), node, find_model("deepseek-r1"), options);
  };
  const Projection one = projected(Combination::slower);
  EXPECT_THAT(one.rules, testing::Contains(HasSubstr("the slower of both ways")));
  EXPECT_NEAR(one.tokens_per_chip.value,
              std::min(projected(Combination::reduction).tokens_per_chip.value,
                       projected(Combination::exchange).tokens_per_chip.value),
              1e-6);
  // Ranks that share each expert can only reduce.
  options.deployment.expert = 1;
  const Projection shared = projected(Combination::slower);
  EXPECT_EQ(shared.deployment.combination, Combination::reduction);
  EXPECT_THAT(shared.rules, testing::Not(testing::Contains(HasSubstr("slower"))));
}

TEST(Projection, ATensorGroupSharesTheMemoryOfEachExpert) {
  Deployment deployment = decode(8, 32).deployment;
  deployment.tensor = 8;
  const Model model = find_model("deepseek-r1");
  const double by_expert = memory_need(model, deployment).weights;
  deployment.expert = 1;
  EXPECT_NEAR(memory_need(model, deployment).weights, by_expert, 1e-6 * by_expert);
}

TEST(Projection, AGenerationTakesItsPromptsAndItsTokens) {
  const Site node = site_of(catalogue(), "mi300x-platform");
  ProjectionOptions options = decode(1, 16);
  options.deployment.type = "f8";
  options.deployment.tensor = 8;
  options.draws = 100;
  const auto taken = [&](double prompt, double output) {
    return project_generation(catalogue(), node, find_model("llama3-70b"), options, prompt, output);
  };
  EXPECT_GT(taken(2048, 256).value, taken(128, 256).value);
  const Projected one = taken(128, 1024);
  EXPECT_NEAR(taken(128, 2048).value / one.value, 2, 0.1);
  EXPECT_LT(one.interval.lower, one.value);
  EXPECT_GT(one.interval.upper, one.value);
}

TEST(Projection, AMatmulOnAllChipsReachesAShareOfTheirPeaks) {
  const Projected rate =
      project_matmul(catalogue(), site_of(catalogue(), "cloudmatrix384"), "bf16", 1, 500);
  EXPECT_GT(rate.value, 0.6 * 768 * 376e12);
  EXPECT_LT(rate.value, 768 * 376e12);
}

TEST(Projection, EachStageOfAPipelineProcessesABatch) {
  Deployment deployment = decode(1, 64).deployment;
  deployment.type = "bf16";
  deployment.tensor = 4;
  const Model model = find_model("llama3-70b");
  const double cache = memory_need(model, deployment).cache;
  deployment.pipeline = 4;
  EXPECT_DOUBLE_EQ(memory_need(model, deployment).cache, cache);
  EXPECT_LT(memory_need(model, deployment).weights, 50e9);
}

TEST(Projection, TheDraftLayerNeedsMemoryAndTime) {
  const Model model = find_model("deepseek-r1");
  Deployment deployment = decode(256, 32).deployment;
  const MemoryNeed without = memory_need(model, deployment);
  deployment.predicted = 1;
  const MemoryNeed with = memory_need(model, deployment);
  // A rank has one of the layer's 256 experts, the shared one, the rest of the layer, and a
  // projection in 16 bits.
  EXPECT_NEAR(with.weights - without.weights,
              2 * model.expert_parameters() + model.router_parameters() +
                  model.attention_parameters() + 2 * 2 * 7168.0 * 7168,
              1);
  EXPECT_NEAR(with.cache / without.cache, 62.0 / 61, 1e-9);
  ProjectionOptions options = decode(256, 32);
  const StepTime plain = on_cloudmatrix(options).nominal;
  options.deployment.predicted = 1;
  const StepTime predicting = on_cloudmatrix(options).nominal;
  EXPECT_GT(predicting.seconds, plain.seconds);
  EXPECT_THAT(predicting.parts, testing::Contains(testing::Key("draft layer")));
}

TEST(Projection, AModelWithoutADraftLayerPredictsNothing) {
  ProjectionOptions options = decode(1, 1);
  options.deployment.predicted = 1;
  EXPECT_THAT(refusal(options, "llama3-8b"), HasSubstr("no layer that predicts tokens ahead"));
}

TEST(Projection, AnEmbeddingOf8BitsNeedsHalfTheMemory) {
  Model model = find_model("llama3-8b");
  const Deployment deployment = decode(1, 1).deployment;
  const double wide = memory_need(model, deployment).weights;
  model.embedding_type = model.head_type = "f8";
  EXPECT_NEAR(wide - memory_need(model, deployment).weights, model.embedding_parameters(), 1);
}

TEST(Projection, ATokenPredictedFartherAheadIsAcceptedLessOften) {
  Values values;
  values.set("acceptance", 0.5);
  Deployment deployment;
  deployment.predicted = 2;
  EXPECT_DOUBLE_EQ(seconds_per_token(deployment, 1.75, values), 1);
}

TEST(Projection, SimulatedExchangesAgreeWithTheirFormulasWithoutCongestion) {
  if (!network::can_simulate()) GTEST_SKIP() << "there is no simulator";
  ProjectionOptions options = decode(32, 4);
  const Projection closed = on_cloudmatrix(options);
  options.simulate = true;
  const Projection flows = on_cloudmatrix(options);
  EXPECT_NEAR(flows.tokens_per_chip.value, closed.tokens_per_chip.value,
              0.02 * closed.tokens_per_chip.value);
  ASSERT_EQ(flows.rules.size(), 2U);
  EXPECT_THAT(flows.rules[0], HasSubstr("simulated flows take"));
}

TEST(Validation, EveryRowNamesAClaimAndSomeAreHeldOut) {
  const Validation validation = validate(catalogue(), 1, 100);
  EXPECT_GE(validation.rows.size(), 30U);
  EXPECT_GE(validation.held_out(), 25U);
  for (const ValidationRow& row : validation.rows) {
    EXPECT_GT(row.published, 0) << row.claim;
    EXPECT_GT(row.projected.value, 0) << row.claim;
    EXPECT_LT(row.projected.interval.lower, row.projected.interval.upper) << row.claim;
  }
  EXPECT_GT(validation.held_out_error(), 0);
}

TEST(Validation, ExchangesUsedForFittingLieInside) {
  for (const ValidationRow& row : validate(catalogue(), 1, 500).rows) {
    if (!row.fitted || row.kind != "exchange") continue;
    EXPECT_TRUE(row.inside()) << row.claim;
  }
}

TEST(ClaimProjection, IsEvidenceThatDecidesNothing) {
  const auto verdicts = claims::Judge(catalogue(), {}, projected_evidence).verdicts("waic-2025");
  std::size_t projected = 0;
  for (const claims::Verdict& verdict : verdicts) {
    for (const claims::Evidence& evidence : verdict.evidence) {
      if (evidence.kind != claims::EvidenceKind::projected) continue;
      ++projected;
      EXPECT_THAT(evidence.text, HasSubstr("projected"));
      EXPECT_THAT(evidence.text, HasSubstr("consistent with the claim"));
      EXPECT_NE(verdict.kind, claims::VerdictKind::supported) << verdict.claim;
      EXPECT_NE(verdict.kind, claims::VerdictKind::refuted) << verdict.claim;
    }
  }
  EXPECT_GE(projected, 8U);
}

TEST(ClaimProjection, ClaimsOfPeaksTotalsAndTokensHaveOne) {
  for (const char* id :
       {"cloudmatrix384-bf16-peak", "cloudmatrix384-bf16-ratio", "cloudmatrix-infer-decode-50ms",
        "cloudmatrix-infer-prefill", "cloudmatrix384-decode-system"}) {
    EXPECT_TRUE(projection_of(catalogue(), find_claim(catalogue(), id))) << id;
  }
  EXPECT_FALSE(projection_of(catalogue(), find_claim(catalogue(), "waic-chips")));
}

}  // namespace
}  // namespace assay::results::project

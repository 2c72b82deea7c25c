#include "results/project/projection.h"

#include <gmock/gmock.h>

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

#include "results/claims/audit.h"

#include <gmock/gmock.h>

#include <map>
#include <set>

#include "kernels/error.h"
#include "results/claims/expression.h"

namespace assay::results {
namespace {

using testing::HasSubstr;

const std::map<std::string, Finding>& findings() {
  static const std::map<std::string, Finding> all = [] {
    std::map<std::string, Finding> by_id;
    for (const Finding& finding : audit(built_in_catalogue())) by_id[finding.relation] = finding;
    return by_id;
  }();
  return all;
}

const Finding& finding(const std::string& id) {
  return findings().at(id);
}

TEST(Audit, FindsThat752TeraflopsAChipDoNotMake300Petaflops) {
  const Finding& found = finding("bf16-total-from-752");
  EXPECT_FALSE(found.holds);
  EXPECT_NEAR(found.left, 288.768e15, 1e9);
  EXPECT_NEAR(found.difference, -0.0374, 1e-4);
  EXPECT_EQ(found.arithmetic, "384 × 752 TFLOP/s = 288.8 PFLOP/s against 300 PFLOP/s: 3.7% below");
  EXPECT_THAT(found.reconcile, HasSubstr("780"));
  EXPECT_THAT(found.claims, testing::Contains("cloudmatrix384-bf16-peak"));
}

TEST(Audit, FindsThat780TeraflopsAChipMake300Petaflops) {
  EXPECT_TRUE(finding("bf16-total-from-780").holds);
  EXPECT_NEAR(finding("bf16-total-from-780").left, 299.52e15, 1e9);
  EXPECT_TRUE(finding("bf16-total-analysis").holds);
  EXPECT_FALSE(finding("bf16-two-peaks").holds);
}

TEST(Audit, FindsAThirdPeakInAmlasUtilisation) {
  EXPECT_NEAR(finding("amla-peak-752").left, 707.4e12, 0.1e12);
  EXPECT_FALSE(finding("amla-peak-752").holds);
  EXPECT_NEAR(finding("amla-peak-752").difference, -0.06, 0.005);
  EXPECT_FALSE(finding("amla-peak-780").holds);
  EXPECT_NEAR(finding("amla-peak-780").difference, -0.093, 0.005);
}

TEST(Audit, FindsFlashMlaAtOneWithItsPeak) {
  EXPECT_TRUE(finding("flashmla-peak").holds);
  EXPECT_NEAR(finding("flashmla-peak").left, 989.5e12, 0.1e12);
}

TEST(Audit, AddsUpTheMemory) {
  for (const char* id : {"hbm-capacity-total", "hbm-bandwidth-total", "nvl72-capacity-total",
                         "nvl72-bandwidth-total", "hbm-capacity-ratio", "hbm-bandwidth-ratio"}) {
    EXPECT_TRUE(finding(id).holds) << id << ": " << finding(id).arithmetic;
  }
  EXPECT_FALSE(finding("nvl72-capacity-shipped").holds);
  EXPECT_NEAR(finding("hbm-capacity-ratio").left, 3.565, 0.005);
  EXPECT_NEAR(finding("hbm-bandwidth-ratio").left, 2.134, 0.005);
}

TEST(Audit, FindsTheHeadlineAtOddsWithItsArticlesPower) {
  EXPECT_TRUE(finding("power-per-flop").holds);
  EXPECT_NEAR(finding("power-per-flop").left, 2.31, 0.005);
  EXPECT_FALSE(finding("power-per-flop-headline").holds);
  EXPECT_TRUE(finding("power-per-bandwidth").holds);
  EXPECT_TRUE(finding("power-per-capacity").holds);
}

TEST(Audit, HoldsServingRatesAgainstThePeak) {
  const Finding& prefill = finding("prefill-within-int8-peak");
  EXPECT_TRUE(prefill.holds);
  EXPECT_NEAR(prefill.left, 495e12, 0.5e12);
  EXPECT_TRUE(finding("prefill-efficiency").holds);
  EXPECT_NEAR(finding("prefill-efficiency").left, 1503e12, 1e12);
  EXPECT_FALSE(finding("prefill-efficiency-bf16").holds);
  EXPECT_NEAR(finding("prefill-efficiency-bf16").difference, 1, 0.01);
  EXPECT_TRUE(finding("decode-efficiency").holds);
  EXPECT_THAT(finding("decode-efficiency").unverified, testing::ElementsAre("efficiency"));
  EXPECT_TRUE(finding("decode-within-int8-peak").holds);
  EXPECT_NEAR(finding("decode-cube-utilisation").left, 0.0956, 0.0005);
  EXPECT_FALSE(finding("decode-cube-utilisation").holds);
}

TEST(Audit, CountsTransceiversAndLinks) {
  EXPECT_TRUE(finding("transceivers-per-chip").holds);
  EXPECT_FALSE(finding("transceivers-800g").holds);
  EXPECT_FALSE(finding("ub-from-fourteen-links").holds);
  EXPECT_TRUE(finding("ub-from-seven-links").holds);
}

TEST(Audit, FindsOvertakingInThreeSystemTotalsAndNowhereElse) {
  for (const char* id : {"ahead-bf16-system", "ahead-hbm-capacity", "ahead-hbm-bandwidth"}) {
    EXPECT_TRUE(finding(id).holds) << id;
  }
  for (const char* id : {"ahead-bf16-chip", "ahead-bf16-watt", "ahead-hbm-bandwidth-watt"}) {
    EXPECT_FALSE(finding(id).holds) << id;
  }
  EXPECT_NEAR(finding("ahead-bf16-system").left, 1.67, 0.005);
  EXPECT_NEAR(finding("ahead-bf16-chip").left, 0.31, 0.005);
  EXPECT_NEAR(finding("ahead-bf16-watt").left, 0.43, 0.005);
  EXPECT_NEAR(finding("ahead-hbm-bandwidth-watt").left, 0.55, 0.005);
}

TEST(Audit, FindsNoContradictionBesidesTheKnownOnes) {
  const std::set<std::string> known = {
      "bf16-total-from-752",     "bf16-two-peaks",          "amla-peak-752",
      "amla-peak-780",           "nvl72-capacity-shipped",  "power-per-flop-headline",
      "prefill-efficiency-bf16", "decode-cube-utilisation", "transceivers-800g",
      "ub-from-fourteen-links",  "ahead-bf16-chip",         "ahead-bf16-watt",
      "ahead-hbm-bandwidth-watt"};
  std::set<std::string> contradicted;
  for (const auto& [id, found] : findings()) {
    if (!found.holds) contradicted.insert(id);
  }
  EXPECT_EQ(contradicted, known);
}

TEST(Audit, SaysOfEveryContradictionWhatWouldMendItAndOfNothingElse) {
  for (const auto& [id, found] : findings()) EXPECT_EQ(found.holds, found.reconcile.empty()) << id;
}

TEST(Expression, ReadsNamesWithHyphensAndDots) {
  const Expression expression("a-b:peak.bf16 * 2 - claim:c-d / 1e3");
  EXPECT_THAT(expression.names(), testing::ElementsAre("a-b:peak.bf16", "claim:c-d"));
  EXPECT_DOUBLE_EQ(expression.evaluate({5, 2000}), 8);
}

TEST(Expression, ComputesDimensions) {
  const Dimension flop = parse_unit("FLOP").dimension, second = parse_unit("s").dimension;
  EXPECT_EQ(Expression("a / b").dimension({flop, second}), flop / second);
  EXPECT_EQ(Expression("max(a, 2 * b)").dimension({flop, flop}), flop);
  EXPECT_THROW(Expression("a + b").dimension({flop, second}), InputError);
}

TEST(Expression, RefusesWhatItCannotEvaluate) {
  EXPECT_THROW(Expression("2 +"), InputError);
  EXPECT_THROW(Expression("nofunction(2)"), InputError);
  EXPECT_THROW(Expression("a / b").evaluate({1, 0}), InputError);
}

}  // namespace
}  // namespace assay::results

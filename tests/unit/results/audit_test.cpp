#include "results/claims/audit.h"

#include <gmock/gmock.h>

#include <map>

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
  const Finding& found = finding("sum-of-parts/cloudmatrix384/ascend910c/peak.bf16");
  EXPECT_FALSE(found.holds);
  EXPECT_NEAR(found.left, 288.768e15, 1e9);
  EXPECT_NEAR(found.difference, -0.0374, 1e-4);
  EXPECT_EQ(found.arithmetic, "384 × 752 TFLOP/s = 288.8 PFLOP/s against 300 PFLOP/s: 3.7% below");
  EXPECT_THAT(found.reconcile, HasSubstr("ascend910c:peak.bf16 of 781.2 TFLOP/s (+3.9%), and 780"));
  EXPECT_THAT(found.reconcile, HasSubstr("different clocks"));
  EXPECT_THAT(found.claims, testing::Contains("cloudmatrix384-bf16-peak"));
}

TEST(Audit, FindsThatEachPublishedPeakOfTheChipMakesOneOfTheSystem) {
  std::map<std::string, bool> holds;
  for (const auto& [id, found] : findings()) {
    if (id.starts_with("sum-of-parts/cloudmatrix384/ascend910c/peak.bf16")) {
      holds[found.arithmetic.substr(0, found.arithmetic.find(':'))] = found.holds;
    }
  }
  const std::map<std::string, bool> expected = {
      {"384 × 752 TFLOP/s = 288.8 PFLOP/s against 300 PFLOP/s", false},
      {"384 × 752 TFLOP/s = 288.8 PFLOP/s against 289 PFLOP/s", true},
      {"384 × 780 TFLOP/s = 299.5 PFLOP/s against 300 PFLOP/s", true},
      {"384 × 780 TFLOP/s = 299.5 PFLOP/s against 289 PFLOP/s", false}};
  EXPECT_EQ(holds, expected);
  EXPECT_FALSE(finding("one-figure/ascend910c/peak.bf16").holds);
}

TEST(Audit, FindsAThirdPeakInAmlasUtilisation) {
  const Finding& first = finding("peak-from-utilisation/ascend910c/amla/bf16");
  EXPECT_NEAR(first.left, 707.4e12, 0.1e12);
  EXPECT_FALSE(first.holds);
  EXPECT_NEAR(first.difference, -0.06, 0.005);
  const Finding& second = finding("peak-from-utilisation/ascend910c/amla/bf16~2");
  EXPECT_FALSE(second.holds);
  EXPECT_NEAR(second.difference, -0.093, 0.005);
}

TEST(Audit, FindsFlashMlaAtOneWithItsPeak) {
  const Finding& found = finding("peak-from-utilisation/h800-sxm/flashmla/bf16");
  EXPECT_TRUE(found.holds);
  EXPECT_NEAR(found.left, 989.5e12, 0.1e12);
}

TEST(Audit, AddsUpTheMemory) {
  for (const char* id :
       {"sum-of-parts/cloudmatrix384/ascend910c/memory.capacity",
        "sum-of-parts/cloudmatrix384/ascend910c/memory.bandwidth",
        "sum-of-parts/gb200-nvl72/gb200/memory.capacity~2",
        "sum-of-parts/gb200-nvl72/gb200/memory.bandwidth",
        "claim/cloudmatrix384-hbm-capacity-ratio", "claim/cloudmatrix384-hbm-bandwidth-ratio"}) {
    EXPECT_TRUE(finding(id).holds) << id << ": " << finding(id).arithmetic;
  }
  EXPECT_FALSE(finding("sum-of-parts/gb200-nvl72/gb200/memory.capacity").holds);
  EXPECT_NEAR(finding("claim/cloudmatrix384-hbm-capacity-ratio").left, 3.565, 0.005);
  EXPECT_NEAR(finding("claim/cloudmatrix384-hbm-bandwidth-ratio").left, 2.134, 0.005);
}

TEST(Audit, FindsTheHeadlineAtOddsWithItsArticlesPower) {
  EXPECT_TRUE(finding("claim/cloudmatrix384-power-per-flop").holds);
  EXPECT_NEAR(finding("claim/cloudmatrix384-power-per-flop").left, 2.31, 0.005);
  EXPECT_FALSE(finding("claim/cloudmatrix384-power-per-flop-headline").holds);
}

TEST(Audit, HoldsServingRatesAgainstThePeak) {
  const Finding& prefill = finding("tokens-within-peak/cloudmatrix-infer-prefill");
  EXPECT_TRUE(prefill.holds);
  EXPECT_NEAR(prefill.left, 495e12, 0.5e12);
  EXPECT_TRUE(finding("claim/cloudmatrix-infer-prefill-efficiency").holds);
  const Finding& misread = finding("claim/cloudmatrix-infer-prefill-efficiency-bf16");
  EXPECT_FALSE(misread.holds);
  EXPECT_NEAR(misread.difference, 1, 0.01);
  EXPECT_THAT(misread.reconcile, HasSubstr("half the bits"));
  EXPECT_TRUE(finding("tokens-within-peak/cloudmatrix-infer-decode-50ms").holds);
  EXPECT_NEAR(finding("claim/cloudmatrix-decode-cube-utilisation").left, 0.0956, 0.0005);
  EXPECT_FALSE(finding("claim/cloudmatrix-decode-cube-utilisation").holds);
}

TEST(Audit, CountsTransceiversAndLinks) {
  EXPECT_TRUE(finding("transceivers-per-chip").holds);
  EXPECT_FALSE(finding("transceivers-800g").holds);
  EXPECT_TRUE(finding("links-make-bandwidth/ascend910c/ub").holds);
  EXPECT_FALSE(finding("links-make-bandwidth/ascend910c/ub~2").holds);
}

TEST(Audit, FindsOvertakingInThreeSystemTotalsAndNowhereElse) {
  for (const char* metric : {"bf16-system", "hbm-capacity", "hbm-bandwidth"}) {
    EXPECT_TRUE(finding(std::string("claim/waic-ahead-") + metric).holds) << metric;
  }
  for (const char* metric : {"bf16-chip", "bf16-watt", "hbm-bandwidth-watt"}) {
    EXPECT_FALSE(finding(std::string("claim/waic-ahead-") + metric).holds) << metric;
  }
  EXPECT_NEAR(finding("claim/waic-ahead-bf16-system").left, 1.67, 0.005);
  EXPECT_NEAR(finding("claim/waic-ahead-bf16-chip").left, 0.31, 0.005);
  EXPECT_NEAR(finding("claim/waic-ahead-bf16-watt").left, 0.43, 0.005);
  EXPECT_NEAR(finding("claim/waic-ahead-hbm-bandwidth-watt").left, 0.55, 0.005);
}

TEST(Audit, SaysOfEveryContradictionWhatWouldMendItAndOfNothingElse) {
  for (const auto& [id, found] : findings()) EXPECT_EQ(found.holds, found.reconcile.empty()) << id;
}

/// A catalogue of one box with two chips, and one rule.
Catalogue small(const std::string& whole, const std::string& part) {
  const auto figure = [](const std::string& text) {
    const Quantity quantity = parse_quantity(text);
    Property property;
    property.value = quantity.value;
    property.written = quantity.written;
    property.unit = quantity.unit;
    property.dimension = quantity.dimension;
    property.range = {quantity.value - quantity.half_digit, quantity.value + quantity.half_digit};
    return property;
  };
  Catalogue catalogue;
  System box, chip;
  box.id = box.name = "box";
  box.parts = {{"chip", 2}};
  box.properties["peak.bf16"] = {figure(whole)};
  chip.id = chip.name = "chip";
  chip.properties["peak.bf16"] = {figure(part)};
  catalogue.systems = {{"box", box}, {"chip", chip}};
  Rule rule;
  rule.id = "sum";
  rule.over = Rule::Over::parts;
  rule.quantities = {"peak.*"};
  rule.left = "count * part:{Q}";
  rule.right = "self:{Q}";
  catalogue.rules = {rule};
  return catalogue;
}

TEST(AuditIntervals, TakeTheDigitsForTheUncertainty) {
  EXPECT_TRUE(
      audit(small("21 TFLOP/s", "10.3 TFLOP/s")).at(0).holds);  // [20.5, 21.5], [20.5, 20.7]
  EXPECT_FALSE(audit(small("21 TFLOP/s", "10.1 TFLOP/s")).at(0).holds);  // [20.1, 20.3]
  EXPECT_FALSE(audit(small("21.0 TFLOP/s", "10.3 TFLOP/s")).at(0).holds);
}

TEST(AuditIntervals, SayHowFarApartTheNearestEndsAre) {
  const Finding found = audit(small("21 TFLOP/s", "10.1 TFLOP/s")).at(0);
  EXPECT_NEAR(found.gap, 20.3 / 20.5 - 1, 1e-9);
  EXPECT_NEAR(found.needed.at(0).value, 10.5e12, 1e6);
}

TEST(AuditRules, PassOverWhatNoFigureIsPublishedOf) {
  Catalogue catalogue = small("21 TFLOP/s", "10.3 TFLOP/s");
  catalogue.systems["chip"].properties.clear();
  EXPECT_THAT(audit(catalogue), testing::IsEmpty());
}

TEST(AuditRules, CountPartsAtAnyDepth) {
  Catalogue catalogue = small("40 TFLOP/s", "5.0 TFLOP/s");
  System node = catalogue.systems["box"];
  node.id = "node";
  node.parts = {{"chip", 4}};
  node.properties.clear();
  catalogue.systems["node"] = node;
  catalogue.systems["box"].parts = {{"node", 2}};
  ASSERT_THAT(audit(catalogue), testing::SizeIs(1));
  EXPECT_NEAR(audit(catalogue)[0].left, 40e12, 1);
}

TEST(AuditRules, RefuseSidesOfUnlikeDimensions) {
  Catalogue catalogue = small("21 TFLOP/s", "10.3 TFLOP/s");
  catalogue.rules[0].left = "count * part:{Q} * part:{Q}";
  EXPECT_THROW(audit(catalogue), InputError);
}

TEST(AuditRules, RefuseASystemThatIsPartOfItself) {
  Catalogue catalogue = small("21 TFLOP/s", "10.3 TFLOP/s");
  catalogue.systems["chip"].parts = {{"box", 1}};
  EXPECT_THROW(audit(catalogue), InputError);
}

TEST(Expression, GivesTheRangeOfItsCorners) {
  const Expression ratio("a / b");
  const std::vector<Interval> values = {{9, 11}, {2, 4}};
  const Interval range = ratio.evaluate(std::span<const Interval>(values));
  EXPECT_DOUBLE_EQ(range.lower, 9.0 / 4);
  EXPECT_DOUBLE_EQ(range.upper, 11.0 / 2);
}

TEST(Expression, BindsAsArithmeticDoes) {
  EXPECT_DOUBLE_EQ(Expression("2 + 3 * 4 ^ 2 / 8 - 1").evaluate({}), 7);
  EXPECT_DOUBLE_EQ(Expression("-2 ^ 2").evaluate({}), -4);
  EXPECT_DOUBLE_EQ(Expression("sqrt(16) + min(1, 2) + max(1, 2) + abs(-3)").evaluate({}), 10);
  EXPECT_DOUBLE_EQ(Expression("2 * (1 + 2)").evaluate({}), 6);
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
  EXPECT_THROW(Expression(std::string(100000, '(')), InputError);
  EXPECT_THROW(Expression(std::string(100000, '-') + "1"), InputError);
  EXPECT_THROW(Expression("nofunction(2)"), InputError);
  EXPECT_THROW(Expression("a / b").evaluate({1, 0}), InputError);
}

}  // namespace
}  // namespace assay::results

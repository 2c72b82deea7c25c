#include "results/claims/audit.h"

#include <gmock/gmock.h>

#include <map>

#include "kernels/error.h"
#include "results/claims/expression.h"

namespace assay::results::claims {
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

TEST(Audit, SeparatesTheSystemsOfASetFromThoseItIsComparedWith) {
  const Catalogue from = built_in_catalogue();
  const auto all = audit(from);
  const SetFindings found = findings_of_set(from, "waic-2025", all);
  const auto uses = [](const Finding& one, std::string_view system) {
    return std::ranges::find(one.systems, system) != one.systems.end();
  };
  ASSERT_FALSE(found.own.empty());
  ASSERT_FALSE(found.others.empty());
  for (const Finding& one : found.others) {
    EXPECT_FALSE(uses(one, "cloudmatrix384") || uses(one, "ascend910c")) << one.relation;
  }
  EXPECT_TRUE(std::ranges::any_of(found.own, [&](const Finding& one) {
    return uses(one, "ascend910c") && !uses(one, "cloudmatrix384");
  })) << "a part of the system is its own too";
  // A set without first claims has no others.
  const SetFindings amd = findings_of_set(from, from.sets.begin()->first, all);
  EXPECT_TRUE(amd.others.empty() || !from.sets.begin()->second.first.empty());
  EXPECT_THROW(findings_of_set(from, "waic-2026", all), InputError);
}

TEST(Audit, FindsThat752TeraflopsAChipDoNotMake300Petaflops) {
  const Finding& found = finding("sum-of-parts/cloudmatrix384/ascend910c/peak.bf16");
  EXPECT_FALSE(found.holds);
  EXPECT_NEAR(found.left, 288.768e15, 1e9);
  EXPECT_NEAR(found.difference, -0.0374, 1e-4);
  EXPECT_EQ(found.arithmetic, "384 × 752 TFLOP/s = 288.8 PFLOP/s versus 300 PFLOP/s: 3.7% below");
  EXPECT_THAT(found.reconcile, HasSubstr("ascend910c:peak.bf16 of 781.2 TFLOP/s (+3.9%), and 780"));
  EXPECT_THAT(found.reconcile, testing::Not(HasSubstr("different clocks")));
  EXPECT_THAT(found.claims, testing::Contains("cloudmatrix384-bf16-peak"));
}

/// Whether the finding with this arithmetic holds; fails the test if there is none.
bool holds(const std::string& arithmetic) {
  for (const auto& [id, found] : findings()) {
    if (found.arithmetic.starts_with(arithmetic + ":")) return found.holds;
  }
  ADD_FAILURE() << "nothing calculates " << arithmetic;
  return false;
}

TEST(Audit, FindsThatEachPublishedPeakOfTheChipMakesOneOfTheSystem) {
  EXPECT_TRUE(holds("384 × 752 TFLOP/s = 288.8 PFLOP/s versus 289 PFLOP/s"));
  EXPECT_TRUE(holds("384 × 780 TFLOP/s = 299.5 PFLOP/s versus 300 PFLOP/s"));
  EXPECT_FALSE(holds("780 TFLOP/s versus 752 TFLOP/s"));
}

TEST(Audit, HoldsAmlasShareAgainstThePeakOfTheCubeUnits) {
  EXPECT_TRUE(finding("amla-cube-peak").holds);
  EXPECT_NEAR(finding("amla-cube-peak").left, 707.4e12, 0.1e12);
  EXPECT_FALSE(findings().contains("peak-from-utilisation/ascend910c/amla/bf16"));
}

TEST(Audit, FindsThatTheBusMovesFifteenTimesWhatTheUsualNetworkDoes) {
  EXPECT_TRUE(holds("392 GB/s / 200 Gbit/s = 15.68× versus 15×"));
  EXPECT_TRUE(finding("claim/cloudmatrix384-scale-out-ratio").holds);
}

TEST(Audit, FindsThatFlashMlaAgreesWithItsPeak) {
  EXPECT_TRUE(holds("660 TFLOP/s / 66.7% = 989.5 TFLOP/s versus 989 TFLOP/s"));
}

TEST(Audit, AddsUpTheMemory) {
  EXPECT_TRUE(holds("384 × 128 GB = 49.15 TB versus 49.2 TB"));
  EXPECT_TRUE(holds("384 × 3.2 TB/s = 1229 TB/s versus 1229 TB/s"));
  EXPECT_TRUE(holds("72 × 192 GB = 13.82 TB versus 13.8 TB"));
  EXPECT_FALSE(holds("72 × 186 GB = 13.39 TB versus 13.8 TB"));
  EXPECT_TRUE(holds("72 × 8 TB/s = 576 TB/s versus 576 TB/s"));
  EXPECT_TRUE(finding("claim/cloudmatrix384-hbm-capacity-ratio").holds);
  EXPECT_TRUE(finding("claim/cloudmatrix384-hbm-bandwidth-ratio").holds);
}

TEST(Audit, FindsThatTheHeadlineContradictsThePowerInItsArticle) {
  EXPECT_TRUE(finding("claim/cloudmatrix384-power-per-flop").holds);
  EXPECT_NEAR(finding("claim/cloudmatrix384-power-per-flop").left, 2.31, 0.005);
  EXPECT_FALSE(finding("claim/cloudmatrix384-power-per-flop-headline").holds);
}

TEST(Audit, FindsThatTheChipsDrawLessThanHalfOfTheSystemsPower) {
  const Finding& found = finding("power-of-parts/cloudmatrix384/ascend910c-die");
  EXPECT_TRUE(found.holds);
  EXPECT_LT(found.left / found.right, 0.5);
}

TEST(Audit, ComparesServingRatesWithThePeak) {
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
  EXPECT_TRUE(holds("7 × 448 Gbit/s = 392 GB/s versus 392 GB/s"));
  EXPECT_FALSE(holds("14 × 400 Gbit/s = 700 GB/s versus 400 GB/s"));
}

TEST(Audit, FindsThatGaudi3sHigherPeakNeedsAHigherClock) {
  EXPECT_TRUE(holds("1600 MHz × 8 × 65536 × 2 FLOP = 1678 TFLOP/s versus 1678 TFLOP/s"));
  EXPECT_TRUE(holds("1750 MHz × 8 × 65536 × 2 FLOP = 1835 TFLOP/s versus 1835 TFLOP/s"));
  EXPECT_FALSE(holds("1835 TFLOP/s versus 1678 TFLOP/s"));
  EXPECT_FALSE(holds("1750 MHz versus 1600 MHz"));
}

TEST(Audit, FindsAChipAtFourFifthsOfItsPeakAndAnEighthOfItsPower) {
  const Finding& found = finding("load-shows-in-power/metax-c550/flagperf/i8");
  EXPECT_FALSE(found.holds);
  EXPECT_THAT(found.unverified, testing::ElementsAre("half"));
}

TEST(Audit, FindsThatOnlyThreeSystemTotalsAreHigher) {
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

TEST(Audit, SaysOnlyForContradictionsWhatWouldRemoveThem) {
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

TEST(AuditIntervals, FollowFromThePublishedDigits) {
  EXPECT_TRUE(
      audit(small("21 TFLOP/s", "10.3 TFLOP/s")).at(0).holds);  // [20.5, 21.5], [20.5, 20.7]
  EXPECT_FALSE(audit(small("21 TFLOP/s", "10.1 TFLOP/s")).at(0).holds);  // [20.1, 20.3]
  EXPECT_FALSE(audit(small("21.0 TFLOP/s", "10.3 TFLOP/s")).at(0).holds);
}

TEST(AuditIntervals, GiveTheDistanceOfTheirNearestEnds) {
  const Finding found = audit(small("21 TFLOP/s", "10.1 TFLOP/s")).at(0);
  EXPECT_NEAR(found.gap, 20.3 / 20.5 - 1, 1e-9);
  EXPECT_NEAR(found.needed.at(0).value, 10.5e12, 1e6);
}

TEST(AuditRules, SkipMissingFigures) {
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

TEST(AuditRules, SkipUndefinedValues) {
  EXPECT_THAT(audit(small("0 TFLOP/s", "10.3 TFLOP/s")), testing::IsEmpty());
  // [-0.5, 0.5]: a side that may be zero contradicts no value in its range.
  Catalogue catalogue = small("1 TFLOP/s", "1 TFLOP/s");
  catalogue.rules[0].left = "count / part:{Q}";
  catalogue.rules[0].right = "1 / self:{Q}";
  catalogue.systems["chip"].properties["peak.bf16"][0].range = {0, 2e12};
  ASSERT_THAT(audit(catalogue), testing::SizeIs(1));
  EXPECT_TRUE(audit(catalogue)[0].holds);
}

TEST(AuditRules, ContradictAFigureOnlyIfNoOtherFigureAgreesWithIt) {
  Catalogue catalogue = small("21.0 TFLOP/s", "10.0 TFLOP/s");
  auto& chip = catalogue.systems["chip"].properties["peak.bf16"];
  chip.push_back(small("1 W", "10.5 TFLOP/s").systems["chip"].properties["peak.bf16"][0]);
  chip.push_back(small("1 W", "99.9 TFLOP/s").systems["chip"].properties["peak.bf16"][0]);
  const auto found = audit(catalogue);
  ASSERT_THAT(found, testing::SizeIs(3));
  EXPECT_FALSE(found[0].holds);  // the preferred figures
  EXPECT_TRUE(found[1].holds);   // 2 × 10.5
  EXPECT_FALSE(found[2].holds);  // 2 × 99.9 fits nothing
  EXPECT_THAT(found[0].reconcile, HasSubstr("10.5 TFLOP/s"));
}

TEST(AuditRules, SumLevelByLevelIfIntermediatePartsHaveTheFigure) {
  Catalogue catalogue = small("40 TFLOP/s", "5.0 TFLOP/s");
  System node = catalogue.systems["box"];
  node.id = "node";
  node.parts = {{"chip", 4}};
  node.properties["peak.bf16"] = small("20 TFLOP/s", "1 W").systems["box"].properties["peak.bf16"];
  catalogue.systems["node"] = node;
  catalogue.systems["box"].parts = {{"node", 2}};
  std::vector<std::string> ids;
  for (const Finding& found : audit(catalogue)) ids.push_back(found.relation);
  EXPECT_THAT(ids,
              testing::UnorderedElementsAre("sum/box/node/peak.bf16", "sum/node/chip/peak.bf16"));
}

TEST(AuditRules, RefuseSidesOfDifferentDimensions) {
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
  const std::vector<statistics::Interval> values = {{9, 11}, {2, 4}};
  const statistics::Interval range = ratio.evaluate(std::span<const statistics::Interval>(values));
  EXPECT_DOUBLE_EQ(range.lower, 9.0 / 4);
  EXPECT_DOUBLE_EQ(range.upper, 11.0 / 2);
}

TEST(Expression, HasTheUsualPrecedence) {
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
}  // namespace assay::results::claims

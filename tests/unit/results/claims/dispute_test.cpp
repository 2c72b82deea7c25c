// Figures of one system published by several texts, weighed against a claim.
#include "results/claims/dispute.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>

#include "results/claims/units.h"
#include "results/claims/verdict.h"

namespace assay::results::claims::dispute_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Property figure(double tera, Standing standing, const std::string& publisher) {
  Property out;
  out.value = tera * 1e12;
  out.written = tera;
  out.unit = "TFLOP/s";
  out.dimension = parse_unit(out.unit).dimension;
  out.range = {out.value * 0.9999, out.value * 1.0001};
  out.standing = standing;
  out.source.title = publisher + "'s text";
  out.source.publisher = publisher;
  out.source_key = publisher;
  return out;
}

/// A chip with published peaks, and the claim of `claimed` by the press.
Catalogue catalogue(std::vector<Property> published, double claimed,
                    Standing standing = Standing::press) {
  Catalogue out;
  out.sets["talk"] = {"talk", "A talk", "", {}};
  System& chip = out.systems["chip"];
  chip.id = chip.name = "chip";
  chip.kind = "chip";
  chip.properties["peak.bf16"] = std::move(published);
  Rule pairs;
  pairs.id = "one-figure";
  pairs.statement = "agree";
  pairs.over = Rule::Over::pairs;
  pairs.quantities = {"peak.*"};
  pairs.left = "b";
  pairs.right = "a";
  out.rules.push_back(pairs);
  Claim claim;
  claim.id = "it";
  claim.sets = {"talk"};
  claim.system = "chip";
  claim.quantity = "peak.bf16";
  claim.value = figure(claimed, standing, "Claimant");
  claim.standing = standing;
  claim.source = claim.value->source;
  out.claims.push_back(claim);
  return out;
}

Verdict judged(const Catalogue& from) {
  return Judge(from, {}).verdicts("talk").at(0);
}

TEST(Standing, IsOrderedFromBenchmarkToUnverified) {
  EXPECT_LT(Standing::benchmark, Standing::specification);
  EXPECT_LT(Standing::specification, Standing::paper);
  EXPECT_LT(Standing::paper, Standing::measurement);
  EXPECT_LT(Standing::measurement, Standing::press);
  EXPECT_LT(Standing::press, Standing::social);
  for (const std::string& each : standing_names()) EXPECT_EQ(name(standing_of(each)), each);
}

TEST(Dispute, NeedsAnOpponentOfEqualOrBetterStanding) {
  const auto kind = [](Standing opponent, Standing own) {
    return judged(catalogue({figure(752, opponent, "Other")}, 780, own)).kind;
  };
  EXPECT_EQ(kind(Standing::specification, Standing::press), VerdictKind::disputed);
  EXPECT_EQ(kind(Standing::press, Standing::press), VerdictKind::disputed);
  EXPECT_EQ(kind(Standing::press, Standing::specification), VerdictKind::untested);
  EXPECT_EQ(kind(Standing::social, Standing::press), VerdictKind::untested);
  EXPECT_EQ(kind(Standing::unverified, Standing::social), VerdictKind::untested);
}

TEST(Dispute, NamesTheOpponentAndItsStanding) {
  const Verdict verdict = judged(catalogue({figure(752, Standing::paper, "Huawei")}, 780));
  EXPECT_THAT(verdict.disputed_by, ElementsAre(HasSubstr("752 TFLOP/s (paper, Huawei)")));
  EXPECT_THAT(verdict.reason, HasSubstr("780 TFLOP/s versus 752 TFLOP/s: 3.7% above"));
}

TEST(Dispute, ListsALowerStandingWithoutCountingIt) {
  const Verdict verdict =
      judged(catalogue({figure(752, Standing::press, "A blog")}, 989, Standing::specification));
  EXPECT_EQ(verdict.kind, VerdictKind::untested);
  ASSERT_THAT(verdict.evidence, SizeIs(1));
  EXPECT_THAT(verdict.evidence[0].text, HasSubstr("lower standing"));
}

TEST(Dispute, IsNotWithAnOlderFigureOfTheSamePublisher) {
  Catalogue from =
      catalogue({figure(1835, Standing::specification, "Claimant")}, 1678, Standing::specification);
  from.claims[0].source.date = from.claims[0].value->source.date = "2024-09";
  EXPECT_EQ(judged(from).kind, VerdictKind::disputed);  // nobody knows which is the older one
  from.systems["chip"].properties["peak.bf16"][0].source.date = "2024-04";
  const Verdict verdict = judged(from);
  EXPECT_EQ(verdict.kind, VerdictKind::untested);
  EXPECT_THAT(verdict.evidence[0].text, HasSubstr("an older figure of the same publisher"));
}

TEST(Dispute, HoldsABoundAgainstTheFiguresOfTheSystem) {
  const auto kind = [](Comparison comparison, double bound, std::vector<Property> published) {
    Catalogue from = catalogue(std::move(published), bound);
    from.claims[0].comparison = comparison;
    from.claims[0].value->range = {bound * 1e12, bound * 1e12};
    return judged(from).kind;
  };
  const Property maker = figure(1000, Standing::specification, "Maker");
  EXPECT_EQ(kind(Comparison::at_least, 1900, {maker}), VerdictKind::disputed);
  EXPECT_EQ(kind(Comparison::at_least, 900, {maker}), VerdictKind::untested);
  EXPECT_EQ(kind(Comparison::at_most, 500, {maker}), VerdictKind::disputed);
  EXPECT_EQ(kind(Comparison::at_most, 1100, {maker}), VerdictKind::untested);
  EXPECT_EQ(kind(Comparison::at_least, 1900, {figure(1000, Standing::social, "A post")}),
            VerdictKind::untested);
  EXPECT_EQ(kind(Comparison::at_least, 1900,
                 {maker, figure(2000, Standing::specification, "Maker of the node")}),
            VerdictKind::untested);
}

TEST(Dispute, OfABoundIsACalculationOfTheAudit) {
  Catalogue from = catalogue({figure(1000, Standing::specification, "Maker")}, 1900);
  from.claims[0].comparison = Comparison::at_least;
  const auto findings = audit(from);
  const auto found = std::ranges::find(findings, "claim/it", &Finding::relation);
  ASSERT_NE(found, findings.end());
  EXPECT_FALSE(found->holds);
  EXPECT_EQ(found->arithmetic, "1000 TFLOP/s versus at least 1900 TFLOP/s: 47% below");
  EXPECT_THAT(found->against, ElementsAre("it"));
  from.claims[0].comparison = Comparison::at_most;
  const auto kept = audit(from);
  const auto again = std::ranges::find(kept, "claim/it", &Finding::relation);
  ASSERT_NE(again, kept.end());
  EXPECT_TRUE(again->holds);
}

TEST(Corroboration, NeedsTwoIndependentSourcesOfStanding) {
  const auto kind = [](std::vector<Property> published) {
    return judged(catalogue(std::move(published), 752)).kind;
  };
  EXPECT_EQ(kind({figure(752, Standing::paper, "Huawei")}), VerdictKind::untested);
  EXPECT_EQ(kind({figure(752, Standing::paper, "Huawei"),
                  figure(752, Standing::specification, "Huawei")}),
            VerdictKind::untested);
  EXPECT_EQ(kind({figure(752, Standing::paper, "Huawei"),
                  figure(752, Standing::measurement, "A laboratory")}),
            VerdictKind::corroborated);
  EXPECT_EQ(
      kind({figure(752, Standing::press, "A paper"), figure(752, Standing::press, "Another")}),
      VerdictKind::untested);
}

TEST(Corroboration, CountsTheClaimItselfIfItsStandingSuffices) {
  const Verdict verdict = judged(catalogue({figure(752, Standing::measurement, "A laboratory")},
                                           752, Standing::specification));
  EXPECT_EQ(verdict.kind, VerdictKind::corroborated);
  EXPECT_THAT(verdict.corroborated_by, SizeIs(2));
}

TEST(Corroboration, LooksAtEachOfThousandsOfTextsOnce) {
  IndependentTexts texts;
  for (int i = 0; i < 2000; ++i) {
    EXPECT_TRUE(texts.add({.title = "A page", .publisher = fmt::format("Laboratory {}", i)}));
    EXPECT_FALSE(texts.add({.title = "Again", .publisher = fmt::format("Laboratory {}", i)}));
  }
  EXPECT_EQ(texts.number(), 2000u);
  EXPECT_LE(texts.steps(), 3u * 2000);
}

TEST(Corroboration, BoundsTheSearchAmongJointTexts) {
  IndependentTexts texts;
  // Each text takes the party that it shares with the next one; the last has to move them all.
  for (int i = 0; i < 2000; ++i) {
    texts.add({.title = "Joint", .publisher = fmt::format("P{} and P{}", i + 1, i)});
  }
  const std::size_t before = texts.steps();
  texts.add({.title = "One", .publisher = "P2000"});
  EXPECT_LE(texts.steps() - before, 500u);
  EXPECT_GE(texts.number(), 2000u);
}

TEST(Corroboration, NamesAFewOfManySources) {
  std::vector<Property> published;
  for (int i = 0; i < 40; ++i) {
    published.push_back(figure(752, Standing::measurement, fmt::format("Laboratory {}", i)));
  }
  Catalogue many = catalogue(std::move(published), 752);
  many.rules.clear();
  const Verdict verdict = judged(many);
  EXPECT_EQ(verdict.kind, VerdictKind::corroborated);
  EXPECT_THAT(verdict.corroborated_by, SizeIs(40));
  EXPECT_THAT(verdict.reason, HasSubstr("and 35 more"));
}

TEST(Source, SpeaksWithTheVoiceOfItsPublisher) {
  EXPECT_EQ((Source{.title = "A page", .publisher = "NVIDIA"}).voice(), "NVIDIA");
  EXPECT_EQ((Source{.title = "A page", .url = "https://www.nvidia.com/en-us/x"}).voice(),
            "nvidia.com");
  const Source one{.title = "A", .url = "https://github.com/stas00/ml-engineering/blob/x/a.md"};
  const Source two{.title = "B", .url = "https://github.com/stas00/ml-engineering/blob/y/b.md"};
  EXPECT_EQ(one.voice(), two.voice());
  EXPECT_EQ((Source{.title = "No address"}).voice(), "No address");
}

}  // namespace
}  // namespace assay::results::claims::dispute_test

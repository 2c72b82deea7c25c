// What is said first about judged claims.
#include "results/claims/digest.h"

#include <gmock/gmock.h>

#include <limits>
#include <memory>

namespace assay::results::claims::digest_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

/// Claims "a", "b", … of a set whose first statements are "a" and "b".
Catalogue catalogue(const std::vector<std::string>& ids) {
  Catalogue out;
  out.sets["talk"] = {"talk", "A talk", "the talk", {"b", "a"}};
  for (const std::string& id : ids) {
    Claim claim;
    claim.id = id;
    claim.statement = "It is " + id;
    claim.sets = {"talk"};
    out.claims.push_back(claim);
  }
  out.claims.front().quote = "it is a, we say";
  return out;
}

Verdict verdict(const std::string& claim, VerdictKind kind, const std::string& reason = "why") {
  Verdict out;
  out.claim = claim;
  out.kind = kind;
  out.reason = reason;
  return out;
}

Verdict disputed(const std::string& claim, const std::string& arithmetic, double gap) {
  Verdict out = verdict(claim, VerdictKind::disputed, "disputed by x: " + arithmetic);
  out.contradiction = arithmetic;
  out.disputed_by = {"chip:peak = 2 (paper, Maker)"};
  out.gap = gap;
  out.evidence.push_back({EvidenceKind::audited, "does not hold: " + arithmetic, {}, {}, {}});
  return out;
}

/// The systems and metrics of a comparison, and its table.
struct Compared {
  System first, second;
  Metric peak, power, price;
  ContestTable table;
};

std::unique_ptr<Compared> compared() {
  auto out = std::make_unique<Compared>();
  out->first.name = "First";
  out->second.name = "Second";
  out->peak = {"peak", "bf16 peak", "", "", false, "system", ""};
  out->power = {"power", "power", "", "", true, "system", ""};
  out->price = {"price", "price", "", "", true, "chip", ""};
  ContestTable& table = out->table;
  table.claim = "a";
  table.systems = {&out->first, &out->second};
  const auto row = [&](const Metric& metric, bool known, double ratio, const std::string& outcome) {
    ContestRow& one = table.rows.emplace_back();
    one.metric = &metric;
    one.cells.resize(2);
    one.against = {{table.systems[1], known, ratio, {ratio, ratio}, outcome}};
  };
  row(out->peak, true, 1.667, "ahead");
  row(out->power, true, 3.9, "behind");
  row(out->price, false, 0, "unknown");
  return out;
}

TEST(Digest, GivesTheStatementsInTheirOwnOrderWithTheirAnswers) {
  const Catalogue from = catalogue({"a", "b", "c"});
  std::vector<Verdict> verdicts = {verdict("a", VerdictKind::untestable, "names nothing"),
                                   verdict("b", VerdictKind::corroborated),
                                   verdict("c", VerdictKind::untested)};
  verdicts[1].corroborated_by = {"384 (paper, X)", "384 (specification, Y)"};
  const Digest said = digest(from, "talk", verdicts, {}, {});
  EXPECT_EQ(said.decision,
            "Of 2 statements of the talk, 1 is corroborated and 1 is untestable; none was measured "
            "here.");
  ASSERT_THAT(said.statements, SizeIs(2));
  EXPECT_EQ(said.statements[0].said, "It is b");
  EXPECT_EQ(said.statements[0].answer, "corroborated: 2 sources");
  EXPECT_THAT(said.statements[0].evidence, ElementsAre("384 (paper, X)", "384 (specification, Y)"));
  EXPECT_EQ(said.statements[1].said, "“it is a, we say”");
  EXPECT_THAT(said.statements[1].evidence, ElementsAre("names nothing"));
  EXPECT_EQ(said.further, "1 further claim: 1 untested");
  // So few are shown completely.
  ASSERT_THAT(said.kinds, SizeIs(1));
  EXPECT_EQ(said.kinds[0].listed.at(0).detail, "why");
  EXPECT_FALSE(said.measured);
}

TEST(Digest, AnswersAComparisonByItsMetrics) {
  const Catalogue from = catalogue({"a", "b"});
  const auto contest = compared();
  const std::vector<Verdict> verdicts = {verdict("a", VerdictKind::untestable),
                                         verdict("b", VerdictKind::untestable)};
  const Digest said = digest(from, "talk", verdicts, {}, std::span(&contest->table, 1));
  EXPECT_EQ(said.decision,
            "Of 2 statements of the talk, all are untestable (1 of them compared: ahead in 1 of 2 "
            "metrics); none was measured here.");
  const ContestDigest short_one = digest(contest->table);
  EXPECT_EQ(short_one.sides, "First against Second");
  ASSERT_THAT(short_one.groups, SizeIs(2));
  EXPECT_EQ(short_one.groups[0].outcome, "ahead");
  EXPECT_THAT(short_one.groups[0].metrics, ElementsAre("1.7× bf16 peak"));
  EXPECT_THAT(short_one.groups[1].metrics, ElementsAre("3.9× power"));
  EXPECT_THAT(short_one.open, ElementsAre("price"));
}

TEST(Digest, SaysWhatOneOfTheSystemsLacksAndWhatIsUnverified) {
  const auto contest = compared();
  contest->table.rows[0].against[0].ratio = 0;
  contest->table.rows[1].against[0].ratio = std::numeric_limits<double>::infinity();
  contest->table.rows[1].cells[1].unverified = true;
  const ContestDigest said = digest(contest->table);
  EXPECT_THAT(said.groups[0].metrics, ElementsAre("no bf16 peak"));
  EXPECT_THAT(said.groups[1].metrics, ElementsAre("alone with power (unverified)"));
}

TEST(Digest, ShowsRangesDisputesAndTheRivalOfToday) {
  const auto contest = compared();
  ContestTable& table = contest->table;
  table.rows[1].against[0].ends = {3.4, 4.1};
  table.rows[0].cells[0].disputed = {"by its parts"};
  EXPECT_EQ(digest(table).today, "");
  System third;
  third.name = "Third";
  table.systems.push_back(&third);
  table.today = &third;
  for (ContestRow& row : table.rows) {
    row.cells.resize(3);
    row.against.push_back({&third, row.rival().known, 2, {2, 2}, "ahead"});
  }
  const ContestDigest said = digest(table);
  EXPECT_THAT(said.groups[0].metrics, ElementsAre("1.7× bf16 peak (disputed)"));
  EXPECT_THAT(said.groups[1].metrics, ElementsAre("3.4–4.1× power"));
  EXPECT_EQ(said.today, "against today's Third: ahead in 2, behind in 0 of 2 metrics");
}

TEST(Digest, PutsTheLargestDisputeFirstAndEachArithmeticOnce) {
  const Catalogue from = catalogue({"a", "b", "c", "d", "e", "f"});
  const std::vector<Verdict> verdicts = {
      verdict("a", VerdictKind::untested), disputed("b", "1 versus 4", -0.75),
      disputed("c", "1 versus 2", -0.5),   disputed("d", "1 versus 9", -0.9),
      disputed("e", "1 versus 2", -0.5),   disputed("f", "1 versus 4", -0.75)};
  const Digest said = digest(from, "talk", verdicts, {}, {});
  EXPECT_THAT(said.statements[0].evidence,
              ElementsAre("1 versus 4", "disputed by chip:peak = 2 (paper, Maker)"));
  ASSERT_THAT(said.kinds, SizeIs(1));
  const KindDigest& kind = said.kinds[0];
  EXPECT_EQ(kind.number, 4U);
  ASSERT_THAT(kind.listed, SizeIs(3));
  EXPECT_EQ(kind.listed[0].detail, "1 versus 9");
  EXPECT_EQ(kind.listed[1].detail, "the arithmetic above");
  EXPECT_EQ(kind.listed[1].claims[0]->id, "f");
  EXPECT_EQ(kind.listed[2].detail, "1 versus 2");
  ASSERT_THAT(kind.listed[2].claims, SizeIs(2));
  EXPECT_EQ(kind.listed[2].claims[1]->id, "e");
}

TEST(Digest, PutsMeasurementsBeforeWhatIsPublishedAndCalculated) {
  Verdict judged = verdict("a", VerdictKind::untested, "no such device");
  judged.evidence = {{EvidenceKind::audited, "holds: 1 + 1", {}, {}, {}},
                     {EvidenceKind::modelled, "a model says 7", {}, {}, {}},
                     {EvidenceKind::published, "a paper says 5", {}, {}, {}},
                     {EvidenceKind::measured, "measured 6", {}, {}, {}}};
  EXPECT_THAT(strongest_evidence(judged, false),
              ElementsAre("no such device", "measured 6", "a paper says 5", "holds: 1 + 1"));
}

TEST(Digest, SpeaksOfAllClaimsWhereATextHasNoFirstStatements) {
  Catalogue from = catalogue({"a", "b"});
  from.sets["talk"].first.clear();
  Verdict measured = verdict("a", VerdictKind::supported, "measured 2: reaches 1");
  measured.measured.known = true;
  const std::vector<Verdict> verdicts = {measured, verdict("b", VerdictKind::untested)};
  const Digest said = digest(from, "talk", verdicts, {}, {});
  EXPECT_EQ(said.decision,
            "Of 2 published claims, 1 is supported and 1 is untested; 1 was measured here.");
  EXPECT_TRUE(said.measured);
  EXPECT_THAT(said.statements, IsEmpty());
  ASSERT_THAT(said.kinds, SizeIs(2));
  EXPECT_EQ(said.kinds[0].listed[0].detail, "measured 2: reaches 1");
  const Digest present = digest(from, "talk", {}, verdicts, {});
  EXPECT_EQ(present.decision,
            "Of 2 claims about the devices measured here, 1 is supported and 1 is untested.");
  EXPECT_EQ(digest(from, "", {}, {}, {}).decision, "There is no claim to judge.");
}

TEST(Digest, CallsAMachineQuietOnlyIfThatWasWatched) {
  Basis basis;
  EXPECT_THAT(trust_text(basis), HasSubstr("none of them is a verified measurement"));
  basis.records = 4;
  basis.evidence = 3;
  EXPECT_EQ(trust_text(basis), "all that can decide a claim settled on a quiet machine");
  basis.unwatched = 2;
  EXPECT_EQ(trust_text(basis), "2 of them measured without watching for other work");
  basis.doubtful = 3;
  basis.busy = 1;
  EXPECT_THAT(trust_text(basis), HasSubstr("1 of them disturbed by other work on the machine; 2 of "
                                           "them doubtful"));
  EXPECT_THAT(trust_text(basis), Not(HasSubstr("quiet")));
}

}  // namespace
}  // namespace assay::results::claims::digest_test

#include "results/claims/contest.h"

#include <gmock/gmock.h>

#include "kernels/error.h"

namespace assay::results::claims::contest_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Property figure(const std::string& text, const std::string& scope = "") {
  const Quantity quantity = parse_quantity(text);
  Property property;
  property.value = quantity.value;
  property.written = quantity.written;
  property.unit = quantity.unit;
  property.dimension = quantity.dimension;
  property.range = {quantity.value - quantity.half_digit, quantity.value + quantity.half_digit};
  property.scope = scope;
  return property;
}

System system_of(const std::string& id, const std::string& kind) {
  System system;
  system.id = system.name = id;
  system.kind = kind;
  return system;
}

/// "big" of 4 chips of 10 TFLOP/s, "small" with 30 TFLOP/s in 2 chips.
Catalogue catalogue() {
  Catalogue out;
  System big = system_of("big", "supernode"), chip = system_of("chip", "chip");
  big.parts = {{"chip", 4}};
  big.properties["power"] = {figure("4.0 kW", "system")};
  chip.properties["peak.bf16"] = {figure("10.0 TFLOP/s")};
  chip.properties["power"] = {figure("0.5 kW", "chip")};
  System small = system_of("small", "rack");
  small.properties["peak.bf16"] = {figure("30.0 TFLOP/s")};
  small.properties["chips"] = {figure("2")};
  small.properties["power"] = {figure("1.0 kW", "system")};
  out.systems = {{"big", big}, {"chip", chip}, {"small", small}};
  out.metrics = {{"peak", "peak", "self:peak.bf16", "TFLOP/s", false, "system", ""},
                 {"each", "peak", "self:peak.bf16 / self:chips", "TFLOP/s", false, "chip", ""},
                 {"power", "power", "self:power", "kW", true, "system", ""},
                 {"watt", "peak", "self:peak.bf16 / self:power", "TFLOP/s/W", false, "watt", ""},
                 {"none", "memory", "self:memory.capacity", "TB", false, "system", ""},
                 {"gemm", "matmul", "self:peak.bf16", "TFLOP/s", false, "kernel", "matmul a=bf16"}};
  return out;
}

ContestTable table(const Catalogue& from, const std::vector<std::string>& systems,
                   const std::vector<record::Record>& records = {}) {
  EvidenceIndex evidence(from, records);
  const auto findings = audit(from);
  return compare_systems(from, systems, evidence, findings);
}

std::vector<std::string> outcomes(const ContestTable& table) {
  std::vector<std::string> out;
  for (const ContestRow& row : table.rows) out.push_back(row.rival().outcome);
  return out;
}

TEST(Contest, ComparesFiguresOfTheSameKind) {
  const Catalogue from = catalogue();
  const ContestTable both = table(from, {"big", "small"});
  EXPECT_THAT(outcomes(both),
              ElementsAre("ahead", "behind", "behind", "behind", "unknown", "unknown"));
  EXPECT_NEAR(both.rows[0].rival().ratio, 40.0 / 30, 1e-9);
  EXPECT_NEAR(both.rows[1].rival().ratio, 10.0 / 15, 1e-9);
  EXPECT_EQ(both.rows[0].cells[0].basis, "4 × 10 TFLOP/s");
  EXPECT_THAT(both.sentence, HasSubstr("big is ahead of small in 1 of 6 metrics"));
  EXPECT_THAT(both.sentence, HasSubstr("none is measured here"));
}

TEST(Contest, DoesNotSeparateFiguresWhoseDigitsAllowBothOrders) {
  Catalogue from = catalogue();
  from.systems["small"].properties["peak.bf16"] = {figure("40 TFLOP/s")};
  EXPECT_EQ(table(from, {"big", "small"}).rows[0].rival().outcome, "not separated");
}

TEST(Contest, CallsTheSameCountLevel) {
  Catalogue from = catalogue();
  from.metrics = {{"chips", "chips", "self:chips", "1", false, "system", ""}};
  from.systems["small"].properties["chips"] = {figure("4")};
  EXPECT_EQ(table(from, {"big", "small"}).rows[0].rival().outcome, "level");
}

/// "big" by three texts: 4.0 kW and 5.0 kW of the press, and 9.0 kW in a post.
Catalogue with_estimates(Standing standing = Standing::press) {
  Catalogue out = catalogue();
  auto& power = out.systems["big"].properties["power"];
  power.push_back(figure("5.0 kW", "system"));
  power.push_back(figure("9.0 kW", "system"));
  power.push_back(figure("0.5 kW", "chip"));
  power[1].standing = standing;
  power[2].standing = Standing::social;
  power[0].standing = power[3].standing = Standing::press;
  return out;
}

TEST(Contest, ShowsTheRangeOverSourcesOfOneWeight) {
  const ContestTable both = table(with_estimates(), {"big", "small"});
  const ContestRow& row = both.rows[2];
  EXPECT_EQ(row.cells[0].text, "4–5 kW");
  EXPECT_THAT(row.cells[0].sources, testing::SizeIs(2));
  EXPECT_NEAR(row.rival().ends.lower, 4, 1e-9);
  EXPECT_NEAR(row.rival().ends.upper, 5, 1e-9);
  EXPECT_EQ(row.rival().outcome, "behind");
  // A figure per watt takes the range along.
  EXPECT_NEAR(both.rows[3].cells[0].ends.lower, 40e12 / 5000, 1);
}

TEST(Contest, PrefersFiguresOfMoreWeight) {
  const ContestTable both = table(with_estimates(Standing::measurement), {"big", "small"});
  EXPECT_EQ(both.rows[2].cells[0].text, "5 kW");
  EXPECT_THAT(both.rows[2].cells[0].sources, testing::IsEmpty());
}

TEST(Contest, DoesNotSeparateRangesThatOverlap) {
  Catalogue from = with_estimates();
  from.systems["small"].properties["power"] = {figure("4.9 kW", "system")};
  EXPECT_EQ(table(from, {"big", "small"}).rows[2].rival().outcome, "not separated");
}

TEST(Contest, ComparesWithTheRivalOfTodayToo) {
  Catalogue from = catalogue();
  System today = from.systems["small"];
  today.id = today.name = "newer";
  today.properties["peak.bf16"] = {figure("90.0 TFLOP/s")};
  from.systems["newer"] = today;
  Contest contest;
  contest.systems = {"big", "small"};
  contest.today = "newer";
  EvidenceIndex evidence(from, {});
  const ContestTable both = contest_table(from, contest, evidence, {});
  ASSERT_EQ(both.systems.size(), 3u);
  EXPECT_EQ(both.systems[2]->id, "newer");
  EXPECT_EQ(both.rows[0].rival().outcome, "ahead");
  EXPECT_EQ(both.rows[0].compared_with(both.today)->outcome, "behind");
  EXPECT_THAT(both.sentence, HasSubstr("Against newer, the rival of today, it is ahead in 0 and "
                                       "behind in 4 of 4 metrics"));
}

TEST(Contest, SaysUnderWhichConditionsARateWasReachedAndWhatIsNotStated) {
  Catalogue from = catalogue();
  from.metrics = {{"decode", "decode", "self:rate.token.decode", "token/s", false, "kernel", ""}};
  Claim claim;
  claim.id = "fast";
  claim.system = "chip";
  claim.quantity = "rate.token.decode";
  claim.value = figure("100 token/s");
  claim.conditions = {{"batch", "8"}, {"tpot", "50 ms"}};
  from.claims = {claim};
  const ContestTable both = table(from, {"big", "small"});
  EXPECT_THAT(both.rows[0].cells[0].conditions,
              ElementsAre("batch 8; TPOT 50 ms; type not stated; context not stated"));
}

TEST(Contest, MarksADisputedFigure) {
  Catalogue from = catalogue();
  from.systems["big"].properties["peak.bf16"] = {figure("60.0 TFLOP/s")};
  Claim claim;
  claim.id = "sum";
  claim.system = "big";
  claim.quantity = "peak.bf16";
  claim.value = figure("60.0 TFLOP/s");
  from.claims = {claim};
  Relation relation;
  relation.id = "parts";
  relation.left = "4 * chip:peak.bf16";
  relation.right = "claim:sum";
  relation.claims = {"sum"};
  from.relations = {relation};
  const ContestTable both = table(from, {"big", "small"});
  EXPECT_THAT(both.rows[0].cells[0].disputed,
              ElementsAre(HasSubstr("40 TFLOP/s versus 60 TFLOP/s")));
  EXPECT_THAT(both.sentence, HasSubstr("Other published figures contradict a figure of: peak"));
}

TEST(Contest, DoesNotCompareThePowerOfAChipWithThatOfASystem) {
  const Catalogue from = catalogue();
  const ContestTable odd = table(from, {"big", "chip"});
  EXPECT_EQ(odd.rows[3].rival().outcome, "different scopes");
  EXPECT_EQ(odd.rows[0].cells[1].kind, CellKind::not_applicable);
}

TEST(Contest, MarksCellsThatUseUnverifiedFigures) {
  Catalogue from = catalogue();
  from.systems["chip"].properties["peak.bf16"][0].standing = Standing::unverified;
  const ContestTable doubtful = table(from, {"big", "small"});
  EXPECT_TRUE(doubtful.rows[0].cells[0].unverified);
  EXPECT_FALSE(doubtful.rows[0].cells[1].unverified);
}

TEST(Contest, DistinguishesMeasuredFromClaimedCells) {
  Catalogue from = catalogue();
  from.systems["chip"].match = {{"name", "^Chip$"}};
  record::Record record;
  record.id = "r1";
  record.problem = "matmul m=64 n=64 k=64 a=bf16 b=bf16 c=bf16 acc=f32 dist=uniform seed=1";
  record.operation = "matmul";
  record.device.name = "Chip";
  record.implementation = {"library/one", results::record::Division::library, {}};
  record.work = {1e9, 1e6, kernels::DataType::bf16};
  record.device_seconds.assign(40, 1e-3);
  record.summary = statistics::summarize(record.device_seconds);
  record.check.outcome = kernels::Outcome::right;
  const ContestTable measured = table(from, {"big", "small"}, {record});
  const Cell& cell = measured.rows[5].cells[0];
  EXPECT_EQ(cell.kind, CellKind::measured);
  EXPECT_THAT(cell.records, ElementsAre("r1"));
  EXPECT_NEAR(cell.value, 1e12, 1e9);
  EXPECT_EQ(measured.rows[5].cells[1].kind, CellKind::unknown);
  EXPECT_EQ(measured.rows[5].rival().outcome, "unknown");
  EXPECT_THAT(measured.sentence, HasSubstr("Measured figures are marked"));
}

TEST(Contest, RefusesOneSystemAndUnknownOnes) {
  const Catalogue from = catalogue();
  EXPECT_THROW(table(from, {"big"}), InputError);
  EXPECT_THROW(table(from, {"big", "bigger"}), InputError);
}

}  // namespace
}  // namespace assay::results::claims::contest_test

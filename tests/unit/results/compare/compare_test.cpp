#include "results/compare/compare.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "kernels/error.h"
#include "results/compare/conclusion.h"
#include "results/compare/rendering.h"
#include "results/compare/unlike_kinds.h"
#include "results/compare/words.h"

namespace assay::results::compare {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kHostile = "</script><b onload=\"x\">'&|{{data}}";

/// Verified, with samples narrowly around `seconds`.
record::Record record_of(const std::string& problem, const std::string& implementation,
                         double seconds) {
  static int number = 0;
  record::Record record;
  record.id = fmt::format("{:08x}-record", ++number);
  record.started = fmt::format("2026-11-25T07:00:{:02}.{:03}Z", number / 1000 % 60, number % 1000);
  record.problem = problem;
  record.operation = problem.substr(0, problem.find(' '));
  record.device = {.backend = "gpu", .name = "Accelerator"};
  record.implementation = {implementation,
                           record::require_named<record::Division>(
                               implementation.substr(0, implementation.find('/')), "test"),
                           {}};
  record.work = {1e9, 1e6, kernels::DataType::f32};
  for (int i = 0; i < 60; ++i) {
    record.device_seconds.push_back(seconds * (1 + 1e-3 * (i * 7 % 11 - 5)));
  }
  record.summary = statistics::summarize(record.device_seconds);
  record.operands_hash = "00ff";
  record.steady = record.target_met = true;
  return record;
}

/// Each record measured in three processes, 0.01% apart.
Side side_of(const std::vector<record::Record>& records) {
  Side side{"side", "made up", {}, {}};
  for (const record::Record& record : records) {
    for (std::uint32_t repetition = 0; repetition < 3; ++repetition) {
      record::Record& one = side.records.emplace_back(record);
      one.repetition = repetition;
      one.id += fmt::format("-{}", repetition);
      if (one.device_seconds.empty()) continue;
      for (double& seconds : one.device_seconds) seconds *= 1 + 1e-4 * (repetition - 1.0);
      const double confidence = one.summary.confidence;
      const auto interval = one.summary.interval;
      one.summary = statistics::summarize(one.device_seconds);
      if (confidence < 0.9) one.summary.confidence = confidence, one.summary.interval = interval;
    }
  }
  return side;
}

CompareTable table_of(std::vector<record::Record> a, std::vector<record::Record> b,
                      const CompareOptions& options = {}) {
  std::vector<Side> sides;
  sides.push_back(side_of(std::move(a)));
  sides.push_back(side_of(std::move(b)));
  return compare(std::move(sides), options);
}

/// The only row.
const ComparedProblem& only_row(const CompareTable& table) {
  const SideComparison& comparison = table.comparisons.at(0);
  EXPECT_EQ(comparison.rows(), 1u);
  return comparison.groups.at(0).rows.at(0);
}

/// "A no partner", "B other mode", … for each record that was left out.
std::vector<std::string> reasons(const CompareTable& table) {
  std::vector<std::string> out;
  for (const LeftOut& one : table.comparisons.at(0).left_out) {
    out.push_back(fmt::format("{} {}", one.of_baseline ? "A" : "B", name(one.reason)));
  }
  return out;
}

const std::string kMatmul = "matmul m=64 n=64 k=64 a=f32 b=f32 c=f32 layout=nn dist=uniform seed=1";

TEST(Compare, DistinguishesFasterSlowerAndNoDifferenceShown) {
  const auto difference = [](double other) {
    return only_row(table_of({record_of(kMatmul, "library/x", 1e-3)},
                             {record_of(kMatmul, "library/x", other)}))
        .difference;
  };
  EXPECT_EQ(difference(0.9e-3), statistics::Difference::faster);
  EXPECT_EQ(difference(1.1e-3), statistics::Difference::slower);
  EXPECT_EQ(difference(1.0001e-3), statistics::Difference::none_shown);
}

TEST(Compare, TellsNoDifferenceOfFewerThanThreeProcesses) {
  std::vector<Side> sides = {side_of({record_of(kMatmul, "library/x", 1e-3)}),
                             side_of({record_of(kMatmul, "library/x", 0.5e-3)})};
  sides[1].records.pop_back();
  const auto table = compare(std::move(sides), {});
  const ComparedProblem& row = only_row(table);
  EXPECT_TRUE(row.few_processes);
  EXPECT_EQ(row.difference, statistics::Difference::not_judged);
  EXPECT_EQ(row.not_judged, "A 3 processes, B 2");
  EXPECT_EQ(table.comparisons[0].groups[0].means.back().difference,
            statistics::Difference::not_judged);
  EXPECT_THAT(comparison_markdown(table, {}), HasSubstr("assay run --repeat 3"));
}

TEST(Compare, DoesNotTakeWhatVariesBetweenProcessesForADifference) {
  // Medians 1.00, 1.02 and 1.01 ms against 1.02, 1.00 and 1.02: each pair alone would differ.
  const auto side = [](std::vector<double> medians) {
    Side out{"side", "made up", {}, {}};
    for (std::uint32_t i = 0; i < medians.size(); ++i) {
      out.records.push_back(record_of(kMatmul, "library/x", medians[i]));
      out.records.back().repetition = i;
    }
    return out;
  };
  const auto table =
      compare({side({1.00e-3, 1.02e-3, 1.01e-3}), side({1.02e-3, 1.00e-3, 1.02e-3})}, {});
  EXPECT_EQ(only_row(table).difference, statistics::Difference::none_shown);
  EXPECT_EQ(only_row(table).baseline.record->summary.median, 1.01e-3);
}

TEST(Compare, LeavesOutWhatOneOfSeveralProcessesGotWrong) {
  for (const std::size_t wrong : {0u, 2u}) {
    std::vector<Side> sides = {side_of({record_of(kMatmul, "library/x", 1e-3)}),
                               side_of({record_of(kMatmul, "library/x", 0.5e-3)})};
    sides[1].records[wrong].check.outcome = kernels::Outcome::wrong;
    const auto table = compare(std::move(sides), {});
    EXPECT_EQ(table.comparisons[0].rows(), 0u);
    EXPECT_THAT(reasons(table), testing::Contains("B not verified"));
  }
}

TEST(Compare, IsNoMoreCertainThanTheClocks) {
  std::vector<Side> sides = {side_of({record_of(kMatmul, "library/x", 1e-3)}),
                             side_of({record_of(kMatmul, "library/x", 1.3e-3)})};
  for (Side& side : sides) {
    for (record::Record& record : side.records) record.summary.tick = record.summary.median;
  }
  const auto table = compare(std::move(sides), {});
  EXPECT_EQ(only_row(table).difference, statistics::Difference::none_shown);
  EXPECT_LT(only_row(table).speed.interval.lower, 0.5);
}

TEST(Compare, RefusesSidesThatShareARecord) {
  const Side one = side_of({record_of(kMatmul, "library/x", 1e-3)}),
             two = side_of({record_of(kMatmul, "library/x", 1e-3)});
  Side both = two;
  both.records.push_back(one.records.front());
  EXPECT_THROW(compare({one, both}, {}), InputError);
}

TEST(Compare, GivesEveryRatioInOneDirection) {
  const auto table =
      table_of({record_of(kMatmul, "library/x", 1e-3)}, {record_of(kMatmul, "library/x", 0.5e-3)});
  EXPECT_NEAR(only_row(table).speed.value, 2, 1e-9);
  const std::string launch = "launch n=64 dist=uniform seed=1";
  const auto launches =
      table_of({record_of(launch, "native/x", 4e-6)}, {record_of(launch, "native/x", 2e-6)});
  EXPECT_NEAR(only_row(launches).speed.value, 2, 1e-9) << "of times, too: above 1 is faster";
  EXPECT_EQ(only_row(launches).difference, statistics::Difference::faster);
  EXPECT_EQ(speed_text(*only_row(launches).other.record), "2.00 µs");
  EXPECT_THAT(comparison_markdown(launches, {}),
              HasSubstr("A ratio is B / A: above 1, B is faster"));
  EXPECT_THAT(comparison_html(launches, {}, {}),
              HasSubstr("A ratio is B / A: above 1, B is faster"));
}

TEST(Compare, LetsTheBestOfAllDivisionsStandForASide) {
  const auto table =
      table_of({record_of(kMatmul, "library/x", 2e-3), record_of(kMatmul, "portable/y", 4e-3)},
               {record_of(kMatmul, "library/x", 4e-3), record_of(kMatmul, "portable/y", 1e-3)});
  const SideComparison& comparison = table.comparisons.at(0);
  ASSERT_EQ(comparison.best.size(), 1u);
  const ComparedProblem& row = comparison.best[0].rows.at(0);
  EXPECT_EQ(row.baseline.record->implementation.name, "library/x");
  EXPECT_EQ(row.other.record->implementation.name, "portable/y");
  EXPECT_NEAR(row.speed.value, 2, 1e-9);
  EXPECT_THAT(comparison_markdown(table, {}),
              HasSubstr("A library/x of 2, B portable/y of 2, cold"));
  ASSERT_EQ(comparison.groups.size(), 2u);
  EXPECT_NEAR(comparison.groups[0].rows[0].speed.value, 0.5, 1e-9);
}

TEST(Compare, NeverLetsAnImplausibleOrUnverifiedRecordStandForASide) {
  record::Record impossible = record_of(kMatmul, "library/x", 1e-6);
  impossible.phases.sample = 1;
  impossible.phases.launches = 100;
  ASSERT_TRUE(trust::implausible(impossible));
  CompareOptions options;
  options.doubtful = true;
  const auto table = table_of({record_of(kMatmul, "library/x", 1e-3)},
                              {impossible, record_of(kMatmul, "native/y", 2e-3)}, options);
  EXPECT_EQ(table.comparisons[0].best.at(0).rows.at(0).other.record->implementation.name,
            "native/y");
  EXPECT_THAT(reasons(table), ElementsAre("B implausible"));
  record::Record unchecked = record_of(kMatmul, "library/x", 1e-6);
  unchecked.check.outcome = kernels::Outcome::unchecked;
  EXPECT_TRUE(table_of({record_of(kMatmul, "library/x", 1e-3)}, {unchecked}, options)
                  .comparisons[0]
                  .best.empty());
}

TEST(Compare, LeavesASuspectRecordOutWithoutCallingItFalse) {
  record::Record delayed = record_of(kMatmul, "library/x", 1e-6);
  delayed.machine_load.idle_share = 0;
  delayed.machine_load.own_cpu_share = 0.5;
  delayed.challenges.first_seconds = 1e-3;
  ASSERT_TRUE(trust::trust_of(delayed).has(trust::Fault::suspect));
  CompareOptions options;
  options.doubtful = true;
  const auto table = table_of({record_of(kMatmul, "library/x", 1e-3)}, {delayed}, options);
  EXPECT_TRUE(table.comparisons[0].best.empty());
  EXPECT_THAT(reasons(table), Contains("B suspect"));
  EXPECT_THAT(std::string(meaning(LeftOutReason::suspect)), HasSubstr("unless other work"));
}

TEST(Compare, HasASchemaThatKnowsEveryDoubt) {
  std::ifstream in(ASSAY_SOURCE_DIR "/results/schema/comparison.schema.json");
  const auto flat = nlohmann::json::parse(in).flatten();
  std::set<std::string> known;
  for (const auto& [place, value] : flat.items()) {
    if (place.find("/fault/enum/") != std::string::npos) known.insert(value.get<std::string>());
  }
  for (const trust::FaultFacts& one : trust::kFaults) {
    EXPECT_TRUE(known.contains(std::string(one.name))) << one.name;
  }
}

TEST(Compare, NamesAllThatWasMeasuredUnlike) {
  record::Record a = record_of(kMatmul, "library/x", 1e-3), b = a;
  a.implementation.details = {{"threads", "1"}, {"library", "oneDNN 2.6.3"}, {"same", "x"}};
  b.implementation.details = {{"threads", "2"},
                              {"library", "oneDNN 3.0"},
                              {"same", "x"},
                              {"environment", "OMP_NUM_THREADS=2"}};
  b.settings.budget_seconds = 0.5;
  b.device.driver = "550.1";
  b.device.properties["governor"] = "powersave";
  std::vector<std::string> texts;
  for (const Unlike& one : unlike(a, b)) texts.push_back(one.what + " " + one.a + " " + one.b);
  EXPECT_THAT(texts, ElementsAre("budget 2 s 0.5 s", "environment not recorded OMP_NUM_THREADS=2",
                                 "library oneDNN 2.6.3 oneDNN 3.0", "threads 1 2",
                                 "driver not recorded 550.1", "governor not recorded powersave"));
  b.id = "b";
  b.implementation.name = "library/y";
  EXPECT_EQ(unlike(a, b).size(), 5u) << "details of one implementation only are its own";
  b.implementation.name = "library/x";
  const auto table = table_of({a}, {b});
  EXPECT_THAT(comparison_markdown(table, {}), HasSubstr("threads: A 1, B 2 (1 problem)"));
  EXPECT_THAT(comparison_html(table, {}, {}), HasSubstr("threads: A 1, B 2 (1 problem)"));
  EXPECT_EQ(unlike(a, a).size(), 0u);
}

TEST(Compare, NamesWhatIsUnlikeWithinASide) {
  Side mixed = side_of({record_of(kMatmul, "library/x", 1e-3)});
  mixed.records[1].implementation.details["threads"] = "2";
  const auto table = compare({side_of({record_of(kMatmul, "library/x", 1e-3)}), mixed}, {});
  EXPECT_THAT(comparison_markdown(table, {}),
              HasSubstr("threads within B: not recorded and 2 (1 problem)"));
}

TEST(Names, StandInsteadOfLettersAndAreUnique) {
  std::vector<Side> sides = {side_of({record_of(kMatmul, "library/x", 1e-3)}),
                             side_of({record_of(kMatmul, "library/x", 0.5e-3)})};
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"Acme"},
                                             {"Acme", "Acme"},
                                             {"Acme", "Bolt", "Cray"},
                                             {"B", "Bolt"},
                                             {"", "Bolt"},
                                             {"A=B", "Bolt"},
                                             {"a\nb", "Bolt"}}) {
    EXPECT_THROW(name_sides(sides, wrong), InputError);
  }
  name_sides(sides, {"Acme", "Bolt"});
  const auto table = compare(std::move(sides), {});
  const Conclusion conclusion = conclusion_of(table, table.comparisons[0]);
  EXPECT_THAT(conclusion.headline, testing::StartsWith("Bolt against Acme: 2.000× as fast [2.0"));
  EXPECT_THAT(conclusion.headline, HasSubstr(", faster"));
  EXPECT_THAT(comparison_markdown(table, {}), HasSubstr("| problem | Acme | Bolt | Bolt/Acme"));
  EXPECT_THAT(comparison_html(table, {}, {}), HasSubstr("Bolt/Acme"));
}

TEST(Conclusion, TellsApartWhatIsNotJudgedAndWhatShowsNoDifference) {
  record::Record loud = record_of(kMatmul + "0", "library/x", 1e-3);
  loud.machine_load.steal_share = 0.5;
  const auto table = table_of(
      {record_of(kMatmul, "library/x", 1e-3), loud},
      {record_of(kMatmul, "library/x", 1e-3), record_of(kMatmul + "0", "library/x", 1e-3)});
  const Conclusion conclusion = conclusion_of(table, table.comparisons[0]);
  EXPECT_THAT(conclusion.headline, HasSubstr("over the 1 of 2 problems that are judged"));
  EXPECT_THAT(conclusion.details,
              testing::Contains("2 problems: 1 no difference shown, 1 not judged"));
  EXPECT_THAT(conclusion.details, testing::Contains("not judged: 1 other work on the machine"));
}

TEST(Compare, GivesTheBusbwOfCollectivesByName) {
  const std::string problem = "all_gather ranks=4 n=65536 type=f32 dist=integer seed=1";
  auto before = record_of(problem, "library/x", 1e-3),
       after = record_of(problem, "library/x", 5e-4);
  before.work = after.work = {0, 1e6, kernels::DataType::f32};
  const auto table = table_of({before}, {after});
  EXPECT_EQ(speed_text(*only_row(table).other.record), "1.50 GB/s busbw");
  EXPECT_THAT(comparison_markdown(table, {}), HasSubstr("| 750 MB/s busbw | 1.50 GB/s busbw |"));
  EXPECT_THAT(comparison_csv(table, {}), HasSubstr(",750000000,1500000000\r\n"));
  const auto json = comparison_json(table, {});
  const auto& row = json.at("comparisons").at(0).at("groups").at(0).at("rows").at(0);
  EXPECT_DOUBLE_EQ(row.at("other").at("busbw_bytes_per_second"), 1.5e9);
}

TEST(Compare, TakesTheBestVerifiedImplementationAndCountsTheOthers) {
  record::Record wrong = record_of(kMatmul, "library/wrong", 0.1e-3);
  wrong.status = record::Status::wrong;
  const auto table = table_of(
      {record_of(kMatmul, "library/x", 1e-3)},
      {record_of(kMatmul, "library/slow", 3e-3), record_of(kMatmul, "library/quick", 2e-3), wrong});
  const ComparedProblem& row = only_row(table);
  EXPECT_EQ(row.other.record->implementation.name, "library/quick");
  EXPECT_EQ(row.other.implementations, 2u);
  EXPECT_THAT(reasons(table), ElementsAre("B not verified"));
}

TEST(Compare, TakesTheNewestOfAnImplementationEvenIfAnOlderOneWasRight) {
  record::Record newer = record_of(kMatmul, "library/x", 2e-3);
  const auto table = table_of({record_of(kMatmul, "library/x", 1e-3)},
                              {newer, record_of(kMatmul, "library/x", 4e-3)});
  EXPECT_NEAR(only_row(table).speed.value, 0.25, 1e-9);
  record::Record wrong = record_of(kMatmul, "library/x", 1e-3);
  wrong.check.outcome = kernels::Outcome::wrong;
  EXPECT_EQ(table_of({record_of(kMatmul, "library/x", 1e-3)}, {newer, wrong}).comparisons[0].rows(),
            0u);
}

TEST(Compare, LeavesOutDifferentRecordsAndSaysWhy) {
  const record::Record like = record_of(kMatmul, "library/x", 1e-3);
  const auto left_out = [&](void (*change)(record::Record&)) {
    record::Record other = record_of(kMatmul, "library/x", 1e-3);
    change(other);
    return reasons(table_of({like}, {other}));
  };
  EXPECT_THAT(left_out([](record::Record& r) { r.problem += "0"; }),
              ElementsAre("A no partner", "B no partner"));
  EXPECT_THAT(left_out([](record::Record& r) { r.settings.mode = results::record::Mode::hot; }),
              ElementsAre("A other mode", "B other mode"));
  EXPECT_THAT(left_out([](record::Record& r) {
                r.implementation = {"portable/x", results::record::Division::portable, {}};
              }),
              ElementsAre())
      << "the best of each side are compared, whatever their division";
  EXPECT_THAT(left_out([](record::Record& r) { r.origin = record::Origin::modelled; }),
              ElementsAre("A other origin", "B other origin"));
  EXPECT_THAT(left_out([](record::Record& r) { r.check.outcome = kernels::Outcome::suspicious; }),
              ElementsAre("B not verified", "A no partner"));
  EXPECT_THAT(left_out([](record::Record& r) {
                r.summary = statistics::summarize(std::vector<double>{1e-3});
              }),
              ElementsAre("B no interval", "A no partner"));
  EXPECT_THAT(left_out([](record::Record& r) { r.operands_hash = "0100"; }),
              ElementsAre("A other operands"));
  EXPECT_THAT(left_out([](record::Record& r) { r.started.clear(); }), ElementsAre());
}

record::Record busy(record::Record record) {
  record.machine_load.steal_share = 0.5;
  return record;
}

TEST(Compare, ShowsTheRatioOfADoubtfulRecordAndDoesNotJudgeIt) {
  const record::Record quiet = record_of(kMatmul, "library/x", 1e-3);
  const record::Record slow = busy(record_of(kMatmul, "library/x", 2e-3));
  for (const bool first : {true, false}) {
    const auto table = first ? table_of({slow}, {quiet}) : table_of({quiet}, {slow});
    const ComparedProblem& row = only_row(table);
    EXPECT_NEAR(row.speed.value, first ? 2 : 0.5, 1e-9);
    EXPECT_EQ(row.difference, statistics::Difference::not_judged);
    EXPECT_THAT(row.not_judged,
                testing::StartsWith(first ? "A: the hypervisor" : "B: the hypervisor"));
    const Mean& mean = table.comparisons[0].groups[0].means.back();
    EXPECT_EQ(mean.difference, statistics::Difference::not_judged);
    EXPECT_EQ(mean.not_judged, 1u);
    EXPECT_THAT(comparison_markdown(table, {}), HasSubstr("not judged: "));
    const auto json = comparison_json(table, {})["comparisons"][0]["groups"][0]["rows"][0];
    EXPECT_EQ(json["difference"], "not judged");
    EXPECT_EQ(json[first ? "baseline" : "other"]["trust"]["trusted"], false);
    EXPECT_EQ(json[first ? "other" : "baseline"]["trust"]["trusted"], true);
    EXPECT_THAT(comparison_html(table, {}, {}), HasSubstr("the hypervisor gave 50%"));
    EXPECT_THAT(comparison_csv(table, {}), HasSubstr("the hypervisor gave 50%"));
  }
}

TEST(Compare, JudgesDoubtfulRecordsOnRequestAndMarksThem) {
  CompareOptions options;
  options.doubtful = true;
  const auto table = table_of({record_of(kMatmul, "library/x", 1e-3)},
                              {busy(record_of(kMatmul, "library/x", 2e-3))}, options);
  EXPECT_EQ(only_row(table).difference, statistics::Difference::slower);
  EXPECT_THAT(comparison_markdown(table, {}), HasSubstr("slower (B busy)"));
}

TEST(Compare, DoesNotJudgeTimesThatCannotBeTrueEvenOnRequest) {
  record::Record liar = record_of(kMatmul, "library/x", 2e-3);
  liar.phases.warm_up = 1;
  liar.phases.launches = 9;
  CompareOptions options;
  options.doubtful = true;
  const auto table = table_of({record_of(kMatmul, "library/x", 1e-3)}, {liar}, options);
  EXPECT_EQ(table.comparisons.at(0).rows(), 0u);
  EXPECT_THAT(reasons(table), testing::Contains("B implausible"));
  // Nor are they the best.
  liar.implementation.name = "library/liar";
  for (double& seconds : liar.device_seconds) seconds /= 1000;
  liar.summary = statistics::summarize(liar.device_seconds);
  const auto best = table_of({record_of(kMatmul, "library/x", 1e-3)},
                             {liar, busy(record_of(kMatmul, "library/x", 2e-3))}, options);
  EXPECT_EQ(only_row(best).other.record->implementation.name, "library/x");
}

TEST(Compare, JudgesARecordWhoseIntervalIsMerelyWide) {
  record::Record wide = record_of(kMatmul, "library/x", 2e-3);
  wide.target_met = false;
  const auto table = table_of({record_of(kMatmul, "library/x", 1e-3)}, {wide});
  EXPECT_EQ(only_row(table).difference, statistics::Difference::slower);
  EXPECT_THAT(comparison_markdown(table, {}), HasSubstr("slower (B interval)"));
}

TEST(Compare, TellsNothingIfADoubtfulImplementationWasFaster) {
  const record::Record quick = busy(record_of(kMatmul, "library/quick", 0.5e-3));
  const auto table = table_of({record_of(kMatmul, "library/x", 1e-3)},
                              {quick, record_of(kMatmul, "library/slow", 2e-3)});
  const ComparedProblem& row = only_row(table);
  EXPECT_EQ(row.other.record->implementation.name, "library/slow");
  EXPECT_EQ(row.other.implementations, 2u);
  EXPECT_EQ(row.difference, statistics::Difference::not_judged);
  EXPECT_THAT(row.not_judged,
              testing::StartsWith("B: library/quick was faster, but is doubtful: the hypervisor"));
  const record::Record slow = busy(record_of(kMatmul, "library/quick", 3e-3));
  EXPECT_EQ(only_row(table_of({record_of(kMatmul, "library/x", 1e-3)},
                              {slow, record_of(kMatmul, "library/slow", 2e-3)}))
                .difference,
            statistics::Difference::slower);
}

TEST(Compare, QuotesEachOperationByItsOwnFigure) {
  record::Record narrow = record_of(kMatmul, "library/x", 1e-3);
  narrow.work = {1e6, 1e9, kernels::DataType::f32};
  EXPECT_EQ(measure_of(narrow), Measure::flop_rate);
  EXPECT_EQ(speed_text(narrow), "1.00 GFLOP/s");
}

/// As a data sheet gives it: a time and nothing else.
record::Record model_of(const std::string& problem, double seconds) {
  record::Record record = record_of(problem, "modelled/roofline", seconds);
  record.origin = record::Origin::modelled;
  record.device.modelled = true;
  record.device_seconds.clear();
  record.summary = statistics::summary_of_model(seconds);
  record.check.outcome = kernels::Outcome::unchecked;
  record.operands_hash.clear();
  return record;
}

TEST(Compare, ComparesModelsWithMeasurementsOnlyOnRequestAndMarksThem) {
  const record::Record modelled = model_of(kMatmul, 0.25e-3);
  CompareOptions options;
  const auto refused = table_of({modelled}, {record_of(kMatmul, "library/x", 1e-3)}, options);
  EXPECT_EQ(refused.comparisons[0].rows(), 0u);
  EXPECT_THAT(reasons(refused), ElementsAre("A other origin", "B other origin"));
  options.modelled = true;
  const auto table =
      table_of({record_of(kMatmul, "library/x", 1e-3), record_of(kMatmul, "native/x", 0.5e-3)},
               {modelled}, options);
  ASSERT_EQ(table.comparisons[0].rows(), 2u) << "against the best of each division";
  EXPECT_THAT(reasons(table), ElementsAre());
  const ComparedProblem& row = table.comparisons[0].groups[0].rows[0];
  EXPECT_EQ(table.comparisons[0].groups[0].division, record::Division::library);
  EXPECT_NEAR(row.speed.value, 4, 1e-6);
  EXPECT_EQ(row.difference, statistics::Difference::not_judged);
  EXPECT_EQ(table.comparisons[0].groups[0].means.back().difference,
            statistics::Difference::not_judged);
  const std::string text = comparison_markdown(table, {});
  EXPECT_THAT(text, HasSubstr("not judged (B modelled)"));
  EXPECT_THAT(text, HasSubstr("no interval"));
  EXPECT_EQ(
      comparison_json(table, {})["comparisons"][0]["groups"][0]["rows"][0]["speed"]["lower"].dump(),
      "null");
  EXPECT_THAT(comparison_html(table, {}, {}), Not(HasSubstr("nan")));
}

TEST(Compare, TakesNoMeanOfMeasurementsAndModels) {
  record::Record model = record_of(kMatmul + "0", "library/sheet", 1e-3), other = model;
  model.origin = other.origin = record::Origin::modelled;
  other.id = "another";
  const auto table = table_of({record_of(kMatmul, "library/x", 1e-3), model},
                              {record_of(kMatmul, "library/x", 0.5e-3), other});
  ASSERT_EQ(table.comparisons[0].groups.size(), 2u);
  EXPECT_EQ(table.comparisons[0].groups[0].kind, record::Origin::measured);
  EXPECT_NEAR(table.comparisons[0].groups[0].means.back().speed.value, 2, 1e-9);
  EXPECT_EQ(table.comparisons[0].groups[1].kind, record::Origin::modelled);
  EXPECT_THAT(comparison_markdown(table, {}), HasSubstr("### library, cold, modelled"));
}

TEST(Compare, ComparesModelsWithModelsByDefault) {
  const auto table = table_of({model_of(kMatmul, 1e-3)}, {model_of(kMatmul, 0.5e-3)});
  EXPECT_EQ(table.comparisons[0].groups.at(0).division, record::Division::modelled);
  EXPECT_EQ(only_row(table).difference, statistics::Difference::not_judged);
}

TEST(Compare, ComparesImportedRecordsWithMeasuredOnesOnlyOnRequest) {
  record::Record imported = record_of(kMatmul, "library/x", 0.5e-3);
  imported.origin = record::Origin::imported;
  CompareOptions options;
  EXPECT_EQ(table_of({record_of(kMatmul, "library/x", 1e-3)}, {imported}).comparisons[0].rows(),
            0u);
  options.modelled = true;
  const auto table = table_of({record_of(kMatmul, "library/x", 1e-3)}, {imported}, options);
  EXPECT_EQ(only_row(table).difference, statistics::Difference::faster);
  EXPECT_THAT(comparison_markdown(table, {}), HasSubstr("(B imported)"));
}

TEST(Compare, LeavesTheReferenceDivisionOutUnlessItIsNamed) {
  const auto compared = [](std::vector<record::Division> divisions) {
    CompareOptions options;
    options.divisions = std::move(divisions);
    return table_of({record_of(kMatmul, "reference/x", 1e-3)},
                    {record_of(kMatmul, "reference/x", 1e-3)}, options)
        .comparisons[0]
        .rows();
  };
  EXPECT_EQ(compared({}), 0u);
  EXPECT_EQ(compared({record::Division::reference}), 1u);
  EXPECT_EQ(compared({record::Division::library}), 0u);
}

TEST(Compare, PairsSingleDevicesAndEqualDevices) {
  const auto on = [](std::uint32_t index, const std::string& device) {
    record::Record record = record_of(kMatmul, "library/x", 1e-3);
    record.device.index = index;
    record.device.name = device;
    return record;
  };
  EXPECT_EQ(table_of({on(0, "x")}, {on(3, "y")}).comparisons[0].rows(), 1u);
  EXPECT_EQ(table_of({on(0, "x"), on(1, "x")}, {on(0, "x"), on(1, "x")}).comparisons[0].rows(), 2u);
  const auto odd = table_of({on(0, "x"), on(1, "x")}, {on(1, "x"), on(2, "x")});
  EXPECT_EQ(odd.comparisons[0].rows(), 1u);
  EXPECT_THAT(reasons(odd), ElementsAre("A other device", "B other device"));
}

TEST(Compare, TellsADoubtOnceWhereTheReasonStandsBesideIt) {
  record::Record few = record_of(kMatmul, "library/x", 0.5e-3);
  few.device_seconds.resize(3);
  const auto table = table_of({record_of(kMatmul, "library/x", 1e-3)}, {few});
  const ComparedProblem& row = only_row(table);
  EXPECT_THAT(row.not_judged, HasSubstr("B: 3 samples"));
  EXPECT_THAT(marks_text(row, {"A", "B"}), HasSubstr("B samples"));
  EXPECT_EQ(marks_beside_reason(row, {"A", "B"}), "");
}

TEST(Compare, NamesWhatWasMeasuredUnlikeOfResultsWithoutAnInterval) {
  const auto single = [](const std::string& problem, const std::string& threads) {
    record::Record record = record_of(problem, "library/x", 1e-3);
    record.summary = statistics::summarize(std::vector<double>{1e-3});
    record.implementation.details["threads"] = threads;
    return record;
  };
  const std::string copy = "copy n=64 type=f32";
  std::vector<Side> sides = {{"a", "made up", {single(kMatmul, "1"), single(copy, "1")}},
                             {"b", "made up", {single(kMatmul, "2"), single(copy, "2")}}};
  const auto table = compare(std::move(sides), {});
  const SideComparison& comparison = table.comparisons[0];
  EXPECT_TRUE(comparison.best.empty());
  EXPECT_TRUE(unlike_kinds(table, comparison).empty());
  const auto kinds = unlike_kinds_left_out(table, comparison);
  ASSERT_EQ(kinds.size(), 1u);
  EXPECT_EQ(kinds[0].text, "threads: A 1, B 2");
  EXPECT_EQ(kinds[0].problems, 2u);
}

TEST(Compare, ShowsNoDifferenceIfSamplesAreTooFew) {
  record::Record few = record_of(kMatmul, "library/x", 0.5e-3);
  few.summary = statistics::summarize(std::vector<double>{0.5e-3, 0.5001e-3, 0.4999e-3});
  const auto table = table_of({record_of(kMatmul, "library/x", 1e-3)}, {few});
  EXPECT_TRUE(only_row(table).few_samples);
  EXPECT_EQ(table.comparisons[0].groups[0].means.back().difference,
            statistics::Difference::none_shown);
  EXPECT_EQ(only_row(table).difference, statistics::Difference::none_shown);
}

TEST(Compare, RefusesOneSideAndTheSameRecordsTwice) {
  const record::Record record = record_of(kMatmul, "library/x", 1e-3);
  EXPECT_THROW(compare({}, {}), InputError);
  EXPECT_THROW(table_of({record}, {record}), InputError);
}

TEST(Compare, TakesMeansByOperationAndOverAllWithinADivision) {
  const std::string copy = "copy n=64 type=f32 dist=uniform seed=1";
  const auto table = table_of(
      {record_of(kMatmul, "library/x", 1e-3), record_of(kMatmul + "0", "library/x", 1e-3),
       record_of(copy, "library/x", 1e-3), record_of(copy, "native/x", 1e-3)},
      {record_of(kMatmul, "library/x", 0.5e-3), record_of(kMatmul + "0", "library/x", 2e-3),
       record_of(copy, "library/x", 0.125e-3), record_of(copy, "native/x", 1e-3)});
  const auto& groups = table.comparisons[0].groups;
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].division, record::Division::library);
  ASSERT_EQ(groups[0].means.size(), 3u);
  EXPECT_EQ(groups[0].means[0].operation, "copy");
  EXPECT_NEAR(groups[0].means[1].speed.value, 1, 1e-9);
  EXPECT_EQ(groups[0].means[2].operation, "");
  EXPECT_NEAR(groups[0].means[2].speed.value, 2, 1e-9);
  EXPECT_EQ(groups[1].division, record::Division::native);
}

TEST(Compare, CountsEnergyAndPrice) {
  record::Record a = record_of(kMatmul, "library/x", 1e-3),
                 b = record_of(kMatmul, "library/x", 0.5e-3);
  a.energy.joules_per_launch = 3;
  a.energy.joules_lower = 2.8;
  a.energy.joules_upper = 3.2;
  b.energy.joules_per_launch = 2;
  b.energy.joules_lower = 1.9;
  b.energy.joules_upper = 2.1;
  std::vector<Side> sides = {side_of({a}), side_of({b})};
  sides[0].price = parse_price("10kUSD", "A");
  sides[1].price = parse_price("40000 USD", "B");
  const CompareTable table = compare(std::move(sides), {});
  const statistics::Ratio per_watt = only_row(table).per_watt.value();
  EXPECT_DOUBLE_EQ(per_watt.value, 1.5);
  EXPECT_DOUBLE_EQ(per_watt.interval.lower, 2.8 / 2.1) << "both at their worst";
  EXPECT_DOUBLE_EQ(per_watt.interval.upper, 3.2 / 1.9);
  EXPECT_NEAR(only_row(table).per_dollar.value().value, 0.5, 1e-9);
  const Mean& mean = table.comparisons[0].groups[0].means.back();
  EXPECT_NEAR(mean.per_watt.value().value, 1.5, 1e-12);
  EXPECT_NEAR(mean.per_watt.value().interval.upper, 3.2 / 1.9, 1e-12);
  EXPECT_EQ(mean.problems_with_energy, 1u);
}

TEST(Compare, CountsStatedPowerInsteadOfEnergy) {
  std::vector<Side> sides = {side_of({record_of(kMatmul, "library/x", 1e-3)}),
                             side_of({record_of(kMatmul, "library/x", 0.5e-3)})};
  sides[0].power = parse_power("350W", "A");
  sides[1].power = parse_power("0.7 kW", "B");
  const CompareTable table = compare(std::move(sides), {});
  EXPECT_NEAR(only_row(table).per_watt.value().value, 1, 1e-9);
  EXPECT_THAT(conclusion_of(table, table.comparisons[0]).headline, HasSubstr("per watt 1.000×"));
  EXPECT_THAT(comparison_markdown(table, {}), HasSubstr("speed per stated watt"));
  EXPECT_THROW(parse_power("350", "A"), InputError);
  EXPECT_THROW(parse_power("350 USD", "A"), InputError);
}

TEST(Price, IsInDollarsAboveZero) {
  EXPECT_EQ(parse_price("30000USD", "A").dollars, 30000);
  EXPECT_EQ(parse_price("30 kUSD", "A").dollars, 30000);
  for (const char* text : {"", "30000", "-1USD", "0USD", "3 W", "USD"}) {
    EXPECT_THROW(parse_price(text, "A"), InputError) << text;
  }
}

TEST(Price, IsPublishedOfADeviceOfTheCatalogue) {
  record::Record record = record_of(kMatmul, "library/x", 1e-3);
  const claims::Catalogue catalogue = claims::built_in_catalogue();
  EXPECT_FALSE(published_price(catalogue, std::vector<record::Record>{record}));
  record.device.name = "NVIDIA H100 80GB HBM3";
  const auto price = published_price(catalogue, std::vector<record::Record>{record});
  ASSERT_TRUE(price);
  EXPECT_EQ(price->dollars, find_system(catalogue, "h100-sxm").figure("price")->value);
  EXPECT_LT(price->range.lower, price->dollars);
  EXPECT_THAT(price->text, HasSubstr("H100 SXM"));
}

TEST(SortedRows, SortsAndFiltersOnlyRows) {
  const auto problem = [](int n) { return fmt::format("copy n={} type=f32", n); };
  std::vector<record::Record> a, b;
  for (const auto& [n, seconds] : {std::pair{2, 1e-3}, {10, 0.5e-3}, {3, 4e-3}}) {
    a.push_back(record_of(problem(n), "library/x", 1e-3));
    b.push_back(record_of(problem(n), "library/x", seconds));
  }
  const CompareTable table = table_of(a, b);
  const ComparedGroup& group = table.comparisons[0].groups[0];
  const auto order = [&](Sort sort, bool only_different) {
    std::vector<std::string> out;
    for (const ComparedProblem* row : sorted_rows(group, sort, only_different)) {
      out.push_back(row->problem().substr(7, 2));
    }
    return out;
  };
  EXPECT_THAT(order(Sort::problem, false), ElementsAre("2 ", "3 ", "10"));
  EXPECT_THAT(order(Sort::ratio, false), ElementsAre("10", "2 ", "3 "));
  EXPECT_THAT(order(Sort::difference, false), ElementsAre("3 ", "10", "2 "));
  EXPECT_THAT(order(Sort::problem, true), ElementsAre("3 ", "10"));
}

TEST(ComparisonRenderings, EscapeNames) {
  record::Record a = record_of(kMatmul, "library/x", 1e-3),
                 b = record_of(kMatmul, "library/x", 1e-3);
  b.device.name = kHostile;
  b.implementation.name = std::string("library/") + kHostile;
  std::vector<Side> sides = {side_of({a}), {kHostile, kHostile, {b}, {}}};
  const CompareTable table = compare(std::move(sides), {});
  const std::string page = comparison_html(table, {}, {"1.2.3", "2026-11-25T00:00:00.000Z"});
  const std::string body =
      page.substr(page.find("<body>"), page.find("<script") - page.find("<body>"));
  EXPECT_THAT(body, Not(HasSubstr("<b onload")));
  EXPECT_THAT(body, HasSubstr("&lt;b onload=&quot;x&quot;&gt;"));
  EXPECT_THAT(comparison_markdown(table, {}), Not(HasSubstr("<b")));
  EXPECT_THAT(comparison_markdown(table, {}), HasSubstr("\\|"));
  EXPECT_THAT(comparison_csv(table, {}), HasSubstr("\"library/</script><b onload=\"\"x\"\">"));
  const auto json = comparison_json(table, {});
  EXPECT_EQ(json["sides"][1]["name"], kHostile);
}

TEST(ComparisonPage, HoldsTheBarsOfEveryGroup) {
  const CompareTable table =
      table_of({record_of(kMatmul, "library/x", 1e-3)}, {record_of(kMatmul, "library/x", 0.5e-3)});
  const std::string page = comparison_html(table, {}, {"1.2.3", "2026-11-25T00:00:00.000Z"});
  const std::string open = R"(<script type="application/json" id="data">)";
  const std::size_t begin = page.find(open) + open.size();
  const auto data =
      nlohmann::json::parse(page.substr(begin, page.find("</script>", begin) - begin));
  ASSERT_EQ(data["bars"].size(), 1u);
  EXPECT_EQ(data["bars"][0]["bars"].size(), 3u) << "of matmul, of all, of the problem";
  EXPECT_EQ(data["bars"][0]["bars"][2]["difference"], "faster");
}

}  // namespace
}  // namespace assay::results::compare

#include "results/report/report.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "results/page/page.h"
#include "results/page/text.h"
#include "results/project/claim_projection.h"
#include "results/store/store.h"

namespace assay::results::report {
namespace {

using kernels::DataType;
using nlohmann::ordered_json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kHostile = "</script><b onload=\"x\">'&{{data}}";

record::Record record_of(const std::string& id, const std::string& operation, double flop,
                         double bytes, double seconds = 1e-3, DataType type = DataType::f32) {
  record::Record record;
  record.id = id;
  record.run = "run-1";
  record.started = "2026-11-25T07:21:04.000Z";
  record.problem = operation + " n=1024 type=f32 dist=uniform seed=1";
  record.operation = operation;
  record.device = {.backend = "cpu", .name = "EPYC", .cache_bytes = 1 << 20};
  record.implementation = {"native/" + operation, results::record::Division::native, {}};
  record.settings.mode = results::record::Mode::hot;
  record.work = {flop, bytes, type};
  for (int i = 0; i < 40; ++i) record.device_seconds.push_back(seconds * (1 + 1e-4 * (i % 7)));
  record.summary = statistics::summarize(record.device_seconds);
  record.steady = record.target_met = true;
  record.check.method = "every element in FP64";
  return record;
}

/// A run with both ceilings, 200 GFLOP/s and 30 GB/s, and a product at 100 GFLOP/s.
std::vector<record::Record> sound_records() {
  return {record_of("fma-1", "fma", 200e6, 1e5), record_of("triad-1", "triad", 5e6, 30e6),
          record_of("matmul-1", "matmul", 100e6, 1e6)};
}

ReportInput input_of(std::vector<record::Record> records) {
  ReportInput input;
  ReportRun run;
  run.run.id = "run-1";
  run.run.started = "2026-11-25T07:21:04.000Z";
  run.run.ended = "2026-11-25T07:22:00.000Z";
  run.run.host = "laboratory";
  run.records = std::move(records);
  input.catalogue = claims::built_in_catalogue();
  input.set = "waic-2025";
  input.basis.origin = "judged by 3 records of run-1";
  claims::count(run.records, input.basis);
  claims::Judge judge(input.catalogue, run.records, project::projected_evidence);
  input.verdicts = judge.verdicts(input.set);
  input.derived = judge.derived(input.set);
  input.findings = audit(input.catalogue);
  input.assay_version = "9.8.7";
  input.written = "2026-11-26T00:00:00.000Z";
  input.runs.push_back(std::move(run));
  return input;
}

/// The page without its styles and scripts.
std::string body_of(const std::string& page) {
  const std::size_t begin = page.find("<body>");
  return page.substr(begin, page.find("<script", begin) - begin);
}

ordered_json data_of(const std::string& page) {
  const std::string open = R"(<script type="application/json" id="data">)";
  const std::size_t begin = page.find(open) + open.size();
  return ordered_json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

/// The table row that links to a record.
std::string row_of(const std::string& page, const std::string& id) {
  const std::size_t link = page.find("href=\"#r-" + id, page.find("class=\"measurements"));
  const std::size_t begin = page.rfind("<tr", link);
  return page.substr(begin, page.find("</tr>", link) - begin);
}

std::size_t times_in(const std::string& page, const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = page.find(text, at)) != std::string::npos; ++at) ++count;
  return count;
}

std::vector<std::string> plotted(const std::string& page) {
  std::vector<std::string> ids;
  const ordered_json data = data_of(page);
  for (const auto& figure : data["rooflines"]) {
    for (const auto& point : figure["points"]) ids.push_back(point["record"]);
  }
  return ids;
}

TEST(Report, TellsNoShareAboveAHundredPercentWithoutTheReason) {
  // A portable kernel at 150% of fma, and a library's product at 130%: the latter is the ceiling.
  auto records = sound_records();
  records[2].work.flop = 300e6;
  records[2].implementation = {"portable/kernel", record::Division::portable, {}};
  records.push_back(record_of("product", "matmul", 260e6, 1e6));
  records.back().implementation = {"library/blas", record::Division::library, {}};
  const std::string page = report_html(input_of(records));
  EXPECT_THAT(page, HasSubstr("arithmetic 260 GFLOP/s by matmul"));
  EXPECT_THAT(row_of(page, "product"), HasSubstr("100% <"));
  EXPECT_THAT(row_of(page, "matmul-1"), HasSubstr("was measured too low"));
  bool told = false;
  const ordered_json data = data_of(page);
  for (const auto& point : data["rooflines"][0]["points"]) {
    const std::string share = point["share"];
    if (point["record"] != "matmul-1") continue;
    told = true;
    EXPECT_THAT(share, HasSubstr("115%"));
    EXPECT_THAT(share, HasSubstr("was measured too low"));
  }
  EXPECT_TRUE(told);
}

TEST(Report, IsItsFirstPageOnlyIfBrief) {
  ReportInput input = input_of(sound_records());
  input.brief = true;
  const std::string page = report_html(input);
  const std::string body = body_of(page);
  EXPECT_THAT(body, HasSubstr("id=\"answers\""));
  EXPECT_THAT(body, Not(HasSubstr("<section id=\"verdicts\"")));
  EXPECT_THAT(body, Not(HasSubstr("<nav")));
  // A link would lead nowhere; its text stays.
  EXPECT_THAT(body, Not(HasSubstr("href=\"#")));
  EXPECT_EQ(times_in(body, "<a "), times_in(body, "</a>"));
  EXPECT_THAT(body, HasSubstr(page::short_id("run-1")));
  EXPECT_TRUE(data_of(page)["records"].empty());
}

TEST(Report, SaysOnItsFirstPageWhoSignedTheBundle) {
  ReportInput input = input_of(sound_records());
  EXPECT_THAT(body_of(report_html(input)), Not(HasSubstr("class=\"signature")));
  input.bundle = {kHostile, "0123abcd", "run-1", "signed with the key ED25519 SHA256:xyz", true};
  std::string body = body_of(report_html(input));
  EXPECT_THAT(body, HasSubstr("class=\"signature good\""));
  EXPECT_THAT(body, HasSubstr("ED25519 SHA256:xyz"));
  EXPECT_THAT(body, HasSubstr("0123abcd"));
  EXPECT_THAT(body, Not(HasSubstr("<b onload")));
  input.bundle->good = false;
  EXPECT_THAT(body_of(report_html(input)), HasSubstr("class=\"signature bad\""));
}

TEST(Report, KeepsHostileTextAsText) {
  auto records = sound_records();
  for (record::Record& record : records) {
    record.device.name = kHostile;
    record.device.properties[kHostile] = kHostile;
    record.implementation = {kHostile, record::Division::unknown, {{kHostile, kHostile}}};
    record.problem = kHostile;
    record.check.method = kHostile;
  }
  records[2].status = record::Status::error;
  records[2].reason = kHostile;
  ReportInput input = input_of(records);
  auto& run = input.runs[0].run;
  run.suite = run.host = run.command = run.assay_version = kHostile;
  run.plan = ordered_json::array({{{"problem", kHostile}, {"label", kHostile}}}).dump();
  run.environment = "abc";
  input.environments["abc"] = ordered_json{{kHostile, kHostile}}.dump();
  input.basis.origin = input.written = input.assay_version = kHostile;
  claims::ClaimSet& set = input.catalogue.sets.at(input.set);
  set.title = set.text = kHostile;
  for (claims::Claim& claim : input.catalogue.claims) claim.quote = kHostile;
  input.judged_runs = {run};
  const std::string page = report_html(input);
  EXPECT_THAT(page, Not(HasSubstr("<b onload")));
  EXPECT_THAT(page, HasSubstr("&lt;/script&gt;&lt;b onload=&quot;x&quot;&gt;&#39;&amp;{{data}}"));
  EXPECT_EQ(times_in(page, "</script>"), 3U);
  EXPECT_EQ(data_of(page)["records"][0]["problem"], kHostile);
}

TEST(Report, IsWrittenEvenIfNamesAreNotUtf8) {
  auto records = sound_records();
  records[0].device.name = "caf\xe9";
  EXPECT_NO_THROW(report_html(input_of(records)));
}

TEST(Report, LoadsNothingFromElsewhere) {
  const std::string page = report_html(input_of(sound_records()));
  EXPECT_FALSE(std::regex_search(
      page, std::regex(R"(<(link|img|iframe|object|embed|source|base)\b|<script[^>]+src)")));
  EXPECT_THAT(page, Not(HasSubstr("@import")));
  EXPECT_THAT(page, Not(HasSubstr("url(")));
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
}

TEST(Report, LinksOnlyToAddressesOfTheWeb) {
  ReportInput input = input_of(sound_records());
  for (claims::Claim& claim : input.catalogue.claims) claim.source.url = "javascript:alert(1)";
  EXPECT_THAT(body_of(report_html(input)), Not(HasSubstr("javascript:")));
}

TEST(Report, ContainsEveryRecordAndEveryClaim) {
  auto records = sound_records();
  for (const record::Status status :
       {record::Status::wrong, record::Status::unsupported, record::Status::out_of_memory,
        record::Status::error, record::Status::crashed, record::Status::timeout}) {
    record::Record record = record_of(fmt::format("failed-{}", name(status)), "matmul", 1e6, 1e6);
    record.status = status;
    records.push_back(record);
  }
  const ReportInput input = input_of(records);
  const std::string page = report_html(input), body = body_of(page);
  for (const record::Record& record : records) {
    EXPECT_THAT(body, HasSubstr(fmt::format("id=\"r-{}\"", record.id)));
    EXPECT_NE(row_of(body, record.id), "");
  }
  EXPECT_EQ(data_of(page)["records"].size(), records.size());
  ASSERT_GT(input.verdicts.size(), 10U);
  for (const claims::Verdict& verdict : input.verdicts) {
    EXPECT_THAT(body, HasSubstr(fmt::format("id=\"c-{}\"", verdict.claim)));
  }
}

TEST(Report, SaysOnItsFirstPageWhatWasMeasured) {
  auto records = sound_records();
  records.push_back(record_of("wrong-1", "matmul", 1e6, 1e6));
  records.back().status = record::Status::wrong;
  records[1].target_met = false;
  const std::string body = body_of(report_html(input_of(records)));
  EXPECT_THAT(body, HasSubstr("On 25 November 2026, 4 measurements of 3 problems on cpu:0 EPYC: "
                              "3 verified against FP64 and timed (1 doubtful: 1 interval), "
                              "1 wrong."));
}

/// The first page.
std::string front_of(const std::string& page) {
  const std::size_t begin = page.find("<header id=\"answers\"");
  return page.substr(begin, page.find("</header>", begin) - begin);
}

TEST(Report, AnswersTheStatementsFirst) {
  const ReportInput input = input_of(sound_records());
  const std::string page = report_html(input), front = front_of(page);
  const claims::Digest said =
      claims::digest(input.catalogue, input.set, input.verdicts, input.present, input.contests);
  std::size_t at = front.find(said.decision);
  ASSERT_NE(at, std::string::npos);
  for (const claims::Statement& one : said.statements) {
    const std::size_t next = front.find("#c-" + one.claim->id, at);
    ASSERT_NE(next, std::string::npos) << one.claim->id;
    at = next;
  }
  const std::string body = body_of(page);
  at = 0;
  for (const char* part :
       {"class=\"decision\"", "class=\"answers\"", "class=\"kinds\"", "What this rests on",
        "id=\"run-run-1\"", "id=\"verdicts\"", "id=\"contradictions\"", "id=\"environment\""}) {
    const std::size_t next = body.find(part, at);
    ASSERT_NE(next, std::string::npos) << part;
    at = next;
  }
}

TEST(Report, GivesEachArithmeticOfADisputeOnceOnItsFirstPage) {
  const ReportInput input = input_of(sound_records());
  const std::string front = front_of(report_html(input));
  std::size_t disputes = 0;
  for (const claims::Verdict& verdict : input.verdicts) {
    if (verdict.kind != claims::VerdictKind::disputed) continue;
    ++disputes;
    EXPECT_LE(times_in(front, page::escaped(verdict.contradiction)), 1U) << verdict.claim;
  }
  EXPECT_GT(disputes, 0U);
}

TEST(Report, SaysByWhatWasJudgedAndHowFarThatCanBeTrusted) {
  ReportInput input = input_of(sound_records());
  input.basis.busy = input.basis.doubtful = 2;
  input.judged_runs = {input.runs[0].run};
  input.judged_runs[0].id = "9e9e9e9e-1";
  input.judged_runs[0].host = "elsewhere";
  const std::string front = front_of(report_html(input));
  EXPECT_THAT(front, HasSubstr("Judged by 3 records of run-1; 2 of them disturbed by other work"));
  EXPECT_THAT(front, HasSubstr("<code>9e9e9e9e</code>"));
  EXPECT_THAT(front, HasSubstr("on host elsewhere"));
  EXPECT_THAT(front, HasSubstr("on host laboratory"));
  EXPECT_THAT(front, HasSubstr(input.catalogue.sha256));
}

TEST(Report, NamesRunsAndCatalogueAtTheFootOfEveryPrintedPage) {
  const ReportInput input = input_of(sound_records());
  const std::string page = report_html(input);
  const std::size_t foot = page.find("@page { @bottom-left { content: \"Assay report");
  ASSERT_NE(foot, std::string::npos);
  const std::string line = page.substr(foot, page.find('\n', foot) - foot);
  EXPECT_THAT(line, HasSubstr(R"(run run\2d 1)"));
  EXPECT_THAT(line, HasSubstr(input.catalogue.sha256.substr(0, 12)));
}

TEST(Report, ListsReadingsApartAndDoesNotCountThem) {
  ReportInput input = input_of(sound_records());
  ASSERT_FALSE(input.derived.empty());
  const std::string with = report_html(input);
  EXPECT_THAT(with, HasSubstr("that nobody stated, not counted above"));
  EXPECT_THAT(with, HasSubstr(fmt::format("id=\"c-{}\"", input.derived[0].claim)));
  EXPECT_EQ(data_of(with)["derived"].size(), input.derived.size());
  input.derived.clear();
  const std::string without = report_html(input);
  EXPECT_EQ(front_of(with), front_of(without));
  EXPECT_THAT(without, Not(HasSubstr("that nobody stated")));
}

TEST(Report, MarksWrongRecordsAndLeavesThemOutOfTheRoofline) {
  auto records = sound_records();
  records.push_back(record_of("wrong-1", "matmul", 900e6, 1e6));
  records[3].status = record::Status::wrong;
  records[3].reason = "the result is wrong";
  records.push_back(record_of("doubt-1", "matmul", 900e6, 1e6));
  records[4].check.outcome = kernels::Outcome::suspicious;
  const std::string page = report_html(input_of(records));
  EXPECT_THAT(plotted(page), ::testing::UnorderedElementsAre("fma-1", "triad-1", "matmul-1"));
  const std::string wrong = row_of(page, "wrong-1");
  EXPECT_THAT(wrong, HasSubstr("class=\"failed\""));
  EXPECT_THAT(wrong, HasSubstr("the result is wrong"));
  EXPECT_THAT(wrong, Not(HasSubstr("FLOP/s")));
  EXPECT_THAT(row_of(page, "doubt-1"), HasSubstr("suspicious"));
  EXPECT_THAT(row_of(page, "doubt-1"), Not(HasSubstr("of peak")));
}

TEST(Report, MarksDoubtfulMeasurementsAndSaysWhy) {
  auto records = sound_records();
  records[2].target_met = false;
  records[2].settings.target = 0.005;
  const std::string page = report_html(input_of(records));
  EXPECT_THAT(row_of(page, "matmul-1"), HasSubstr("class=\"missed\""));
  EXPECT_THAT(row_of(page, "matmul-1"), HasSubstr("±0.5% requested"));
  EXPECT_THAT(row_of(page, "matmul-1"), HasSubstr(">interval</span>"));
  EXPECT_THAT(row_of(page, "matmul-1"), HasSubstr("data-result=\"verified doubtful\""));
  EXPECT_EQ(data_of(page)["records"][2]["trust"]["doubts"][0]["fault"], "interval");
  EXPECT_THAT(page, HasSubstr("busy (other work on the machine)"));
  EXPECT_THAT(row_of(page, "fma-1"), Not(HasSubstr("missed")));
}

TEST(Report, ComparesRatesWithTheCeilingsOfTheRunAndNamesTheirRecords) {
  const std::string page = report_html(input_of(sound_records()));
  EXPECT_THAT(row_of(page, "matmul-1"), HasSubstr("50%"));
  const ordered_json figure = data_of(page)["rooflines"][0];
  EXPECT_NEAR(figure["peak"], 200e9, 1e9);
  EXPECT_NEAR(figure["bandwidth"], 30e9, 1e9);
  const std::size_t table = page.find("<caption>Ceilings of ");
  ASSERT_NE(table, std::string::npos);
  EXPECT_LT(page.find("#r-fma-1", table), page.find("</table>", table));
  EXPECT_LT(page.find("#r-triad-1", table), page.find("</table>", table));
}

TEST(Report, GivesTheBusbwOfACollectiveByNameAndNoShareOfTheMemory) {
  auto records = sound_records();
  records.push_back(record_of("gather-1", "all_gather", 0, 15e6));
  records.back().problem = "all_gather ranks=4 n=1024 type=f32 dist=integer seed=1";
  const std::string row = row_of(report_html(input_of(records)), "gather-1");
  EXPECT_THAT(row, HasSubstr("11.2 GB/s busbw"));
  EXPECT_THAT(row, Not(HasSubstr("50%")));
}

TEST(Report, SaysSoIfNoCeilingsWereMeasured) {
  const std::string page = report_html(input_of({record_of("matmul-1", "matmul", 1e8, 1e6)}));
  EXPECT_THAT(page, HasSubstr("No ceilings were measured on this device in this run"));
  EXPECT_TRUE(data_of(page)["rooflines"].empty());
}

TEST(Report, DrawsNoRoofFromAModelledDevice) {
  auto records = sound_records();
  for (record::Record& record : records) record.origin = record::Origin::modelled;
  const std::string page = report_html(input_of(records));
  EXPECT_TRUE(data_of(page)["rooflines"].empty());
  EXPECT_THAT(page, Not(HasSubstr("<caption>Ceilings of ")));
  EXPECT_THAT(row_of(page, "matmul-1"), HasSubstr("modelled"));
  EXPECT_THAT(row_of(page, "matmul-1"), Not(HasSubstr("of peak")));
  EXPECT_THAT(page, HasSubstr("Nothing was measured. 3 records modelled"));
}

/// The record of a modelled device, with one figure.
record::Record modelled_record(const std::string& id, const std::string& operation) {
  record::Record record = record_of(id, operation, 5e9, 1e6);
  record.origin = record::Origin::modelled;
  record.device.modelled = true;
  record.device.backend = "datasheet";
  record.device.unique_id = "box-2";
  record.implementation = {"modelled/roofline", results::record::Division::modelled, {}};
  record.device_seconds.clear();
  record.host_seconds.clear();
  record.summary = statistics::summary_of_model(2e-6);
  record.check = {kernels::Outcome::unchecked, "modelled: nothing ran", 0, "", 0};
  return record;
}

TEST(Report, LabelsModelledFiguresAndDoesNotCountThemAsMeasured) {
  auto records = sound_records();
  const std::string alone = report_html(input_of(records));
  records.push_back(modelled_record("fma-9", "fma"));
  const std::string page = report_html(input_of(records));
  EXPECT_THAT(page, HasSubstr("In addition, 1 record modelled, not measured."));
  const std::string row = row_of(page, "fma-9");
  EXPECT_THAT(row, HasSubstr(R"(2.00 µs<span class="small">modelled</span>)"));
  EXPECT_THAT(row, HasSubstr(R"(FLOP/s<span class="small">modelled</span>)"));
  EXPECT_THAT(row, HasSubstr(R"(◇</span> modelled</span><span class="small">not measured)"));
  EXPECT_THAT(row, HasSubstr("data-result=\"modelled\""));
  EXPECT_THAT(row, Not(HasSubstr("±")));
  EXPECT_THAT(row, Not(HasSubstr("right")));
  // The measured roofs have not changed.
  EXPECT_EQ(data_of(page)["rooflines"], data_of(alone)["rooflines"]);
  const ordered_json data = data_of(page);
  for (const ordered_json& record : data["records"]) {
    EXPECT_EQ(record["modelled"], record["id"] == "fma-9");
  }
}

TEST(Report, HasASeparateTableBodyForEachDivision) {
  auto records = sound_records();
  records.push_back(record_of("library-1", "matmul", 100e6, 1e6, 1e-4));
  records[3].implementation = {"library/blas", results::record::Division::library, {}};
  const std::string page = report_html(input_of(records));
  const std::size_t library = page.find(R"(<tbody data-division="library">)");
  const std::size_t native = page.find(R"(<tbody data-division="native">)");
  ASSERT_LT(library, native);
  EXPECT_LT(page.find("#r-library-1", library), native);
  EXPECT_GT(page.find("#r-matmul-1", library), native);
}

TEST(Report, ShowsTheFirstRowsOfALongTableUntilAllAreAskedFor) {
  auto records = sound_records();
  for (int i = 0; i < 200; ++i) {
    records.push_back(record_of(fmt::format("more-{}", i), "matmul", 100e6, 1e6, 1e-4));
  }
  const std::string page = report_html(input_of(records));
  EXPECT_EQ(times_in(page, R"(<tr class="verified beyond")"), records.size() - 200);
  EXPECT_EQ(times_in(page, R"(<input type="checkbox" class="all-rows")"), 1U);
  EXPECT_THAT(page, HasSubstr("Show all 203 measurements; without this, the first 200 of each"));
  const std::string small = report_html(input_of(sound_records()));
  EXPECT_EQ(times_in(small, R"(class="all-rows")"), 0U);
  EXPECT_EQ(times_in(small, "verified beyond"), 0U);
}

TEST(Report, ShowsContradictionsWithTheirArithmetic) {
  const ReportInput input = input_of(sound_records());
  const std::string body = body_of(report_html(input));
  std::size_t broken = 0;
  for (const claims::Finding& finding : input.findings) {
    if (finding.holds || finding.claims.empty()) continue;
    const bool judged =
        std::any_of(input.verdicts.begin(), input.verdicts.end(),
                    [&](const claims::Verdict& v) { return v.claim == finding.claims[0]; });
    if (!judged) continue;
    ++broken;
    EXPECT_THAT(body, HasSubstr(finding.arithmetic.substr(0, finding.arithmetic.find('\''))));
  }
  EXPECT_GT(broken, 3U);
}

TEST(Report, MarksClaimsWhoseSourceIsUnverified) {
  ReportInput input = input_of(sound_records());
  input.verdicts.resize(1);
  for (claims::Claim& claim : input.catalogue.claims) claim.standing = claims::Standing::press;
  const auto marked =
      R"(<span class="standing unverified">unverified: not checked against the source)";
  EXPECT_THAT(report_html(input), Not(HasSubstr(marked)));
  for (claims::Claim& claim : input.catalogue.claims) claim.standing = claims::Standing::unverified;
  EXPECT_THAT(report_html(input), HasSubstr(marked));
}

TEST(Report, ClosesTheEnvironmentAndSaysIfOneIsMissing) {
  ReportInput input = input_of(sound_records());
  input.runs[0].run.environment = "0123abcd";
  EXPECT_THAT(report_html(input), HasSubstr("does not have environment <code>0123abcd"));
  input.environments["0123abcd"] = R"({"cpu":{"model":"EPYC 9V74","boost":null}})";
  const std::string page = report_html(input);
  EXPECT_THAT(page, HasSubstr("<dt>model</dt><dd>EPYC 9V74</dd>"));
  EXPECT_THAT(page, Not(HasSubstr("<details open")));
}

TEST(Report, UsesTheLabelsOfTheRunsPlan) {
  ReportInput input = input_of(sound_records());
  input.runs[0].run.plan =
      R"([{"problem":"matmul n=1024 type=f32 dist=uniform seed=1","label":"square & small"},3])";
  EXPECT_THAT(row_of(report_html(input), "matmul-1"), HasSubstr("square &amp; small"));
  input.runs[0].run.plan = "not JSON";
  EXPECT_NO_THROW(report_html(input));
}

TEST(Report, NamesItsVersionAndTheCatalogue) {
  const ReportInput input = input_of(sound_records());
  const std::string body = body_of(report_html(input));
  EXPECT_THAT(body, HasSubstr("by Assay 9.8.7"));
  EXPECT_THAT(body, HasSubstr(input.catalogue.sha256));
}

TEST(Report, IsWrittenWithoutRecordsClaimsOrRuns) {
  ReportInput input = input_of({});
  EXPECT_THAT(report_html(input), HasSubstr("This run has no records."));
  input.runs.clear();
  input.verdicts.clear();
  input.findings.clear();
  const std::string page = report_html(input);
  EXPECT_THAT(page, HasSubstr("Nothing was measured."));
  EXPECT_THAT(page, HasSubstr("There is no claim to judge."));
}

TEST(Report, IsWrittenWithASingleSampleAndWithoutWork) {
  record::Record record = record_of("one", "copy", 0, 0);
  record.device_seconds.resize(1);
  record.summary = statistics::summarize(record.device_seconds);
  const std::string page = report_html(input_of({record}));
  EXPECT_THAT(row_of(page, "one"), HasSubstr("±?"));
  EXPECT_FALSE(std::regex_search(body_of(page), std::regex(R"([>=" (]-?(nan|inf)\b)")));
}

TEST(Report, SaysThatABoostFaded) {
  record::Record record = record_of("burnt", "matmul", 1e9, 1e6);
  EXPECT_THAT(report_html(input_of({record})), Not(HasSubstr("the boost faded")));
  record.settings.burn_seconds = 20;
  for (int second = 0; second < 20; ++second) {
    const double time = (second < 10 ? 1e-3 : 1.3e-3) * (1 + 1e-4 * (second % 3));
    record.course.push_back({.seconds = 1, .launches = 1 / time, .launch_seconds = 1});
  }
  EXPECT_THAT(report_html(input_of({record})), HasSubstr("the boost faded"));
}

TEST(Report, IsTheSameForTheSameInput) {
  const ReportInput input = input_of(sound_records());
  EXPECT_EQ(report_html(input), report_html(input));
}

TEST(Report, IsRecognisedByItsBeginning) {
  EXPECT_TRUE(page::is_page(report_html(input_of({})).substr(0, 512)));
  EXPECT_FALSE(page::is_page("<!DOCTYPE html>\n<html lang=\"en\">\n"));
  EXPECT_FALSE(page::is_page(""));
}

}  // namespace
}  // namespace assay::results::report

// One record has the same figures in every view.
#include "results/page/figures.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>
#include <sstream>

#include "harness/cli/progress.h"
#include "harness/cli/show/text.h"
#include "results/compare/rendering.h"
#include "results/exchange/csv.h"
#include "results/exchange/format.h"
#include "results/page/text.h"
#include "results/report/report.h"
#include "results/trust/trust.h"

namespace assay::cli {
namespace {

using results::record::Record;
using testing::HasSubstr;
using testing::Not;

Record record_of(int number, const std::string& problem, double flop, double bytes, double seconds,
                 double scatter) {
  Record record;
  record.id = fmt::format("{:08x}-0000-4000-8000-000000000000", number);
  record.run = "12345678-0000-4000-8000-000000000000";
  record.started = "2026-11-25T07:21:04.000Z";
  record.problem = problem;
  record.operation = problem.substr(0, problem.find(' '));
  record.implementation = {"native/x", results::record::Division::native, {}};
  record.device = {.backend = "cpu", .name = "EPYC", .cache_bytes = 1 << 20};
  record.work = {flop, bytes, kernels::DataType::f32};
  for (int i = 0; i < 40; ++i) {
    record.device_seconds.push_back(seconds * (1 + scatter * (i * 7 % 11 - 5)));
  }
  record.summary = results::statistics::summarize(record.device_seconds);
  record.steady = record.target_met = true;
  return record;
}

/// Two roofs, a problem under each of them, a launch, and a measurement with a low confidence.
std::vector<Record> records() {
  std::vector<Record> out = {
      record_of(1, "fma n=65536 steps=2048 type=f32", 200e6, 1e5, 1e-3, 2e-3),
      record_of(2, "triad n=33554432 type=f32", 5e6, 30e6, 1e-3, 4e-3),
      record_of(3, "matmul m=64 n=64 k=64 a=f32 b=f32 c=f32", 99e6, 1e6, 1.1e-3, 3e-3),
      record_of(4, "matmul m=1 n=64 k=64 a=f32 b=f32 c=f32", 0.7e6, 1.4e6, 0.9e-3, 1e-3),
      record_of(5, "launch n=64", 0, 260, 3e-6, 1e-3),
      record_of(6, "copy n=33554432 type=f32", 0, 13e6, 1.7e-3, 9e-3)};
  out[5].summary.confidence = 0.75;
  return out;
}

/// The row of a CSV text, by titles.
std::map<std::string, std::string> csv_row(const Record& record, const std::vector<Record>& all) {
  std::istringstream lines(results::exchange::csv_text(std::span(&record, 1), all));
  std::string titles, values, title, value;
  std::getline(lines, titles);
  std::getline(lines, values);
  std::istringstream from_titles(titles), from_values(values);
  std::map<std::string, std::string> out;
  while (std::getline(from_titles, title, ',')) {
    std::getline(from_values, value, ',');
    out[title] = value;
  }
  return out;
}

double number(const std::string& text) {
  return text.empty() ? 0 : std::stod(text);
}

/// The value of a gauge for a problem; 0 if there is none.
double gauge(const std::string& metrics, const std::string& name, const std::string& problem) {
  std::istringstream lines(metrics);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name + "{problem=\"" + problem + "\"")) {
      return std::stod(line.substr(line.rfind(' ')));
    }
  }
  return 0;
}

std::string metrics_of(const std::vector<Record>& all) {
  results::record::RecordSet set;
  set.runs.push_back({.id = all[0].run, .started = all[0].started});
  set.records = all;
  std::ostringstream out;
  results::exchange::find_exporter("openmetrics", "test").write(set, {}, out);
  return out.str();
}

std::string report_of(const std::vector<Record>& all) {
  results::report::ReportInput input;
  input.runs.push_back({{.id = all[0].run, .started = all[0].started}, all});
  return report_html(input);
}

/// The row of the report's table of measurements.
std::string report_row(const std::string& page, const std::string& id) {
  const std::size_t link = page.find("href=\"#r-" + id, page.find("class=\"measurements"));
  const std::size_t begin = page.rfind("<tr", link);
  return page.substr(begin, page.find("</tr>", link) - begin);
}

std::string markdown_of(const std::vector<Record>& all) {
  std::vector<Record> other = all;
  for (Record& record : other) record.id[0] = 'f';
  std::vector<results::compare::Side> sides;
  sides.push_back({"a", "a", all, {}});
  sides.push_back({"b", "b", std::move(other), {}});
  return comparison_markdown(results::compare::compare(std::move(sides), {}), {});
}

/// The lines of the run's table about a record.
std::string show_row(const Record& record, const std::vector<Record>& all) {
  return show::run_text({.id = record.run, .started = record.started}, std::span(&record, 1), all,
                        {.width = 200});
}

TEST(Figures, OfOneRecordHaveTheSameDigitsInEveryView) {
  const std::vector<Record> all = records();
  const std::string metrics = metrics_of(all), report = report_of(all), markdown = markdown_of(all);
  for (const Record& record : all) {
    SCOPED_TRACE(record.problem);
    const std::string rate = results::page::rate_text(record);
    const std::string width = results::page::half_width_text(record);
    const auto csv = csv_row(record, all);
    const std::string row = report_row(report, record.id);
    const std::string full =
        show::record_text(record, results::trust::ceilings_of(all, record), "", {.width = 200});
    for (const std::string& view : {record_line(record, false), show_row(record, all), row, full}) {
      EXPECT_THAT(view, HasSubstr(rate));
      EXPECT_THAT(view, HasSubstr(width));
    }
    EXPECT_THAT(markdown, HasSubstr(rate));
    const bool flops = figure_of(record) == kernels::Figure::operations;
    const std::string unit = flops ? "FLOP/s" : "B/s";
    const double in_csv = number(csv.at(flops ? "flop_per_second" : "bytes_per_second"));
    const double in_metrics = gauge(
        metrics, flops ? "assay_arithmetic_flop_per_second" : "assay_traffic_bytes_per_second",
        record.problem);
    if (rate.empty()) {
      EXPECT_EQ(in_csv, 0);
      EXPECT_EQ(in_metrics, 0);
      EXPECT_THAT(record_line(record, false) + row + full, Not(HasSubstr("B/s")));
      continue;
    }
    EXPECT_EQ(results::page::scaled_text(in_csv, unit), rate);
    EXPECT_EQ(results::page::scaled_text(in_metrics, unit), rate);
  }
}

TEST(Figures, OfACeilingHaveTheSameDigitsInEveryView) {
  const std::vector<Record> all = records();
  const std::string metrics = metrics_of(all), report = report_of(all);
  int shares = 0;
  for (const Record& record : all) {
    SCOPED_TRACE(record.problem);
    const auto share = attainable(record, results::trust::ceilings_of(all, record));
    if (!share) continue;
    ++shares;
    const std::string text = results::page::share_text(*share);
    EXPECT_THAT(show_row(record, all), HasSubstr(text));
    EXPECT_THAT(report_row(report, record.id), HasSubstr(text));
    results::record::Attainable told = *share;
    const auto csv = csv_row(record, all);
    told.fraction = number(csv.at("share_of_ceiling"));
    told.interval = {number(csv.at("share_lower")), number(csv.at("share_upper"))};
    EXPECT_EQ(results::page::share_text(told), text);
    told.fraction = gauge(metrics, "assay_ceiling_share_ratio", record.problem);
    told.interval = {gauge(metrics, "assay_ceiling_share_lower_ratio", record.problem),
                     gauge(metrics, "assay_ceiling_share_upper_ratio", record.problem)};
    EXPECT_EQ(results::page::share_text(told), text);
  }
  EXPECT_EQ(shares, 5);
}

}  // namespace
}  // namespace assay::cli

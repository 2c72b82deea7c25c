#include "harness/cli/reproduce/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/cli/verb.h"
#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "results/page/text.h"
#include "results/record/json_library.h"
#include "results/record/listing.h"

namespace assay::cli::reproduce {

using harness::terminal::Style;
using nlohmann::ordered_json;
using results::bundle::Reproduction;
using results::record::Record;
using results::statistics::Agreement;
using results::statistics::EquivalenceTest;

namespace {

constexpr std::size_t kShownDifferences = 4;

std::string margin_text(double margin) {
  return "±" + results::page::target_text(margin);
}

/// "+2.5% [+2.2%, +2.8%]": the additional time it took here, with its 90% interval.
std::string difference_text(const EquivalenceTest& test) {
  const auto change = [](double ratio) { return results::page::change_text(ratio - 1); };
  if (!std::isfinite(test.interval.upper)) return change(test.ratio) + " [?]";
  return fmt::format("{} [{}, {}]", change(test.ratio), change(test.interval.lower),
                     change(test.interval.upper));
}

Style style_of(Agreement agreement) {
  switch (agreement) {
    case Agreement::equivalent:
      return Style::good;
    case Agreement::different:
      return Style::bad;
    case Agreement::undecided:
      return Style::doubtful;
  }
  return Style::plain;
}

std::string what_of(const Record& record, bool wide) {
  return fmt::format("{} {}", record.implementation.name,
                     wide ? record.problem : results::record::brief_problem(record.problem));
}

double median_there(const Reproduction& one) {
  std::vector<double> medians;
  for (const Record* record : one.processes_there) medians.push_back(record->summary.median);
  return results::statistics::median(medians);
}

/// The median of the processes' medians.
double median_here(const Reproduction& one) {
  std::vector<double> medians;
  for (const Record& record : one.here) medians.push_back(record.summary.median);
  return results::statistics::median(medians);
}

std::string table_text(const ReproductionReport& report, const ReproduceStyle& style) {
  harness::terminal::Table table({{"outcome"},
                                  {"measurement"},
                                  {"there", harness::terminal::Align::right},
                                  {"here", harness::terminal::Align::right},
                                  {"more time here", harness::terminal::Align::right}});
  bool any = false;
  for (const Reproduction& one : report.outcomes) {
    if (!one.test) continue;
    any = true;
    const Agreement agreement = one.test->agreement;
    table.add({{std::string(name(agreement)), style_of(agreement)},
               {what_of(*one.there, style.wide)},
               {results::page::duration_text(median_there(one))},
               {results::page::duration_text(median_here(one))},
               {difference_text(*one.test)}});
    if (!one.reason.empty()) {
      std::string why =
          harness::terminal::wrapped("not judged: " + one.reason, 4, static_cast<int>(style.width));
      why.pop_back();
      table.add({{std::move(why)}});
    }
  }
  return any ? table.text(0, style.width, style.colour) : "";
}

/// Records without comparison, one block per reason.
std::string obstacles_text(const ReproductionReport& report, const ReproduceStyle& style) {
  std::map<std::string, std::vector<const Record*>> by_reason;
  for (const Reproduction& one : report.outcomes) {
    if (one.test) continue;
    by_reason[fmt::format("{}: {}", name(one.obstacle), one.reason)].push_back(one.there);
  }
  std::string text;
  for (const auto& [reason, records] : by_reason) {
    text += harness::terminal::wrapped(reason, 0);
    for (const Record* record : records)
      text += harness::terminal::wrapped(what_of(*record, style.wide), 2);
  }
  return text;
}

std::string environment_text(const ReproductionReport& report, const ReproduceStyle& style) {
  if (report.runs.empty()) return "";
  const auto& all = report.environment;
  if (all.empty()) return "environment: the same\n";
  std::string text =
      fmt::format("environment: {}\n", results::page::counted(all.size(), "difference"));
  const std::size_t shown = style.wide ? all.size() : std::min(kShownDifferences, all.size());
  for (std::size_t i = 0; i < shown; ++i) {
    text += style.wide ? harness::terminal::wrapped(all[i], 2)
                       : "  " + harness::terminal::shortened(all[i], style.width - 2) + "\n";
  }
  if (shown < all.size()) text += fmt::format("  and {} more (--wide)\n", all.size() - shown);
  return text;
}

std::string summary_line(const ReproductionReport& report) {
  const auto counts = results::bundle::count(report.outcomes);
  return harness::terminal::wrapped(
      fmt::format("{} of {} equivalent within {}; {} different, {} undecided, {} failed "
                  "here, {} not possible",
                  counts.equivalent, report.outcomes.size(), margin_text(report.margin),
                  counts.different, counts.undecided, counts.failed, counts.impossible),
      0);
}

}  // namespace

std::string reproduction_text(const ReproductionReport& report, const ReproduceStyle& style) {
  const results::record::Run& run = report.bundle->contents.run;
  std::string text = harness::terminal::wrapped(
      fmt::format("{}: run {} of {} on {}", report.file, run.id.substr(0, 8),
                  run.started.substr(0, 10), run.host.empty() ? "an unnamed host" : run.host),
      0);
  text += environment_text(report, style);
  text += table_text(report, style) + obstacles_text(report, style) + summary_line(report);
  if (report.runs.empty()) return text;
  const bool single = std::ranges::any_of(report.outcomes, [](const Reproduction& one) {
    return one.test && one.here.size() < 2 && one.processes_there.size() < 2;
  });
  if (single) text += "One run: the intervals do not include variation between processes\n";
  std::string runs;
  for (const std::string& id : report.runs) runs += " " + id.substr(0, 8);
  return text + harness::terminal::wrapped("runs" + runs, 0) +
         fmt::format("store {}\n", report.store);
}

namespace {

ordered_json number(double value) {
  return std::isfinite(value) ? ordered_json(value) : ordered_json();
}

ordered_json to_json(const Reproduction& one) {
  const Record& there = *one.there;
  ordered_json json = {{"outcome", one.test ? name(one.test->agreement) : "not possible"},
                       {"problem", there.problem},
                       {"implementation", there.implementation.name},
                       {"mode", name(there.settings.mode)},
                       {"device_there", results::record::device_key(there.device)},
                       {"obstacle", name(one.obstacle)},
                       {"reason", one.reason}};
  json["records_there"] = ordered_json::array();
  for (const Record* record : one.processes_there) json["records_there"].push_back(record->id);
  json["records_here"] = ordered_json::array();
  for (const Record& here : one.here) {
    json["device_here"] = results::record::device_key(here.device);
    json["records_here"].push_back(here.id);
  }
  if (one.test) {
    json["median_seconds_there"] = number(median_there(one));
    json["median_seconds_here"] = number(median_here(one));
    json["ratio"] = number(one.test->ratio);
    json["interval"] = {{"lower", number(one.test->interval.lower)},
                        {"upper", number(one.test->interval.upper)},
                        {"confidence", results::statistics::kEquivalenceConfidence}};
  }
  return json;
}

}  // namespace

ordered_json to_json(const ReproductionReport& report) {
  ordered_json outcomes = ordered_json::array();
  for (const Reproduction& one : report.outcomes) outcomes.push_back(to_json(one));
  const auto counts = results::bundle::count(report.outcomes);
  return {{"bundle", report.file},
          {"sha256", report.bundle->sha256},
          {"run_there", report.bundle->contents.run.id},
          {"runs_here", report.runs},
          {"store", report.store},
          {"margin", report.margin},
          {"environment_differences", report.environment},
          {"equivalent", counts.equivalent},
          {"different", counts.different},
          {"undecided", counts.undecided},
          {"failed", counts.failed},
          {"not_possible", counts.impossible},
          {"outcomes", outcomes}};
}

int exit_code(const ReproductionReport& report) {
  const auto counts = results::bundle::count(report.outcomes);
  if (counts.compared() + counts.failed == 0) return kNothingRan;
  return counts.different + counts.undecided + counts.failed > 0 ? kFinding : kDone;
}

}  // namespace assay::cli::reproduce

#include <algorithm>

#include "harness/cli/regress/notes.h"
#include "harness/cli/regress/text.h"

namespace assay::cli::regress {

namespace {

using nlohmann::ordered_json;
using results::regress::HistoryRun;
using results::regress::Regressions;
using results::regress::ReportedFinding;
using results::regress::Series;

ordered_json json_of(const ReportedFinding& reported, const Regressions& found) {
  const Series& series = found.series[reported.series];
  const auto& finding = reported.finding;
  const auto run = [&](std::size_t i) {
    return series.runs[std::min(i, series.runs.size() - 1)].run;
  };
  ordered_json changes = ordered_json::array();
  for (const auto& change : reported.environment) {
    changes.push_back({{"key", change.key}, {"before", change.before}, {"after", change.after}});
  }
  ordered_json out = {
      {"state", name(reported.state)},
      {"kind", name(finding.kind)},
      {"series", series.key()},
      {"device", series.device},
      {"problem", series.problem},
      {"implementation", series.implementation},
      {"mode", name(series.mode)},
      {"quantity", name(series.quantity)},
      {"before", finding.before},
      {"after", finding.after},
      {"change", finding.change.value},
      {"change_interval", {finding.change.interval.lower, finding.change.interval.upper}},
      {"first_run", run(finding.first)},
      {"first_started", first_run(series, finding).started},
      {"earliest_run", run(finding.earliest)},
      {"latest_run", run(finding.latest)},
      {"last_run", run(finding.last)},
      {"sudden", finding.sudden},
      {"with_machine", reported.together.has_value()},
      {"measured_again", confirmed_json(reported)},
      {"probability", finding.probability},
      {"false_share", finding.false_share},
      {"environment", changes}};
  if (reported.accepted != nullptr) {
    out["accepted"] = {{"place", reported.accepted->place},
                       {"reason", reported.accepted->reason},
                       {"until", reported.accepted->until},
                       {"expired", reported.expired}};
  }
  return out;
}

ordered_json unused_json(const Series& series) {
  ordered_json out = ordered_json::array();
  for (const results::regress::UnusedResult& one : series.unused) {
    out.push_back({{"run", one.run.str()},
                   {"started", one.started},
                   {"record", one.record},
                   {"trust", to_json(one.trust)}});
  }
  return out;
}

ordered_json unused_json(const Regressions& found) {
  ordered_json out = ordered_json::array();
  for (const Series& series : found.series) {
    for (ordered_json& one : unused_json(series)) {
      one["series"] = series.key();
      out.push_back(std::move(one));
    }
  }
  return out;
}

}  // namespace

ordered_json to_json(const Regressions& found) {
  ordered_json reported = ordered_json::array(), unused = ordered_json::array();
  for (const ReportedFinding& one : found.findings) reported.push_back(json_of(one, found));
  for (const results::regress::Accepted* entry : found.unused) unused.push_back(entry->place);
  return {{"regressions", found.regressions()},
          {"series", found.series.size()},
          {"judged_series", found.judged()},
          {"short_series", found.short_series},
          {"unused", unused_json(found)},
          {"missing_runs", found.missing_runs},
          {"large_changes_only", found.large_only},
          {"machine", together_json(found)},
          {"irregular",
           {{"series_with_gaps", found.irregular.gaps},
            {"longest_gap_days", found.irregular.longest_gap},
            {"days_with_several_runs", found.irregular.doubled_days},
            {"stopped_series", found.irregular.stopped}}},
          {"watching", watching_json(found)},
          {"changes", reported},
          {"unused_entries", unused}};
}

ordered_json history_json(const Regressions& found) {
  ordered_json all = ordered_json::array();
  for (std::size_t i = 0; i < found.series.size(); ++i) {
    const Series& series = found.series[i];
    ordered_json runs = ordered_json::array(), changes = ordered_json::array();
    for (const HistoryRun& run : series.runs) {
      runs.push_back({{"run", run.run.str()},
                      {"started", run.started},
                      {"record", run.record},
                      {"records", run.records},
                      {"environment", run.environment.str()},
                      {"value", run.value},
                      {"interval", {run.interval.lower, run.interval.upper}}});
    }
    for (const ReportedFinding& reported : found.findings) {
      if (reported.series == i) changes.push_back(json_of(reported, found));
    }
    all.push_back({{"series", series.key()},
                   {"device", series.device},
                   {"problem", series.problem},
                   {"implementation", series.implementation},
                   {"mode", name(series.mode)},
                   {"quantity", name(series.quantity)},
                   {"unit", series.quantity == results::regress::HistoryQuantity::time ? "s" : "J"},
                   {"runs", runs},
                   {"unused", unused_json(series)},
                   {"changes", changes}});
  }
  return all;
}

}  // namespace assay::cli::regress

#include "results/regress/series.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <tuple>
#include <unordered_set>

#include "results/claims/units.h"
#include "results/record/bus_rate.h"
#include "results/record/confirmation.h"

namespace assay::results::regress {

namespace {

std::string device_of(const store::PointSeries& series, const std::string& host, bool per_device) {
  const record::DeviceIdentity& device = series.device;
  std::string text = fmt::format("{} {}", device.backend, device.name);
  if (!per_device) return text;
  if (!device.unique_id.empty()) return fmt::format("{} {}", text, device.unique_id);
  return fmt::format("{} {}:{} on {}", text, device.backend, device.index, host);
}

bool is_earlier(const HistoryRun& a, const HistoryRun& b) {
  return std::tie(a.started, a.run.str()) < std::tie(b.started, b.run.str());
}

/// Whether a run has several results. Those of one run share its text.
bool has_several(std::span<const HistoryRun> runs) {
  std::unordered_set<const std::string*> seen;
  seen.reserve(runs.size());
  return !std::ranges::all_of(
      runs, [&](const HistoryRun& run) { return seen.insert(&run.run.str()).second; });
}

/// Joins the results of each run.
void join_runs(std::vector<HistoryRun>& runs) {
  std::ranges::sort(runs, [](const HistoryRun& a, const HistoryRun& b) {
    return std::tie(a.run.str(), a.started, a.record) < std::tie(b.run.str(), b.started, b.record);
  });
  std::size_t last = 0;
  for (std::size_t i = 1; i < runs.size(); ++i) {
    HistoryRun &run = runs[last], &next = runs[i];
    if (run.run != next.run) {
      if (++last != i) runs[last] = std::move(next);
      continue;
    }
    if (run.several.empty()) run.several = {run.value};
    run.several.push_back(next.value);
    if (run.environment.str().empty()) run.environment = next.environment;
    run.interval.lower = std::min(run.interval.lower, next.value);
    run.interval.upper = std::max(run.interval.upper, next.value);
  }
  runs.resize(std::min(runs.size(), last + 1));
  for (HistoryRun& run : runs) {
    if (run.several.empty()) continue;
    run.value = statistics::median(run.several);
    run.records = run.several.size();
  }
}

bool shows_rate(const Series& series) {
  return series.quantity == HistoryQuantity::time &&
         record::figure_of(series.operation, series.work) != kernels::Figure::time &&
         std::max(series.work.flop, series.work.bytes) > 0;
}

}  // namespace

std::string_view name(HistoryQuantity quantity) {
  return quantity == HistoryQuantity::time ? "time" : "energy";
}

std::vector<double> Series::values() const {
  std::vector<double> out;
  out.reserve(runs.size());
  for (const HistoryRun& run : runs) out.push_back(run.value);
  return out;
}

std::string Series::key() const {
  return fmt::format("{} | {} | {} | {} | {}", device, problem, implementation, name(mode),
                     name(quantity));
}

std::vector<double> HistoryRun::values() const {
  return several.empty() ? std::vector<double>{value} : several;
}

SeriesCollector::SeriesCollector(std::span<const record::Run> runs, const SeriesOptions& options)
    : options_(options) {
  for (const record::Run& run : runs) {
    runs_[run.id] = {run.id, run.environment, run.host, run.suite == record::kConfirmationSuite};
  }
}

SeriesCollector::KnownRun& SeriesCollector::run_of(const store::Point& point) {
  KnownRun& run = runs_[point.run];
  if (run.id.str().empty()) run.id = point.run;
  // Records without details do not have an environment of their own.
  if (run.environment.str().empty() && !point.environment.empty()) {
    run.environment = point.environment;
  }
  return run;
}

Series& SeriesCollector::part_of(const store::PointSeries& of, const std::string& host,
                                 HistoryQuantity quantity) {
  Series head;
  head.device = device_of(of, host, options_.per_device);
  // Never in one series with what was measured here.
  if (of.imported) head.device += " (imported)";
  head.problem = of.problem;
  head.implementation = of.implementation;
  head.mode = of.mode;
  head.operation = of.operation;
  head.work = of.work;
  head.quantity = quantity;
  std::string key = head.key();
  return series_.try_emplace(std::move(key), std::move(head)).first->second;
}

void SeriesCollector::add(const store::Point& point) {
  const KnownRun& run = run_of(point);
  if (run.again != options_.confirmations) return;
  Parts& parts = parts_[{point.series.get(), options_.per_device ? run.host : ""}];
  if (!parts.of) parts.of = point.series;
  const auto add = [&](HistoryQuantity quantity, Series*& part, const store::PointFigure& figure) {
    if (part == nullptr) part = &part_of(*point.series, run.host, quantity);
    if (!point.doubts.may_decide()) {
      part->unused.push_back({run.id, point.started, point.record, point.doubts});
      return;
    }
    part->runs.push_back({run.id,
                          point.started,
                          point.record,
                          run.environment,
                          figure.value,
                          figure.interval,
                          1,
                          {}});
  };
  add(HistoryQuantity::time, parts.time, point.time);
  if (point.energy) add(HistoryQuantity::energy, parts.energy, *point.energy);
}

std::vector<Series> SeriesCollector::take() {
  std::vector<Series> out;
  for (auto& [key, series] : series_) out.push_back(std::move(series));
  parts_.clear();
  series_.clear();
  tbb::parallel_for(std::size_t{0}, out.size(), [&](std::size_t i) {
    std::vector<HistoryRun>& of = out[i].runs;
    if (has_several(of)) join_runs(of);
    // A store gives them nearly in this order.
    if (!std::ranges::is_sorted(of, is_earlier)) std::ranges::sort(of, is_earlier);
    std::ranges::stable_sort(out[i].unused, {}, &UnusedResult::started);
  });
  return out;
}

std::vector<Series> series_of(std::span<const record::Record> records,
                              std::span<const record::Run> runs, const SeriesOptions& options) {
  SeriesCollector collector(runs, options);
  for (const record::Record& record : records) {
    if (const auto point = store::point_of(record, trust::trust_of(record))) collector.add(*point);
  }
  return collector.take();
}

std::vector<double> shown_values(const Series& series) {
  std::vector<double> out = series.values();
  if (!shows_rate(series)) return out;
  for (double& value : out) value = 1 / value;
  return out;
}

std::string value_text(const Series& series, double value) {
  if (series.quantity == HistoryQuantity::energy) {
    return format_quantity(value, claims::parse_unit("J").dimension, 3);
  }
  const auto rate = [&](double work, std::string_view unit) {
    return format_quantity(work / value, claims::parse_unit(unit).dimension, 3);
  };
  if (!shows_rate(series)) return format_quantity(value, claims::parse_unit("s").dimension, 3);
  if (series.work.flop >= series.work.bytes) return rate(series.work.flop, "FLOP/s");
  const auto bus = record::bus_factor(series.operation, series.problem);
  return rate(series.work.bytes * bus.value_or(1), "B/s") + (bus ? " busbw" : "");
}

}  // namespace assay::results::regress

#include "results/regress/series.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <tuple>

#include "results/claims/units.h"
#include "results/record/bus_rate.h"
#include "results/record/confirmation.h"

namespace assay::results::regress {

namespace {

bool is_usable(const record::Record& record) {
  // Most imported figures were not checked; a wrong one does not count.
  const bool imported = record.origin == record::Origin::imported;
  const bool good = record.check.outcome == kernels::Outcome::right ||
                    (imported && record.check.outcome != kernels::Outcome::wrong);
  return record.origin != record::Origin::modelled && !is_modelled(record) &&
         record.status == record::Status::ok && good && record.summary.median > 0;
}

std::string device_of(const record::Record& record, const std::string& host, bool per_device) {
  const record::DeviceIdentity& device = record.device;
  std::string text = fmt::format("{} {}", device.backend, device.name);
  if (!per_device) return text;
  if (!device.unique_id.empty()) return fmt::format("{} {}", text, device.unique_id);
  return fmt::format("{} {}:{} on {}", text, device.backend, device.index, host);
}

/// Adds another record of the run.
void gather(HistoryRun& run, const record::Record& record, double value) {
  if (record.started < run.started) {
    run.started = record.started;
    run.record = record.id;
  }
  if (run.environment.empty()) run.environment = record.environment;
  run.interval.lower = std::min(run.interval.lower, value);
  run.interval.upper = std::max(run.interval.upper, value);
  run.values.push_back(value);
}

/// The series that a record adds a run to, without their runs.
Series head_of(const record::Record& record, const std::string& host, bool per_device) {
  Series head;
  head.device = device_of(record, host, per_device);
  // Never in one series with what was measured here.
  if (record.origin == record::Origin::imported) head.device += " (imported)";
  head.problem = record.problem;
  head.implementation = record.implementation.name;
  head.mode = record.settings.mode;
  head.operation = record.operation;
  head.work = record.work;
  return head;
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

SeriesCollector::SeriesCollector(std::span<const record::Run> runs, const SeriesOptions& options)
    : options_(options) {
  for (const record::Run& run : runs) runs_.emplace(run.id, &run);
}

struct SeriesCollector::Entry {
  const record::Record* record = nullptr;  ///< null: it is not used
  const record::Run* run = nullptr;        ///< null: it is not known
  Series head;
  trust::Trust trust;
};

SeriesCollector::Entry SeriesCollector::entry_of(const record::Record& record) const {
  Entry out;
  if (!is_usable(record)) return out;
  const auto found = runs_.find(record.run);
  if (found != runs_.end()) out.run = found->second;
  const bool again = out.run != nullptr && out.run->suite == record::kConfirmationSuite;
  if (again != options_.confirmations) return out;
  out.record = &record;
  out.head = head_of(record, out.run == nullptr ? "" : out.run->host, options_.per_device);
  out.trust = trust::trust_of(record);
  return out;
}

void SeriesCollector::add(std::span<const record::Record> records) {
  std::vector<Entry> entries(records.size());
  tbb::parallel_for(std::size_t{0}, records.size(),
                    [&](std::size_t i) { entries[i] = entry_of(records[i]); });
  for (Entry& entry : entries) {
    if (entry.record == nullptr) continue;
    const record::Record& record = *entry.record;
    add(entry, HistoryQuantity::time, record.summary.median, record.summary.interval);
    if (const auto joules = record.energy.joules_per_launch; joules && *joules > 0) {
      add(entry, HistoryQuantity::energy, *joules,
          {record.energy.joules_lower.value_or(*joules),
           record.energy.joules_upper.value_or(*joules)});
    }
  }
}

void SeriesCollector::add(Entry& entry, HistoryQuantity quantity, double value,
                          const statistics::Interval& interval) {
  const record::Record& record = *entry.record;
  entry.head.quantity = quantity;
  Part& part = parts_[entry.head.key()];
  if (part.series.problem.empty()) part.series = entry.head;
  // Imported figures say nothing of the machine; their series are marked.
  const bool unused = entry.trust.has(trust::Fault::implausible) ||
                      (record.origin == record::Origin::measured && entry.trust.may_be_off());
  if (unused) {
    part.series.unused.push_back({record.run, record.started, record.id, entry.trust});
    return;
  }
  std::vector<HistoryRun>& runs = part.series.runs;
  const auto [place, fresh] = part.places.try_emplace(record.run, runs.size());
  if (!fresh) return gather(runs[place->second], record, value);
  // Records without details do not have an environment of their own.
  runs.push_back({record.run,
                  record.started,
                  record.id,
                  entry.run == nullptr ? record.environment : entry.run->environment,
                  value,
                  interval,
                  1,
                  {value}});
}

std::vector<Series> SeriesCollector::take() {
  std::vector<Series> out;
  for (auto& [key, part] : parts_) {
    part.places = {};
    for (HistoryRun& run : part.series.runs) {
      run.value = statistics::median(run.values);
      run.records = run.values.size();
    }
    std::ranges::sort(part.series.runs, [](const HistoryRun& a, const HistoryRun& b) {
      return std::tie(a.started, a.run) < std::tie(b.started, b.run);
    });
    out.push_back(std::move(part.series));
  }
  parts_.clear();
  return out;
}

std::vector<Series> series_of(std::span<const record::Record> records,
                              std::span<const record::Run> runs, const SeriesOptions& options) {
  SeriesCollector collector(runs, options);
  collector.add(records);
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

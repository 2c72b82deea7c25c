#include "results/regress/series.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "results/claims/units.h"
#include "results/record/bus_rate.h"
#include "results/record/confirmation.h"

namespace assay::results::regress {

namespace {

/// The values of one run, from all devices of the kind.
struct RunValues {
  const record::Record* first = nullptr;
  std::string environment;
  std::vector<double> values;
  statistics::Interval interval;
};

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

void gather(RunValues& gathered, const record::Record& record, double value,
            const statistics::Interval& interval) {
  if (gathered.environment.empty()) gathered.environment = record.environment;
  if (gathered.values.empty()) {
    gathered.first = &record;
    gathered.interval = interval;
  } else {
    if (record.started < gathered.first->started) gathered.first = &record;
    gathered.interval.lower = std::min(gathered.interval.lower, value);
    gathered.interval.upper = std::max(gathered.interval.upper, value);
  }
  gathered.values.push_back(value);
}

HistoryRun run_of(const RunValues& gathered) {
  const record::Record& first = *gathered.first;
  HistoryRun run{first.run,
                 first.started,
                 first.id,
                 gathered.environment,
                 statistics::median(gathered.values),
                 {},
                 1,
                 gathered.values};
  run.interval = gathered.interval;
  run.records = gathered.values.size();
  return run;
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

/// Gathers records into series.
class SeriesBuilder {
 public:
  explicit SeriesBuilder(const SeriesOptions& options) : options_(options) {}

  /// `run` is null if it is not known.
  void add(const record::Record& record, const record::Run* run) {
    const trust::Trust trust = options_.trust(record);
    const Series head = head_of(record, run == nullptr ? "" : run->host, options_.per_device);
    add(head, record, run, trust, HistoryQuantity::time, record.summary.median,
        record.summary.interval);
    if (const auto joules = record.energy.joules_per_launch; joules && *joules > 0) {
      add(head, record, run, trust, HistoryQuantity::energy, *joules,
          {record.energy.joules_lower.value_or(*joules),
           record.energy.joules_upper.value_or(*joules)});
    }
  }

  std::vector<Series> take() {
    std::vector<Series> out;
    for (auto& [key, part] : parts_) {
      for (const auto& [run, gathered] : part.by_run) part.head.runs.push_back(run_of(gathered));
      std::ranges::sort(part.head.runs, [](const HistoryRun& a, const HistoryRun& b) {
        return std::tie(a.started, a.run) < std::tie(b.started, b.run);
      });
      out.push_back(std::move(part.head));
    }
    return out;
  }

 private:
  struct Part {
    Series head;
    std::map<std::string, RunValues> by_run;
  };

  void add(Series head, const record::Record& record, const record::Run* run,
           const trust::Trust& trust, HistoryQuantity quantity, double value,
           const statistics::Interval& interval) {
    head.quantity = quantity;
    Part& part = parts_[head.key()];
    if (part.head.problem.empty()) part.head = std::move(head);
    // Imported figures say nothing of the machine; their series are marked.
    const bool unused = trust.has(trust::Fault::implausible) ||
                        (record.origin == record::Origin::measured && trust.may_be_off());
    if (unused) {
      part.head.unused.push_back({record.run, record.started, record.id, trust});
      return;
    }
    RunValues& gathered = part.by_run[record.run];
    // Records without details do not have an environment of their own.
    if (run != nullptr) gathered.environment = run->environment;
    gather(gathered, record, value, interval);
  }

  const SeriesOptions& options_;
  std::map<std::string, Part> parts_;
};

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

std::vector<Series> series_of(std::span<const record::Record> records,
                              std::span<const record::Run> runs, const SeriesOptions& options) {
  std::unordered_map<std::string, const record::Run*> by_id;
  for (const record::Run& run : runs) by_id.emplace(run.id, &run);
  SeriesBuilder builder(options);
  for (const record::Record& record : records) {
    if (!is_usable(record)) continue;
    const auto found = by_id.find(record.run);
    const record::Run* run = found == by_id.end() ? nullptr : found->second;
    const bool again = run != nullptr && run->suite == record::kConfirmationSuite;
    if (again == options.confirmations) builder.add(record, run);
  }
  return builder.take();
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

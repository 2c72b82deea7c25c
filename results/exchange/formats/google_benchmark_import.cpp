// Reads Google Benchmark's JSON of 2015 to today. Each benchmark becomes a record with its
// repetitions as samples. Names that assay wrote are parsed; other names are kept as they are.
#include <fmt/format.h>

#include <cmath>
#include <map>

#include "kernels/error.h"
#include "kernels/operation.h"
#include "results/exchange/benchmark_entries.h"
#include "results/exchange/format.h"
#include "results/exchange/lenient_json.h"
#include "results/exchange/series.h"
#include "results/record/moment.h"
#include "results/record/parse_json.h"

namespace assay::results::exchange {

extern const Importer google_benchmark_importer;

namespace {

constexpr std::string_view kFormat = "google-benchmark";

[[noreturn]] void fail(const ImportFile& file, const std::string& where, const std::string& what) {
  throw InputError(fmt::format("{}: {}: {}", file.name, where, what),
                   "use a file written by --benchmark_out with --benchmark_out_format=json");
}

/// Data of one benchmark that cannot be read.
[[noreturn]] void refuse(const std::string& what) {
  throw InputError(what);
}

bool recognises_google_benchmark(std::string_view beginning) {
  return beginning.find("\"context\"") != std::string_view::npos &&
         (beginning.find("\"library_build_type\"") != std::string_view::npos ||
          beginning.find("\"benchmarks\"") != std::string_view::npos);
}

/// How many of the entry's unit of time are a second.
double units_per_second(const ordered_json& entry) {
  static const std::map<std::string, double> kUnits = {
      {"ns", 1e9}, {"us", 1e6}, {"ms", 1e3}, {"s", 1}};
  // The first versions had no key for it and wrote nanoseconds.
  const auto unit = kUnits.find(entry.contains("time_unit") ? text_of(entry, "time_unit") : "ns");
  if (unit == kUnits.end()) refuse("time_unit is not one of ns, us, ms, s");
  return unit->second;
}

/// The entry's time in seconds.
double seconds_of(const ordered_json& entry) {
  const double time = number_of(entry, "real_time"), units = units_per_second(entry);
  if (!(time >= 0) || !std::isfinite(time)) refuse("real_time is not a finite time of 0 or more");
  return time / units;
}

/// Whether an aggregate is a time. Since 1.6 it says so; a share is a "percentage".
bool is_time(const ordered_json& aggregate) {
  return !aggregate.contains("aggregate_unit") || text_of(aggregate, "aggregate_unit") == "time";
}

/// Google Benchmark computes rates from the real time only if the benchmark's name says so.
double basis_seconds(const ordered_json& entry, const std::string& name, double real) {
  const bool of_real =
      name.find("/real_time") != std::string::npos || name.find(kManualTime) != std::string::npos;
  const double cpu = number_of(entry, "cpu_time"), shown = number_of(entry, "real_time");
  return of_real || !(cpu > 0) || !(shown > 0) ? real : real * cpu / shown;
}

void take_work(const ordered_json& entry, const std::string& name, double real,
               record::Record& record) {
  const double seconds = basis_seconds(entry, name, real);
  for (const char* key : {"FLOP/s", "OP/s", "FLOPS"}) {
    if (const double rate = number_of(entry, key); rate > 0) record.work.flop = rate * seconds;
  }
  for (const char* key : {"bytes/s", "bytes_per_second"}) {
    if (const double rate = number_of(entry, key); rate > 0) record.work.bytes = rate * seconds;
  }
}

/// The work of a problem is known; a rate beside the time must be that of both.
void require_rates(const ordered_json& entry, double seconds, const kernels::Work& work) {
  constexpr double kRounding = 1e-6;
  const auto require = [&](const char* key, double amount) {
    const double rate = number_of(entry, key);
    if (std::isnan(rate) || std::abs(rate * seconds - amount) <= kRounding * amount) return;
    refuse(fmt::format("{} is not the rate of the problem's work in its time", key));
  };
  require("FLOP/s", work.flop);
  require("OP/s", work.flop);
  require("bytes/s", work.bytes);
}

void take_details(const ordered_json& entry, record::Record& record) {
  record::Properties& details = record.implementation.details;
  if (const double count = number_of(entry, "iterations"); count > 0) {
    details["iterations_per_repetition"] = fmt::format("{:.0f}", count);
  }
  if (const double threads = number_of(entry, "threads"); threads > 1) {
    details["threads"] = fmt::format("{:.0f}", threads);
  }
  if (const std::string label = text_of(entry, "label"); !label.empty()) details["label"] = label;
  details["time"] = "mean of each repetition's iterations";
}

/// assay's own exports begin the message with the status: "crashed: ...".
void take_failure(const std::string& message, bool ours, record::Record& record) {
  record.status = record::Status::error;
  record.reason = message;
  const std::size_t colon = message.find(": ");
  if (!ours || colon == std::string::npos) return;
  const auto status = record::named<record::Status>(message.substr(0, colon));
  if (!status || *status == record::Status::ok) return;
  record.status = *status;
  record.reason = message.substr(colon + 2);
}

/// Whether this entry was not measured; the record then says so.
bool take_skipped(const ordered_json& entry, bool ours, record::Record& record) {
  if (is_true(entry, "error_occurred")) {
    take_failure(text_of(entry, "error_message"), ours, record);
    return true;
  }
  // Since 1.8 a text, in single versions a truth value. A number is a counter of this name.
  const auto skipped = entry.find("skipped");
  if (skipped == entry.end() || !(skipped->is_string() || is_true(entry, "skipped"))) return false;
  record.status = record::Status::unsupported;
  record.reason = text_of(entry, "skip_message");
  if (record.reason.empty()) record.reason = "skipped";
  return true;
}

/// The file's mean is that of its repetitions. The first versions wrote whole nanoseconds.
void require_mean(const BenchmarkEntries& benchmark, double mean) {
  const auto found = benchmark.aggregates.find("mean");
  if (found == benchmark.aggregates.end() || !is_time(*found->second)) return;
  constexpr double kRounding = 1e-3;
  const double told = seconds_of(*found->second);
  if (std::abs(told - mean) <= kRounding * mean + 1 / units_per_second(*found->second)) return;
  refuse(fmt::format("its mean is {:.6g} s, and that of its repetitions {:.6g} s", told, mean));
}

void take_samples(const BenchmarkEntries& benchmark, bool ours, record::Record& record) {
  for (const ordered_json* entry : benchmark.iterations) {
    if (take_skipped(*entry, ours, record)) continue;
    const double real = seconds_of(*entry);
    if (ours) {
      require_rates(*entry, real, record.work);
    } else if (record.device_seconds.empty()) {
      take_work(*entry, benchmark.name, real, record);
    }
    take_details(*entry, record);
    record.device_seconds.push_back(real);
    // In assay's exports the CPU time is the time by the host's clock.
    const double cpu = number_of(*entry, "cpu_time");
    if (ours && real > 0)
      record.host_seconds.push_back(real * cpu / number_of(*entry, "real_time"));
  }
  // Since 1.5 each entry says how many there were; a file that was cut may hold fewer.
  const double repetitions = number_of(*benchmark.iterations.front(), "repetitions");
  if (repetitions > static_cast<double>(benchmark.iterations.size())) {
    record.implementation.details["repetitions"] =
        fmt::format("{} of {:.0f} are in the file", benchmark.iterations.size(), repetitions);
  }
  if (record.status != record::Status::ok) record.device_seconds.clear();
  if (record.host_seconds.size() != record.device_seconds.size()) record.host_seconds.clear();
  record.summary = statistics::summarize(record.device_seconds, record.settings.confidence);
  const bool all = !(repetitions > static_cast<double>(benchmark.iterations.size()));
  if (record.status == record::Status::ok && all) require_mean(benchmark, record.summary.mean);
}

/// Used if a file has only aggregates.
void take_aggregates(const BenchmarkEntries& benchmark, bool ours, record::Record& record) {
  const auto seconds = [&](const char* name) {
    const auto found = benchmark.aggregates.find(name);
    const bool told = found != benchmark.aggregates.end() && is_time(*found->second);
    return told ? seconds_of(*found->second) : std::nan("");
  };
  for (const auto& [name, entry] : benchmark.aggregates) {
    if (!take_skipped(*entry, ours, record)) continue;
    record.summary = statistics::summarize({}, record.settings.confidence);
    return;
  }
  const double median = seconds("median"), mean = seconds("mean");
  if (std::isnan(median) && std::isnan(mean)) refuse("has no iteration, no median and no mean");
  record.summary = statistics::summary_of_model(std::isnan(median) ? mean : median);
  record.summary.mean = mean;
  record.summary.standard_deviation = seconds("stddev");
  const auto centre = benchmark.aggregates.find(std::isnan(median) ? "mean" : "median");
  take_details(*centre->second, record);
  if (ours) {
    require_rates(*centre->second, record.summary.median, record.work);
  } else {
    take_work(*centre->second, benchmark.name, record.summary.median, record);
  }
  if (const double count = number_of(*centre->second, "repetitions"); count > 0) {
    record.implementation.details["repetitions"] = fmt::format("{:.0f}", count);
  }
}

/// Reads the information in the benchmark's name. Returns whether assay wrote it.
bool take_name(const BenchmarkEntries& benchmark, const std::string& host, record::Record& record) {
  record.device.kind = "unknown";
  record.device.name = host;
  const auto ours = BenchmarkName::parse(benchmark.name);
  if (ours) {
    const auto problem = kernels::Problem::parse(ours->problem);
    record.problem = ours->problem;
    record.operation = problem.operation().name;
    record.work = problem.operation().work(problem);
    record.implementation.name = ours->implementation;
    record.settings.mode = ours->mode;
    record.repetition = ours->repetition;
    take_device_key(ours->device, record.device);
  } else {
    record.problem = "google_benchmark " + benchmark.name;
    // Two benchmarks may be registered under one name.
    if (benchmark.of_this_name > 1) record.problem += fmt::format(" #{}", benchmark.of_this_name);
    record.operation = "google_benchmark";
    record.implementation.name = "unknown/benchmark";
    record.settings.mode = record::Mode::hot;  // iterations follow each other directly
    record.device.backend = "unknown";
  }
  record.implementation.division = division_of(record.implementation.name);
  return ours.has_value();
}

record::Record record_of(const BenchmarkEntries& benchmark, const record::Run& run) {
  record::Record record;
  record.run = run.id;
  record.started = run.started;
  record.settings.target = record.settings.budget_seconds = 0;
  record.settings.minimum_samples = 0;
  record.target_met = true;  // no target was requested
  record.check = {kernels::Outcome::unchecked, "none: imported", 0, "", 0};
  const bool ours = take_name(benchmark, run.host, record);
  if (!benchmark.iterations.empty()) {
    take_samples(benchmark, ours, record);
  } else {
    take_aggregates(benchmark, ours, record);
  }
  return record;
}

record::Run run_of(const ordered_json& context, const ImportFile& file) {
  record::Run run;
  run.id = file.derived_id(0);
  run.host = text_of(context, "host_name");
  run.command = text_of(context, "executable");
  // A time without a zone is not rejected: it is what versions before 1.5.2 wrote.
  const std::string date = text_of(context, "date");
  const auto moment = record::read_moment(date);
  run.started = run.ended = moment ? record::utc_text(moment->unix_seconds) : file.changed;
  const char* const remark = !moment              ? "the file's time, since it has no readable date"
                             : moment->zone_known ? ""
                                                  : "a time of unknown zone, taken as UTC";
  if (*remark != '\0') {
    run.command += fmt::format("{}({}{})", run.command.empty() ? "" : " ",
                               date.empty() ? "" : date + ": ", remark);
  }
  return run;
}

record::RecordSet read_google_benchmark(const ImportFile& file) {
  if (const std::string excess = record::json_excess(file.content); !excess.empty()) {
    fail(file, "as a whole", excess);
  }
  const ordered_json json = record::parse_first_of_keys<ordered_json>(lenient_json(file.content));
  if (json.is_discarded()) fail(file, "as a whole", "is not JSON, or is cut off");
  if (!json.is_object() || !json.contains("context") || !json["context"].is_object() ||
      !json.contains("benchmarks") || !json["benchmarks"].is_array()) {
    fail(file, "as a whole", "has no context or no benchmarks");
  }
  record::RecordSet record_set;
  record_set.runs.push_back(run_of(json["context"], file));
  std::vector<std::string> left_out;
  const auto leave_out = [&](const std::string& where, const std::string& reason) {
    left_out.push_back(fmt::format("{}: {}: {}", file.name, where, reason));
  };
  for (const BenchmarkEntries& benchmark : benchmarks_of(json["benchmarks"], leave_out)) {
    // Complexity fits over several benchmarks are not measurements.
    const bool fit = benchmark.aggregates.contains("BigO") || benchmark.aggregates.contains("RMS");
    if (benchmark.iterations.empty() && fit) continue;
    try {
      record_set.records.push_back(record_of(benchmark, record_set.runs.front()));
      record_set.records.back().id = file.derived_id(record_set.records.size());
    } catch (const InputError& error) {
      leave_out(benchmark.name, error.what());
    }
  }
  if (record_set.records.empty() && !left_out.empty()) {
    throw InputError(left_out.front(), "no benchmark of the file could be read");
  }
  file.leave_out(left_out);
  return record_set;
}

}  // namespace

const Importer google_benchmark_importer = {
    kFormat, "JSON of --benchmark_out; its results were not verified", recognises_google_benchmark,
    read_google_benchmark};

}  // namespace assay::results::exchange

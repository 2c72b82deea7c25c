// Reads Google Benchmark's JSON. Each benchmark becomes a record with its repetitions as samples.
// Names that assay wrote are parsed; other names are kept as they are.
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "kernels/error.h"
#include "kernels/operation.h"
#include "results/exchange/format.h"
#include "results/exchange/moment.h"
#include "results/exchange/series.h"

namespace assay::results::exchange {

extern const Importer google_benchmark_importer;

namespace {

using nlohmann::ordered_json;

constexpr std::string_view kFormat = "google-benchmark";

/// One benchmark's entries.
struct Family {
  std::string name;
  std::vector<const ordered_json*> iterations;
  std::map<std::string, const ordered_json*> aggregates;
};

[[noreturn]] void fail(const ImportFile& file, const std::string& where, const std::string& what) {
  throw InputError(fmt::format("{}: {}: {}", file.name, where, what),
                   "use a file written by --benchmark_out with --benchmark_out_format=json");
}

bool recognises_google_benchmark(std::string_view beginning) {
  return beginning.find("\"context\"") != std::string_view::npos &&
         (beginning.find("\"library_build_type\"") != std::string_view::npos ||
          beginning.find("\"benchmarks\"") != std::string_view::npos);
}

std::string text_of(const ordered_json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

double number_of(const ordered_json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number() ? found->get<double>() : std::nan("");
}

bool is_true(const ordered_json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_boolean() && found->get<bool>();
}

std::vector<Family> families_of(const ordered_json& benchmarks, const ImportFile& file) {
  std::vector<Family> out;
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < benchmarks.size(); ++i) {
    const ordered_json& entry = benchmarks[i];
    const std::string where = fmt::format("benchmarks[{}]", i);
    if (!entry.is_object() || text_of(entry, "name").empty()) fail(file, where, "has no name");
    const std::string run_name = text_of(entry, "run_name");
    const std::string name = run_name.empty() ? text_of(entry, "name") : run_name;
    const auto [place, fresh] = places.emplace(name, out.size());
    if (fresh) out.push_back({name, {}, {}});
    Family& family = out[place->second];
    if (text_of(entry, "run_type") == "aggregate") {
      family.aggregates.emplace(text_of(entry, "aggregate_name"), &entry);
    } else {
      family.iterations.push_back(&entry);
    }
  }
  return out;
}

/// The entry's time in seconds.
double seconds_of(const ordered_json& entry, const ImportFile& file, const std::string& name) {
  static const std::map<std::string, double> kUnits = {
      {"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}};
  const auto unit = kUnits.find(text_of(entry, "time_unit"));
  const double time = number_of(entry, "real_time");
  if (unit == kUnits.end()) fail(file, name, "time_unit is not one of ns, us, ms, s");
  if (!(time >= 0) || !std::isfinite(time))
    fail(file, name, "real_time is not a finite time of 0 or more");
  return time * unit->second;
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

void take_details(const ordered_json& entry, record::Record& record) {
  record::Properties& details = record.implementation.details;
  if (const double count = number_of(entry, "iterations"); count > 0) {
    details["iterations_per_repetition"] = fmt::format("{:.0f}", count);
  }
  if (const std::string label = text_of(entry, "label"); !label.empty()) details["label"] = label;
  details["time"] = "mean of each repetition's iterations";
}

void take_samples(const Family& family, const ImportFile& file, record::Record& record) {
  for (const ordered_json* entry : family.iterations) {
    if (is_true(*entry, "error_occurred")) {
      record.status = record::Status::error;
      record.reason = text_of(*entry, "error_message");
      continue;
    }
    if (is_true(*entry, "skipped")) {
      record.status = record::Status::unsupported;
      record.reason = text_of(*entry, "skip_message");
      continue;
    }
    const double real = seconds_of(*entry, file, family.name);
    if (record.device_seconds.empty()) take_work(*entry, family.name, real, record);
    take_details(*entry, record);
    record.device_seconds.push_back(real);
  }
  if (record.status != record::Status::ok) record.device_seconds.clear();
  record.summary = statistics::summarize(record.device_seconds, record.settings.confidence);
}

/// Used if a file has only aggregates.
void take_aggregates(const Family& family, const ImportFile& file, record::Record& record) {
  const auto seconds = [&](const char* name) {
    const auto found = family.aggregates.find(name);
    return found == family.aggregates.end() ? std::nan("")
                                            : seconds_of(*found->second, file, family.name);
  };
  const double median = seconds("median"), mean = seconds("mean");
  record.summary = statistics::summary_of_model(std::isnan(median) ? mean : median);
  record.summary.mean = mean;
  record.summary.standard_deviation = seconds("stddev");
  const auto centre = family.aggregates.find(std::isnan(median) ? "mean" : "median");
  take_details(*centre->second, record);
  take_work(*centre->second, family.name, record.summary.median, record);
  if (const double count = number_of(*centre->second, "repetitions"); count > 0) {
    record.implementation.details["repetitions"] = fmt::format("{:.0f}", count);
  }
}

/// Reads the information in the benchmark's name.
void take_name(const std::string& name, const std::string& host, record::Record& record) {
  record.device.kind = "unknown";
  record.device.name = host;
  if (const auto ours = BenchmarkName::parse(name)) {
    const auto problem = kernels::Problem::parse(ours->problem);
    record.problem = ours->problem;
    record.operation = problem.operation().name;
    record.work = problem.operation().work(problem);
    record.implementation.name = ours->implementation;
    record.settings.mode = ours->mode;
    const std::size_t colon = ours->device.find(':');
    record.device.backend = ours->device.substr(0, colon);
    const std::string& device = ours->device;
    if (colon != std::string::npos) {
      std::from_chars(device.data() + colon + 1, device.data() + device.size(),
                      record.device.index);
    }
  } else {
    record.problem = "google_benchmark " + name;
    record.operation = "google_benchmark";
    record.implementation.name = "unknown/benchmark";
    record.settings.mode = record::Mode::hot;  // iterations follow each other directly
    record.device.backend = "unknown";
  }
  record.implementation.division = division_of(record.implementation.name);
}

record::Record record_of(const Family& family, const record::Run& run, const ImportFile& file) {
  record::Record record;
  record.run = run.id;
  record.started = run.started;
  record.settings.target = record.settings.budget_seconds = 0;
  record.settings.minimum_samples = 0;
  record.target_met = true;  // no target was requested
  record.check = {kernels::Outcome::unchecked, "none: imported", 0, "", 0};
  take_name(family.name, run.host, record);
  if (!family.iterations.empty()) {
    take_samples(family, file, record);
  } else if (family.aggregates.contains("median") || family.aggregates.contains("mean")) {
    take_aggregates(family, file, record);
  } else {
    fail(file, family.name, "has no iteration, no median and no mean");
  }
  return record;
}

record::Run run_of(const ordered_json& context, const ImportFile& file) {
  record::Run run;
  run.id = file.derived_id(0);
  run.started = run.ended = to_utc(text_of(context, "date"));
  if (run.started.empty()) fail(file, "context.date", "is not an ISO 8601 date");
  run.host = text_of(context, "host_name");
  run.command = text_of(context, "executable");
  return run;
}

record::RecordSet read_google_benchmark(const ImportFile& file) {
  const ordered_json json = ordered_json::parse(file.content, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) fail(file, "as a whole", "is not JSON, or is cut off");
  if (!json.is_object() || !json.contains("context") || !json["context"].is_object() ||
      !json.contains("benchmarks") || !json["benchmarks"].is_array()) {
    fail(file, "as a whole", "has no context or no benchmarks");
  }
  record::RecordSet record_set;
  record_set.runs.push_back(run_of(json["context"], file));
  for (const Family& family : families_of(json["benchmarks"], file)) {
    // Complexity fits over several benchmarks are not measurements.
    if (family.iterations.empty() &&
        (family.aggregates.contains("BigO") || family.aggregates.contains("RMS"))) {
      continue;
    }
    record_set.records.push_back(record_of(family, record_set.runs.front(), file));
    record_set.records.back().id = file.derived_id(record_set.records.size());
  }
  return record_set;
}

}  // namespace

const Importer google_benchmark_importer = {
    kFormat, "JSON of --benchmark_out; its results were not verified", recognises_google_benchmark,
    read_google_benchmark};

}  // namespace assay::results::exchange

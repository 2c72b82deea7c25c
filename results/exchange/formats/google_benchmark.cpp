// Google Benchmark's JSON, as its compare.py reads it: every sample is a repetition with one
// iteration, followed by the aggregates that Google Benchmark computes. "real_time" is the device's
// time, "cpu_time" the host's.
#include <fmt/format.h>

#include <cmath>
#include <map>
#include <ostream>

#include "kernels/error.h"
#include "results/exchange/format.h"
#include "results/exchange/series.h"
#include "results/record/bus_rate.h"
#include "results/record/parse_json.h"
#include "results/trust/trust.h"

namespace assay::results::exchange {

extern const Exporter google_benchmark_exporter;

namespace {

using nlohmann::ordered_json;

constexpr double kNanoseconds = 1e9;

std::string dump(const ordered_json& json) {
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

ordered_json context(const record::RecordSet& record_set, const ExportStamp& stamp,
                     std::size_t left_out) {
  const record::Run& run = record_set.runs.back();
  const auto environment = record_set.environments.find(run.environment);
  ordered_json about = environment == record_set.environments.end()
                           ? ordered_json(nullptr)
                           : record::parse_json<ordered_json>(environment->second);
  ordered_json out = {{"date", run.started},
                      {"host_name", run.host},
                      {"executable", "assay"},
                      {"num_cpus", 0},
                      {"mhz_per_cpu", 0},
                      {"cpu_scaling_enabled", false},
                      {"caches", ordered_json::array()},
                      {"load_avg", ordered_json::array()},
                      {"library_build_type", "release"}};
  const auto affinity = ordered_json::json_pointer("/limits/cpu_affinity_count");
  if (about.is_object() && about.contains(affinity)) out["num_cpus"] = about.at(affinity);
  out["assay_version"] = run.assay_version;
  out["assay_run"] = run.id;
  out["assay_command"] = run.command;
  out["assay_environment"] = run.environment;
  out["assay_exported"] = fmt::format("{} by {}", stamp.written, stamp.assay_version);
  if (left_out > 0) out["assay_left_out"] = fmt::format("{} modelled records", left_out);
  return out;
}

/// A measurement's name without its repetition.
std::string series_key(const record::Record& record) {
  BenchmarkName name = benchmark_name(record);
  name.repetition = 0;
  return name.text();
}

/// All repetitions of the newest run of each series.
std::vector<const record::Record*> newest_repetitions(std::span<const record::Record> records) {
  std::map<std::string, std::string> runs;  // of each series
  for (const record::Record* record : newest_of_each(records, series_key)) {
    runs[series_key(*record)] = record->run;
  }
  const auto repetition_key = [](const record::Record& record) {
    return benchmark_name(record).text() + "\n" + record.run;
  };
  std::vector<const record::Record*> out = newest_of_each(records, repetition_key);
  std::erase_if(out, [&](const record::Record* record) {
    return runs.at(series_key(*record)) != record->run;
  });
  return out;
}

/// The values that all entries of a record share.
struct Series {
  const record::Record& record;
  std::size_t family;
  std::string name;
  std::uint32_t instance = 0;  ///< the repetition of the run
  trust::Trust trust = trust::trust_of(record);

  ordered_json entry(const std::string& suffix, std::string_view type) const {
    const std::size_t repetitions = record.device_seconds.size();
    ordered_json out = {{"name", name + suffix},
                        {"family_index", family},
                        {"per_family_instance_index", instance},
                        {"run_name", name},
                        {"run_type", type},
                        {"repetitions", std::max<std::size_t>(repetitions, 1)}};
    return out;
  }

  /// A label with what the name does not say.
  std::string label() const {
    std::string text;
    if (record.origin == record::Origin::imported)
      text = "imported from " + record.imported_from.file;
    if (record.check.outcome != kernels::Outcome::right) {
      text += fmt::format("{}{}", text.empty() ? "" : ", ", kernels::name(record.check.outcome));
    } else if (!trust.may_decide()) {
      text += fmt::format("{}doubtful: {}", text.empty() ? "" : ", ", trust.text());
    }
    return text;
  }

  /// Names as in nccl-tests for the rates of a collective.
  void add_collective_rates(ordered_json& entry, double rate) const {
    if (!record::is_collective(record.operation)) return;
    entry["algbw_bytes/s"] = rate;
    const auto factor = record::bus_factor(record.operation, record.problem);
    if (factor) entry["busbw_bytes/s"] = rate * *factor;
  }

  /// The rates for a time per launch.
  void add_rates(ordered_json& entry, double seconds) const {
    if (!(seconds > 0)) return;
    const char* operations = kernels::is_integer(record.work.type) ? "OP/s" : "FLOP/s";
    if (flop_rate(record) > 0) entry[operations] = record.work.flop / seconds;
    if (byte_rate(record) > 0) entry["bytes/s"] = record.work.bytes / seconds;
    add_collective_rates(entry, record.work.bytes / seconds);
    entry["trusted"] = trust.may_decide() ? 1.0 : 0.0;
    if (const std::string text = label(); !text.empty()) entry["label"] = text;
  }
};

void add_times(ordered_json& entry, std::size_t iterations, double real, double cpu) {
  entry["iterations"] = iterations;
  entry["real_time"] = real * kNanoseconds;
  entry["cpu_time"] = cpu * kNanoseconds;
  entry["time_unit"] = "ns";
}

/// Writes entries, one per line.
class Entries {
 public:
  explicit Entries(std::ostream& out) : out_(out) {}
  void add(const ordered_json& entry) {
    out_ << separator_ << "    " << dump(entry);
    separator_ = ",\n";
  }

 private:
  std::ostream& out_;
  const char* separator_ = "";
};

void add_failure(const Series& series, Entries& entries) {
  ordered_json entry = series.entry("", "iteration");
  entry["repetition_index"] = 0;
  entry["threads"] = 1;
  entry["error_occurred"] = true;
  entry["error_message"] = fmt::format("{}: {}", name(series.record.status), series.record.reason);
  add_times(entry, 0, 0, 0);
  entries.add(entry);
}

void add_aggregate(const Series& series, Entries& entries, const std::string& aggregate,
                   const statistics::Summary& real, double statistics::Summary::*value,
                   const statistics::Summary& cpu) {
  ordered_json entry = series.entry("_" + aggregate, "aggregate");
  entry["threads"] = 1;
  entry["aggregate_name"] = aggregate;
  entry["aggregate_unit"] = "time";
  add_times(entry, series.record.device_seconds.size(), real.*value, cpu.*value);
  if (aggregate != "stddev") series.add_rates(entry, real.*value);
  entries.add(entry);
}

/// An aggregate that is a ratio and has no unit of time.
void add_variation(const Series& series, Entries& entries, const statistics::Summary& real,
                   const statistics::Summary& cpu) {
  ordered_json entry = series.entry("_cv", "aggregate");
  entry["threads"] = 1;
  entry["aggregate_name"] = "cv";
  entry["aggregate_unit"] = "percentage";
  entry["iterations"] = series.record.device_seconds.size();
  entry["real_time"] = real.mean > 0 ? real.standard_deviation / real.mean : 0;
  entry["cpu_time"] = cpu.mean > 0 ? cpu.standard_deviation / cpu.mean : 0;
  entry["time_unit"] = "ns";
  entries.add(entry);
}

void add_samples(const Series& series, Entries& entries) {
  const record::Record& record = series.record;
  const std::vector<double>& device = record.device_seconds;
  const std::vector<double>& host =
      record.host_seconds.size() == device.size() ? record.host_seconds : device;
  for (std::size_t i = 0; i < device.size(); ++i) {
    ordered_json entry = series.entry("", "iteration");
    entry["repetition_index"] = i;
    entry["threads"] = 1;
    add_times(entry, 1, device[i], host[i]);
    series.add_rates(entry, device[i]);
    entries.add(entry);
  }
  if (device.empty()) {
    // An imported record may have a time but no samples.
    ordered_json entry = series.entry("", "iteration");
    entry["repetition_index"] = 0;
    entry["threads"] = 1;
    add_times(entry, 1, record.summary.median, record.summary.median);
    series.add_rates(entry, record.summary.median);
    entries.add(entry);
  }
  if (device.size() < 2) return;
  const statistics::Summary real = statistics::summarize(device), cpu = statistics::summarize(host);
  add_aggregate(series, entries, "mean", real, &statistics::Summary::mean, cpu);
  add_aggregate(series, entries, "median", real, &statistics::Summary::median, cpu);
  add_aggregate(series, entries, "stddev", real, &statistics::Summary::standard_deviation, cpu);
  add_variation(series, entries, real, cpu);
}

void write_google_benchmark(const record::RecordSet& record_set, const ExportStamp& stamp,
                            std::ostream& out) {
  std::vector<const record::Record*> exported;
  std::size_t left_out = 0;
  for (const record::Record* record : newest_repetitions(record_set.records)) {
    // A comparison would mistake them for measurements.
    if (is_modelled(*record)) {
      ++left_out;
    } else {
      exported.push_back(record);
    }
  }
  if (exported.empty()) {
    throw InputError(
        "google-benchmark: all records are modelled, and the format cannot mark them as such",
        "export them as csv or json-lines");
  }
  out << "{\n  \"context\": " << dump(context(record_set, stamp, left_out))
      << ",\n  \"benchmarks\": [\n";
  Entries entries(out);
  std::map<std::string, std::size_t> families;
  for (const record::Record* const one : exported) {
    const record::Record& record = *one;
    const std::size_t family =
        families.try_emplace(series_key(record), families.size()).first->second;
    const Series series{record, family, benchmark_name(record).text() + std::string(kManualTime),
                        record.repetition};
    const bool timed = record.status == record::Status::ok && record.summary.median > 0;
    timed ? add_samples(series, entries) : add_failure(series, entries);
  }
  out << "\n  ]\n}\n";
}

}  // namespace

const Exporter google_benchmark_exporter = {
    "google-benchmark", "JSON for compare.py: newest of each series, all samples", false,
    write_google_benchmark};

}  // namespace assay::results::exchange

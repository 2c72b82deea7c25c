// OpenMetrics text 1.0 (RFC draft of 2020), with gauges only and without timestamps. It is
// therefore also valid in Prometheus' older text format, which node_exporter's textfile collector
// reads.
#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <map>
#include <ostream>

#include "kernels/error.h"
#include "results/exchange/format.h"
#include "results/exchange/series.h"
#include "results/exchange/utf8.h"
#include "results/record/bus_rate.h"
#include "results/record/ceilings.h"
#include "results/record/listing.h"
#include "results/record/moment.h"
#include "results/trust/beside.h"
#include "results/trust/trust.h"

namespace assay::results::exchange {

extern const Exporter openmetrics_exporter;

namespace {

using Label = std::pair<std::string_view, std::string>;

std::string label_text(const std::vector<Label>& labels) {
  std::string out;
  for (const auto& [name, value] : labels) {
    out += fmt::format("{}{}=\"", out.empty() ? "{" : ",", name);
    for (const char c : valid_utf8(value)) {
      if (c == '\\' || c == '"') {
        out += '\\';
        out += c;
      } else if (c == '\n') {
        out += "\\n";
      } else {
        out += c;
      }
    }
    out += '"';
  }
  return out.empty() ? "" : out + "}";
}

/// Writes one family: a gauge with a sample for each of `things` that has a finite value.
template <typename Thing>
struct Gauge {
  std::string_view name, unit, help;
  std::function<double(const Thing&)> value;
};

template <typename Thing, typename Labels>
void write(std::ostream& out, const Gauge<Thing>& gauge, const std::vector<const Thing*>& things,
           const Labels& labels) {
  std::string samples;
  for (const Thing* thing : things) {
    const double value = gauge.value(*thing);
    if (std::isfinite(value)) {
      samples += fmt::format("{}{} {}\n", gauge.name, label_text(labels(*thing)), value);
    }
  }
  if (samples.empty()) return;
  out << "# TYPE " << gauge.name << " gauge\n";
  if (!gauge.unit.empty()) out << "# UNIT " << gauge.name << ' ' << gauge.unit << '\n';
  out << "# HELP " << gauge.name << ' ' << gauge.help << '\n' << samples;
}

double unless_zero(double value) {
  return value > 0 ? value : std::nan("");
}

double traffic_of(const record::Record& record) {
  return record::is_collective(record.operation) ? 0 : byte_rate(record);
}
double algorithm_rate_of(const record::Record& record) {
  return record::is_collective(record.operation) ? byte_rate(record) : 0;
}
double bus_rate_of(const record::Record& record) {
  return bus_rate(record).value_or(0);
}

/// The figure, if the record has a time and is not known to be wrong.
template <double (*Value)(const record::Record&)>
double timed(const record::Record& record) {
  return record.status == record::Status::ok ? unless_zero(Value(record)) : std::nan("");
}

double median_of(const record::Record& record) {
  return record.summary.median;
}
double lower_of(const record::Record& record) {
  return record.summary.interval.lower;
}
double upper_of(const record::Record& record) {
  return record.summary.interval.upper;
}
double samples_of(const record::Record& record) {
  return static_cast<double>(record.summary.count);
}
double energy_of(const record::Record& record) {
  return record.energy.joules_per_launch.value_or(0);
}
double energy_lower_of(const record::Record& record) {
  return record.energy.joules_lower.value_or(0);
}
double energy_upper_of(const record::Record& record) {
  return record.energy.joules_upper.value_or(0);
}
double is_trusted(const record::Record& record) {
  return trust::trust_of(record).may_decide() ? 1 : 0;
}
double is_right(const record::Record& record) {
  return record.status == record::Status::ok && record.check.outcome == kernels::Outcome::right ? 1
                                                                                                : 0;
}

const std::vector<Gauge<record::Record>>& gauges() {
  static const std::vector<Gauge<record::Record>> all = {
      {"assay_measurement_ok", "",
       "Whether the newest measurement ended well and its result was verified as right.", is_right},
      {"assay_measurement_trusted", "",
       "Whether nothing speaks against the newest measurement: a quiet machine, a full clock, "
       "times "
       "that settled, enough samples, and an interval as narrow as requested.",
       is_trusted},
      {"assay_measurement_started_timestamp_seconds", "seconds",
       "When the newest measurement began, since 1970.",
       [](const record::Record& record) { return record::unix_seconds(record.started); }},
      {"assay_launch_seconds", "seconds", "Median time of a launch, by the device's clock.",
       timed<median_of>},
      {"assay_launch_lower_seconds", "seconds", "Lower end of the median's confidence interval.",
       timed<lower_of>},
      {"assay_launch_upper_seconds", "seconds", "Upper end of the median's confidence interval.",
       timed<upper_of>},
      {"assay_launch_samples", "", "Launches timed.", timed<samples_of>},
      {"assay_arithmetic_flop_per_second", "flop_per_second",
       "Useful operations per second at the median; a multiply-add counts as two.",
       timed<record::flop_rate>},
      {"assay_traffic_bytes_per_second", "bytes_per_second",
       "Compulsory traffic per second at the median, each operand counted once.",
       timed<traffic_of>},
      {"assay_collective_algbw_bytes_per_second", "bytes_per_second",
       "Bytes of a collective per second at the median, the algbw of nccl-tests.",
       timed<algorithm_rate_of>},
      {"assay_collective_busbw_bytes_per_second", "bytes_per_second",
       "Bytes on a link per second at the median, the busbw of nccl-tests.", timed<bus_rate_of>},
      {"assay_launch_energy_joules", "joules", "Energy per launch.", timed<energy_of>},
      {"assay_launch_energy_lower_joules", "joules", "Lower end of the energy's interval at 95%.",
       timed<energy_lower_of>},
      {"assay_launch_energy_upper_joules", "joules", "Upper end of the energy's interval at 95%.",
       timed<energy_upper_of>},
  };
  return all;
}

std::vector<Label> labels_of(const record::Record& record, const std::string& host) {
  return {{"problem", record.problem},
          {"operation", record.operation},
          {"implementation", record.implementation.name},
          {"division", std::string(name(record.implementation.division))},
          {"mode", std::string(name(record.settings.mode))},
          {"device", device_key(record.device)},
          {"device_name", record.device.name},
          {"host", host},
          {"origin", std::string(name(record.origin))}};
}

/// A gauge for each figure of the sensors: assay_sensor_power_watts.
void write_sensors(std::ostream& out, const std::vector<const record::Record*>& records,
                   const std::function<std::vector<Label>(const record::Record&)>& labels) {
  for (const record::SensorFigure& figure : record::kSensorFigures) {
    const std::string name = std::string("assay_sensor_") + figure.metric;
    const std::string help = std::string(figure.meaning) + ".";
    write(out,
          Gauge<record::Record>{name, std::string_view(name).substr(name.rfind('_') + 1), help,
                                [&figure](const record::Record& record) {
                                  return (record.sensors.*figure.value).value_or(std::nan(""));
                                }},
          records, labels);
  }
}

/// One sample for each doubt about a record.
void write_doubts(std::ostream& out, const std::vector<const record::Record*>& records,
                  const std::function<std::vector<Label>(const record::Record&)>& labels) {
  std::string samples;
  for (const record::Record* record : records) {
    for (const trust::Doubt& doubt : trust::trust_of(*record).doubts) {
      std::vector<Label> all = labels(*record);
      all.emplace_back("fault", std::string(trust::name(doubt.fault)));
      samples += fmt::format("assay_measurement_doubt{} 1\n", label_text(all));
    }
  }
  if (samples.empty()) return;
  out << "# TYPE assay_measurement_doubt gauge\n"
         "# HELP assay_measurement_doubt What speaks against a measurement; the value is always "
         "1.\n"
      << samples;
}

/// Shares of the ceilings that the run of each record measured.
void write_shares(std::ostream& out, const record::RecordSet& record_set,
                  const std::vector<const record::Record*>& records,
                  const std::function<std::vector<Label>(const record::Record&)>& labels) {
  trust::Beside beside(record_set.records);
  std::map<const record::Record*, record::Attainable> shares;
  for (const record::Record* record : records) {
    const auto share = attainable(*record, beside.ceilings(*record));
    if (share) shares.emplace(record, *share);
  }
  using Value = double (*)(const record::Attainable&);
  const auto gauge = [&](std::string_view name, std::string_view help, Value value) {
    write(out,
          Gauge<record::Record>{name, "ratio", help,
                                [&shares, value](const record::Record& record) {
                                  const auto found = shares.find(&record);
                                  return found == shares.end() ? std::nan("")
                                                               : value(found->second);
                                }},
          records, labels);
  };
  gauge("assay_ceiling_share_ratio",
        "Share of the ceiling that limits the problem, as measured in the same run.",
        [](const record::Attainable& share) { return share.fraction; });
  gauge("assay_ceiling_share_lower_ratio", "Lower end of the share's 95% interval.",
        [](const record::Attainable& share) { return share.interval.lower; });
  gauge("assay_ceiling_share_upper_ratio", "Upper end of the share's 95% interval.",
        [](const record::Attainable& share) { return share.interval.upper; });
}

void write_runs(const record::RecordSet& record_set, std::ostream& out) {
  std::vector<const record::Run*> runs;
  for (const record::Run& run : record_set.runs) runs.push_back(&run);
  const auto named = [](const record::Run& run) { return std::vector<Label>{{"run", run.id}}; };
  const auto described = [](const record::Run& run) {
    return std::vector<Label>{{"run", run.id},
                              {"suite", run.suite},
                              {"host", run.host},
                              {"assay_version", run.assay_version}};
  };
  write(out,
        Gauge<record::Run>{"assay_run_description", "", "A run; the value is always 1.",
                           [](const record::Run&) { return 1.0; }},
        runs, described);
  write(out,
        Gauge<record::Run>{
            "assay_run_started_timestamp_seconds", "seconds", "When the run began, since 1970.",
            [](const record::Run& run) { return record::unix_seconds(run.started); }},
        runs, named);
  write(out,
        Gauge<record::Run>{"assay_run_ended_timestamp_seconds", "seconds",
                           "When the run ended, since 1970; absent where it was interrupted.",
                           [](const record::Run& run) { return record::unix_seconds(run.ended); }},
        runs, named);
}

void write_openmetrics(const record::RecordSet& record_set, const ExportStamp&, std::ostream& out) {
  std::map<std::string, std::string> hosts;
  for (const record::Run& run : record_set.runs) hosts[run.id] = run.host;
  const auto labels = [&](const record::Record& record) {
    return labels_of(record, hosts[record.run]);
  };
  std::vector<const record::Record*> records;
  for (const record::Record* record :
       middle_of_each(record_set.records,
                      [&](const record::Record& one) { return label_text(labels(one)); })) {
    // A graph would show them as measurements.
    if (!is_modelled(*record)) records.push_back(record);
  }
  if (records.empty()) {
    throw InputError(
        "openmetrics: all records are modelled, and the format cannot mark them as such",
        "export them as csv or json-lines");
  }
  for (const Gauge<record::Record>& gauge : gauges()) {
    write(out, gauge, records, labels);
  }
  write_sensors(out, records, labels);
  write_doubts(out, records, labels);
  write_shares(out, record_set, records, labels);
  write_runs(record_set, out);
  out << "# EOF\n";
}

}  // namespace

const Exporter openmetrics_exporter = {"openmetrics",
                                       "newest run of each series, for node_exporter's collector",
                                       false, write_openmetrics};

}  // namespace assay::results::exchange

#include "results/fleet/fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <unordered_map>

#include "kernels/error.h"
#include "results/fleet/members.h"
#include "results/fleet/traits.h"
#include "results/page/text.h"
#include "results/record/listing.h"
#include "results/statistics/outliers.h"
#include "results/trust/trust.h"

namespace assay::results::fleet {

namespace {

/// With fewer devices, their scatter is not known well enough to find outliers.
constexpr std::size_t kFewestForScatter = 5;
/// Fewest equal outputs that can be a majority.
constexpr std::size_t kFewestForMajority = 3;

using statistics::RobustSummary;

bool is_verified(const record::Record* record) {
  return record != nullptr && record->status == record::Status::ok && record->summary.median > 0;
}

/// One figure of one device, with its standard error.
struct Reading {
  std::size_t device = 0;
  double value = 0, uncertainty = 0;
  const record::Record* record = nullptr;
};

class Examination {
 public:
  Examination(const FleetTable& table, const FleetOptions& options) : table_(table) {
    out_.name = table.name;
    out_.options = options;
    out_.devices = table.devices;
    for (const FleetColumn& column : table.columns) {
      for (const record::Record* record : column.records) {
        if (is_verified(record)) trust_.emplace(record, trust::trust_of(*record));
      }
    }
  }

  Fleet run() {
    for (const FleetColumn& column : table_.columns) {
      note_failures(column);
      compare_outputs(column);
      add_work(column);
    }
    note_missing();
    note_doubtful();
    if (out_.devices.size() < kFewestForScatter) {
      out_.untested.push_back(
          fmt::format("slow, hot and noisy devices and high power: the scatter of devices cannot "
                      "be estimated from {} devices; at least {} are needed",
                      out_.devices.size(), kFewestForScatter));
    } else {
      look_for_outliers();
    }
    gather_findings();
    return std::move(out_);
  }

 private:
  /// A fault of a device for one problem. Those with the same fault and device become one finding.
  struct Symptom {
    FleetFault fault;
    std::size_t device;
    std::string problem;
    double size, deviations;
    std::string text;
    const record::Record* record;
  };

  void add_symptom(FleetFault fault, std::size_t device, const FleetColumn& column,
                   std::string text, double size = 0, double deviations = 0) {
    symptoms_.push_back(
        {fault, device, column.problem, size, deviations, std::move(text), column.records[device]});
  }

  void note_failures(const FleetColumn& column) {
    for (std::size_t device = 0; device < column.records.size(); ++device) {
      const record::Record* record = column.records[device];
      if (record == nullptr || record->status == record::Status::unsupported) continue;
      if (record->status == record::Status::wrong) {
        add_symptom(FleetFault::wrong, device, column, record->reason);
      } else if (record->status != record::Status::ok) {
        add_symptom(FleetFault::failed, device, column,
                    fmt::format("{}: {}", record::name(record->status), record->reason));
      } else if (const auto doubt = trust::throttled(*record)) {
        add_symptom(FleetFault::throttled, device, column, doubt->text);
      }
    }
  }

  /// Compares the outputs of verified results for equal operands by one implementation.
  void compare_outputs(const FleetColumn& column) {
    std::map<std::string, std::vector<std::size_t>> outputs;
    std::size_t all = 0;
    for (std::size_t device = 0; device < column.records.size(); ++device) {
      const record::Record* record = column.records[device];
      if (!is_verified(record) || record->output_hash.empty()) continue;
      outputs[record->output_hash].push_back(device);
      ++all;
    }
    if (outputs.size() < 2) return;
    const auto most = std::max_element(
        outputs.begin(), outputs.end(),
        [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
    if (most->second.size() < kFewestForMajority || 2 * most->second.size() <= all) {
      out_.untested.push_back(fmt::format(
          "which output of {} {} is right: {} devices gave {} different outputs, and "
          "none of them is that of a majority",
          record::brief_problem(column.problem), column.implementation, all, outputs.size()));
      return;
    }
    for (const auto& [hash, devices] : outputs) {
      if (hash == most->first) continue;
      for (const std::size_t device : devices) {
        add_symptom(FleetFault::other_output, device, column,
                    fmt::format("output {}; that of {} other devices is {}", hash,
                                most->second.size(), most->first));
      }
    }
  }

  void add_work(const FleetColumn& column) {
    std::vector<double> seconds;
    FleetWork work{column.problem, column.implementation, column.mode};
    double slowest = 0;
    const record::Record* any = nullptr;
    for (std::size_t device = 0; device < column.records.size(); ++device) {
      const record::Record* record = column.records[device];
      if (!is_verified(record)) continue;
      any = record;
      seconds.push_back(record->summary.median);
      if (record->summary.median > slowest) {
        slowest = record->summary.median;
        work.slowest = device;
      }
    }
    if (any == nullptr) return;
    work.doubt = trust_.at(column.records[work.slowest]).names();
    work.devices = seconds.size();
    work.flop = figure_of(*any) == kernels::Figure::operations;
    work.integer = kernels::is_integer(any->work.type);
    const double units = work.flop ? any->work.flop : any->work.bytes;
    for (double& one : seconds) {
      work.total_rate += units / one;
      one = std::log(one);
    }
    work.synchronous_rate = units / slowest * static_cast<double>(seconds.size());
    const RobustSummary summary = statistics::robust_summary(seconds);
    work.median_seconds = std::exp(summary.middle);
    work.scatter = summary.scatter;
    out_.work.push_back(std::move(work));
  }

  /// Reports measurements that most devices have and this one does not.
  void note_missing() {
    for (const FleetColumn& column : table_.columns) {
      const auto held = static_cast<std::size_t>(
          std::count_if(column.records.begin(), column.records.end(),
                        [](const record::Record* record) { return record != nullptr; }));
      if (2 * held <= column.records.size()) continue;
      for (std::size_t device = 0; device < column.records.size(); ++device) {
        if (column.records[device] == nullptr) {
          add_symptom(FleetFault::missing, device, column,
                      fmt::format("not measured, but measured on {} other devices", held));
        }
      }
    }
  }

  void note_doubtful() {
    trust::DoubtCounts counts;
    for (const auto& [record, trust] : trust_) {
      if (trust.may_be_off()) counts.add(*record, trust);
    }
    if (counts.doubtful == 0) return;
    out_.untested.push_back(
        fmt::format("slow and noisy devices by {} with times that may be off: {}",
                    page::counted(counts.doubtful, "result"), counts.counts()));
  }

  std::vector<Reading> readings(const FleetColumn& column, const Trait& trait) const {
    std::vector<Reading> out;
    for (std::size_t device = 0; device < column.records.size(); ++device) {
      const record::Record* record = column.records[device];
      if (!is_verified(record)) continue;
      const bool of_time = trait.fault == FleetFault::slow || trait.fault == FleetFault::noisy;
      if (of_time && trust_.at(record).may_be_off()) continue;
      const double value = trait.value(*record);
      if (std::isnan(value)) continue;
      out.push_back({device, value, trait.uncertainty(*record), record});
    }
    return out;
  }

  struct Outlier {
    Reading reading;
    RobustSummary summary;
    double deviations, probability;
  };

  /// Every reading with its probability; empty if there are too few.
  std::vector<Outlier> judged(const std::vector<Reading>& readings, double tail) {
    std::vector<Outlier> out;
    if (readings.size() < kFewestForScatter) return out;
    std::vector<double> values, uncertainties;
    for (const Reading& reading : readings) {
      values.push_back(reading.value);
      uncertainties.push_back(reading.uncertainty);
    }
    RobustSummary summary = statistics::robust_summary(values);
    summary.freedom = std::min(summary.freedom, tail);
    const double typical = statistics::median(uncertainties);
    for (const Reading& reading : readings) {
      const double far =
          statistics::deviations_above(reading.value, reading.uncertainty, summary, typical);
      out.push_back({reading, summary, far, statistics::probability_above(far, summary)});
    }
    out_.tests += out.size();
    return out;
  }

  void look_for_outliers() {
    struct Candidate {
      const Trait* trait;
      const FleetColumn* column;  // null: over all
      Outlier outlier;
    };
    std::vector<Candidate> candidates;
    constexpr double kNormal = std::numeric_limits<double>::infinity();
    const std::vector<Reading> slowness = slowness_of_devices();
    const double tail = tail_of_times();
    for (const Trait& trait : traits()) {
      const double own_tail = trait.fault == FleetFault::slow ? tail : kNormal;
      for (const FleetColumn& column : table_.columns) {
        for (const Outlier& one : judged(readings(column, trait), own_tail)) {
          candidates.push_back({&trait, &column, one});
        }
      }
    }
    for (const Outlier& one : judged(slowness, kNormal)) {
      candidates.push_back({&traits().front(), nullptr, one});
    }
    // Bonferroni correction: at most `level` for all tests of the fleet together.
    const double level =
        out_.options.level / static_cast<double>(std::max<std::size_t>(1, out_.tests));
    for (const Candidate& one : candidates) {
      const double excess = one.outlier.reading.value - one.outlier.summary.middle;
      if (one.outlier.probability > level || excess < one.trait->threshold(out_.options)) continue;
      const std::string text =
          one.trait->text(excess, one.outlier.reading.value, one.outlier.summary.middle);
      symptoms_.push_back({one.trait->fault, one.outlier.reading.device,
                           one.column ? one.column->problem : "", excess, one.outlier.deviations,
                           text, one.outlier.reading.record});
    }
  }

  /// The mean over all problems shows best if a device is slower in everything.
  std::vector<Reading> slowness_of_devices() {
    std::vector<double> sums(out_.devices.size()), counts(out_.devices.size());
    for (const FleetColumn& column : table_.columns) {
      const auto seconds = readings(column, traits().front());
      if (seconds.size() < kFewestForScatter) continue;
      std::vector<double> values;
      for (const Reading& reading : seconds) values.push_back(reading.value);
      const double middle = statistics::median(values);
      for (const Reading& reading : seconds) {
        sums[reading.device] += reading.value - middle;
        ++counts[reading.device];
      }
    }
    std::vector<Reading> out;
    for (std::size_t device = 0; device < sums.size(); ++device) {
      out_.devices[device].slowness = counts[device] > 0 ? sums[device] / counts[device]
                                                         : std::numeric_limits<double>::quiet_NaN();
      if (counts[device] > 0) out.push_back({device, out_.devices[device].slowness, 0, nullptr});
    }
    for (const Reading& one : out) {
      const double held =
          static_cast<double>(std::ranges::count_if(table_.columns, [&](const FleetColumn& column) {
            return is_verified(column.records[one.device]);
          }));
      if (2 * counts[one.device] >= held) ++out_.speed_tested;
    }
    return out;
  }

  /// The tails of the scatter of times between the problems of one device: if every device is slow
  /// now and then, being slow once is not an outlier.
  double tail_of_times() const {
    std::vector<double> left;
    for (const FleetColumn& column : table_.columns) {
      const auto seconds = readings(column, traits().front());
      std::vector<double> values;
      for (const Reading& reading : seconds) {
        values.push_back(reading.value - out_.devices[reading.device].slowness);
      }
      const double middle = statistics::median(values);
      for (const double value : values) left.push_back(value - middle);
    }
    return statistics::tail_freedom(left);
  }

  /// Combines the symptoms of one fault on one device into one finding.
  void gather_findings() {
    std::map<std::pair<FleetFault, std::size_t>, std::vector<const Symptom*>> groups;
    for (const Symptom& one : symptoms_) groups[{one.fault, one.device}].push_back(&one);
    for (auto& [key, symptoms] : groups) {
      const auto weightier = [](const Symptom* a, const Symptom* b) {
        return a->problem.empty() != b->problem.empty() ? a->problem.empty() : a->size > b->size;
      };
      std::stable_sort(symptoms.begin(), symptoms.end(), weightier);
      const Symptom& first = *symptoms.front();
      FleetFinding finding{key.first,  key.second,       0,          first.problem,
                           first.size, first.deviations, first.text, {}};
      for (const Symptom* one : symptoms) {
        finding.count += one->problem.empty() ? 0 : 1;
        if (one->record != nullptr) finding.records.push_back(one->record->id);
      }
      out_.findings.push_back(std::move(finding));
    }
    std::stable_sort(out_.findings.begin(), out_.findings.end(),
                     [](const FleetFinding& a, const FleetFinding& b) {
                       return a.fault != b.fault ? a.fault < b.fault : a.size > b.size;
                     });
  }

  const FleetTable& table_;
  std::unordered_map<const record::Record*, trust::Trust> trust_;  ///< of verified records
  Fleet out_;
  std::vector<Symptom> symptoms_;
};

}  // namespace

std::vector<Fleet> examine_fleets(std::span<const record::Record> records,
                                  const FleetOptions& options) {
  std::vector<Fleet> out;
  for (const FleetTable& table : fleet_tables(records, options.rack)) {
    if (table.devices.size() < 2) continue;
    out.push_back(Examination(table, options).run());
  }
  if (out.empty()) {
    throw InputError(records.empty()
                         ? "there are no records"
                         : "these records are of one device: there is no other to compare it with",
                     "name runs that measured two or more devices of one kind");
  }
  return out;
}

}  // namespace assay::results::fleet

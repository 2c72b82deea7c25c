#include "results/fleet/fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "kernels/error.h"
#include "results/fleet/members.h"
#include "results/fleet/outliers.h"
#include "results/fleet/traits.h"
#include "results/page/text.h"
#include "results/record/listing.h"

namespace assay::results::fleet {

namespace {

/// With fewer the scatter of like devices is not known well enough to call one unlike.
constexpr std::size_t kFewestForScatter = 5;
/// An answer is that of most only where so many gave it.
constexpr std::size_t kFewestForMajority = 3;

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
  }

  Fleet carry_out() {
    for (const FleetColumn& column : table_.columns) {
      note_failures(column);
      compare_answers(column);
      add_work(column);
    }
    note_missing();
    if (out_.devices.size() < kFewestForScatter) {
      out_.untested.push_back(fmt::format(
          "slow, hot, noisy and hungry devices: {} do not show how far like devices scatter; {} do",
          out_.devices.size(), kFewestForScatter));
    } else {
      look_for_outliers();
    }
    gather_findings();
    return std::move(out_);
  }

 private:
  /// A fault of a device in a column, before those of one kind are drawn together.
  struct Sign {
    FleetFault fault;
    std::size_t device;
    std::string problem;
    double size, deviations;
    std::string text;
    const record::Record* record;
  };

  void sign(FleetFault fault, std::size_t device, const FleetColumn& column, std::string text,
            double size = 0, double deviations = 0) {
    signs_.push_back(
        {fault, device, column.problem, size, deviations, std::move(text), column.records[device]});
  }

  void note_failures(const FleetColumn& column) {
    for (std::size_t device = 0; device < column.records.size(); ++device) {
      const record::Record* record = column.records[device];
      if (record == nullptr || record->status == record::Status::unsupported) continue;
      if (record->status == record::Status::wrong) {
        sign(FleetFault::wrong, device, column, record->reason);
      } else if (record->status != record::Status::ok) {
        sign(FleetFault::failed, device, column,
             fmt::format("{}: {}", record::name(record->status), record->reason));
      } else if (!record->sensors.throttle.empty()) {
        sign(FleetFault::throttled, device, column,
             fmt::format("throttled: {}", record->sensors.throttle));
      } else if (record->throttling.kept_launches > 0) {
        sign(FleetFault::throttled, device, column,
             "measured at a clock below 3/4 of its highest, after pauses too");
      }
    }
  }

  /// Of verified results on equal operands by one implementation.
  void compare_answers(const FleetColumn& column) {
    std::map<std::string, std::vector<std::size_t>> answers;
    std::size_t all = 0;
    for (std::size_t device = 0; device < column.records.size(); ++device) {
      const record::Record* record = column.records[device];
      if (!is_verified(record) || record->output_hash.empty()) continue;
      answers[record->output_hash].push_back(device);
      ++all;
    }
    if (answers.size() < 2) return;
    const auto most = std::max_element(
        answers.begin(), answers.end(),
        [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
    if (most->second.size() < kFewestForMajority || 2 * most->second.size() <= all) {
      out_.untested.push_back(fmt::format(
          "which answer of {} {} is right: {} devices gave {} different ones, none of "
          "them most often enough",
          record::brief_problem(column.problem), column.implementation, all, answers.size()));
      return;
    }
    for (const auto& [hash, devices] : answers) {
      if (hash == most->first) continue;
      for (const std::size_t device : devices) {
        sign(FleetFault::other_answer, device, column,
             fmt::format("output {}, that of {} others is {}", hash, most->second.size(),
                         most->first));
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
    work.devices = seconds.size();
    work.flop = figure_of(*any) == kernels::Figure::operations;
    work.integer = kernels::is_integer(any->work.type);
    const double units = work.flop ? any->work.flop : any->work.bytes;
    for (double& one : seconds) {
      work.sum_rate += units / one;
      one = std::log(one);
    }
    work.pace_rate = units / slowest * static_cast<double>(seconds.size());
    const Bulk bulk = bulk_of(seconds);
    work.middle_seconds = std::exp(bulk.middle);
    work.scatter = bulk.scatter;
    out_.work.push_back(std::move(work));
  }

  /// What most devices have and this one has not.
  void note_missing() {
    for (const FleetColumn& column : table_.columns) {
      const auto held = static_cast<std::size_t>(
          std::count_if(column.records.begin(), column.records.end(),
                        [](const record::Record* record) { return record != nullptr; }));
      if (2 * held <= column.records.size()) continue;
      for (std::size_t device = 0; device < column.records.size(); ++device) {
        if (column.records[device] == nullptr) {
          sign(FleetFault::missing, device, column,
               fmt::format("not measured, as on {} others", held));
        }
      }
    }
  }

  static std::vector<Reading> readings(const FleetColumn& column, const Trait& trait) {
    std::vector<Reading> out;
    for (std::size_t device = 0; device < column.records.size(); ++device) {
      const record::Record* record = column.records[device];
      if (!is_verified(record)) continue;
      const double value = trait.value(*record);
      if (std::isnan(value)) continue;
      out.push_back({device, value, trait.uncertainty(*record), record});
    }
    return out;
  }

  struct Outlier {
    Reading reading;
    Bulk bulk;
    double deviations, probability;
  };

  /// Every reading with how improbable it is; none where there are too few.
  std::vector<Outlier> judged(const std::vector<Reading>& readings, double tail) {
    std::vector<Outlier> out;
    if (readings.size() < kFewestForScatter) return out;
    std::vector<double> values, uncertainties;
    for (const Reading& reading : readings) {
      values.push_back(reading.value);
      uncertainties.push_back(reading.uncertainty);
    }
    Bulk bulk = bulk_of(values);
    bulk.freedom = std::min(bulk.freedom, tail);
    const double typical = statistics::median(uncertainties);
    for (const Reading& reading : readings) {
      const double far = deviations(reading.value, reading.uncertainty, bulk, typical);
      out.push_back({reading, bulk, far, probability_above(far, bulk)});
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
    // Bonferroni's bound: at most `level` for all tests of the fleet together.
    const double level =
        out_.options.level / static_cast<double>(std::max<std::size_t>(1, out_.tests));
    for (const Candidate& one : candidates) {
      const double excess = one.outlier.reading.value - one.outlier.bulk.middle;
      if (one.outlier.probability > level || excess < one.trait->threshold(out_.options)) continue;
      const std::string text =
          one.trait->text(excess, one.outlier.reading.value, one.outlier.bulk.middle);
      signs_.push_back({one.trait->fault, one.outlier.reading.device,
                        one.column ? one.column->problem : "", excess, one.outlier.deviations, text,
                        one.outlier.reading.record});
    }
  }

  /// What a device loses in everything it does shows best in the mean over all of it.
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
    return out;
  }

  /// How heavy the tails are of what times scatter by from problem to problem on one device: a
  /// device that is slow once is nothing where all are now and then.
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
    return tail_freedom(left);
  }

  /// Signs of one fault on one device are one finding.
  void gather_findings() {
    std::map<std::pair<FleetFault, std::size_t>, std::vector<const Sign*>> groups;
    for (const Sign& one : signs_) groups[{one.fault, one.device}].push_back(&one);
    for (auto& [key, signs] : groups) {
      const auto weightier = [](const Sign* a, const Sign* b) {
        return a->problem.empty() != b->problem.empty() ? a->problem.empty() : a->size > b->size;
      };
      std::stable_sort(signs.begin(), signs.end(), weightier);
      const Sign& first = *signs.front();
      FleetFinding finding{key.first,  key.second,       0,          first.problem,
                           first.size, first.deviations, first.text, {}};
      for (const Sign* one : signs) {
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
  Fleet out_;
  std::vector<Sign> signs_;
};

}  // namespace

std::string_view name(FleetFault fault) {
  switch (fault) {
    case FleetFault::other_answer:
      return "other answer";
    case FleetFault::wrong:
      return "wrong";
    case FleetFault::failed:
      return "failed";
    case FleetFault::missing:
      return "missing";
    case FleetFault::slow:
      return "slow";
    case FleetFault::throttled:
      return "throttled";
    case FleetFault::hot:
      return "hot";
    case FleetFault::noisy:
      return "noisy";
    case FleetFault::hungry:
      return "hungry";
  }
  return "";
}

bool keeps_work_away(FleetFault fault) {
  return fault != FleetFault::hot && fault != FleetFault::noisy && fault != FleetFault::hungry;
}

std::string FleetDevice::place() const {
  std::string out = host.empty() ? "" : host + " ";
  out += "slot " + slot;
  return rack.empty() ? out : rack + " " + out;
}

std::vector<std::string> Fleet::hosts_to_drain() const {
  std::vector<bool> faulty(devices.size());
  for (const FleetFinding& finding : findings) {
    if (keeps_work_away(finding.fault)) faulty[finding.device] = true;
  }
  std::vector<std::string> out;
  for (std::size_t device = 0; device < devices.size(); ++device) {
    const std::string& host = devices[device].host;
    if (faulty[device] && !host.empty() && std::find(out.begin(), out.end(), host) == out.end()) {
      out.push_back(host);
    }
  }
  return out;
}

std::vector<Fleet> examine_fleets(std::span<const record::Record> records,
                                  const FleetOptions& options) {
  std::vector<Fleet> out;
  for (const FleetTable& table : fleet_tables(records, options.rack)) {
    if (table.devices.size() < 2) continue;
    out.push_back(Examination(table, options).carry_out());
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

// Histories: the results of one implementation for one problem on one kind of device, run by run.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "results/record/record.h"
#include "results/trust/trust.h"

namespace assay::results::regress {

enum class HistoryQuantity {
  time,
  energy
};  ///< median seconds or joules per launch; less is better
std::string_view name(HistoryQuantity quantity);

/// The result of one run.
struct HistoryRun {
  std::string run, started;  ///< of the first record of the run in this series
  std::string record;        ///< id of that record
  std::string environment;   ///< SHA-256
  double value = 0;          ///< the median, if the run has several devices of the kind
  statistics::Interval
      interval;  ///< of one record, 95%; of several, from the smallest to the largest
  std::size_t records = 1;
  std::vector<double> values;  ///< of all its records
};

/// A result that is not judged, because it may be off by more than its interval.
struct UnusedResult {
  std::string run, started;
  std::string record;
  trust::Trust trust;
};

struct Series {
  std::string device;  ///< "cpu AMD EPYC"; with SeriesOptions::per_device also the unit
  std::string problem, implementation;
  record::Mode mode = record::Mode::cold;
  std::string operation;
  kernels::Work work;
  HistoryQuantity quantity = HistoryQuantity::time;
  std::vector<HistoryRun> runs;      ///< in the order of their start; may be empty
  std::vector<UnusedResult> unused;  ///< in the order of the records

  std::vector<double> values() const;
  /// "cpu AMD EPYC | copy n=1 type=f32 | native/stream | cold | time". Patterns are matched with
  /// it.
  std::string key() const;
};

struct SeriesOptions {
  /// The runs that measured suspicious results again (confirmation.h), instead of all others.
  bool confirmations = false;
  bool per_device =
      false;  ///< a separate series for each unit, by its unique id, else by host and index
};

/// Makes the series of all measurements made here with a right result, and separately those of
/// imported ones, whose device ends with "(imported)"; without modelled ones. A result that may be
/// off by more than its interval (a busy machine, a low clock, times that had not settled or
/// drifted) is kept apart; one whose interval is merely wide is used. Of a record it keeps only a
/// few figures, so a history may have millions.
class SeriesCollector {
 public:
  /// `runs` gives the host of each run. It must outlive the collector.
  SeriesCollector(std::span<const record::Run> runs, const SeriesOptions& options);
  /// Records in order of time, with their samples. They are judged on all cores.
  void add(std::span<const record::Record> records);
  /// The series, in the order of their keys.
  std::vector<Series> take();

 private:
  struct Part {
    Series series;
    std::unordered_map<std::string, std::size_t> places;  ///< of runs in the series, by id
  };

  struct Entry;

  Entry entry_of(const record::Record& record) const;
  void add(Entry& entry, HistoryQuantity quantity, double value,
           const statistics::Interval& interval);

  SeriesOptions options_;
  std::unordered_map<std::string, const record::Run*> runs_;  // by id
  std::map<std::string, Part> parts_;                         // by key of the series
};

/// The series of some records, which have their samples.
std::vector<Series> series_of(std::span<const record::Record> records,
                              std::span<const record::Run> runs, const SeriesOptions& options);

/// The values of all runs as value_text() shows them, up to a constant factor: rates if there is
/// work.
std::vector<double> shown_values(const Series& series);
/// A value of a series as text: "199 GFLOP/s" if there is work, else "1.23 ms".
std::string value_text(const Series& series, double value);

}  // namespace assay::results::regress

// Histories: the results of one implementation for one problem on one kind of device, run by run.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "results/record/record.h"
#include "results/regress/shared_text.h"
#include "results/store/point.h"
#include "results/trust/trust.h"

namespace assay::results::regress {

enum class HistoryQuantity {
  time,
  energy
};  ///< median seconds or joules per launch; less is better
std::string_view name(HistoryQuantity quantity);

/// The result of one run.
struct HistoryRun {
  SharedText run;
  std::string started;     ///< of the first record of the run in this series
  std::string record;      ///< id of that record
  SharedText environment;  ///< SHA-256
  double value = 0;        ///< the median, if the run has several devices of the kind
  statistics::Interval
      interval;  ///< of one record, 95%; of several, from the smallest to the largest
  std::size_t records = 1;
  std::vector<double> several;  ///< of all its records, if they are several

  std::vector<double> values() const;
};

/// A result that is not judged, because it may be off by more than its interval.
struct UnusedResult {
  SharedText run;
  std::string started;
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
  /// `runs` gives the host of each run.
  SeriesCollector(std::span<const record::Run> runs, const SeriesOptions& options);
  /// In any order.
  void add(const store::Point& point);
  /// The series, in the order of their keys.
  std::vector<Series> take();

 private:
  struct KnownRun {
    SharedText id, environment;
    std::string host;
    bool again = false;  ///< it measured suspicious results again
  };
  /// The series that the points of one store::PointSeries and one host add to.
  struct Parts {
    std::shared_ptr<const store::PointSeries> of;  ///< its address is part of the key
    Series *time = nullptr, *energy = nullptr;
  };

  KnownRun& run_of(const store::Point& point);
  Series& part_of(const store::PointSeries& of, const std::string& host, HistoryQuantity quantity);

  SeriesOptions options_;
  std::unordered_map<std::string, KnownRun> runs_;  // by id
  std::map<std::pair<const store::PointSeries*, std::string>, Parts> parts_;
  std::map<std::string, Series> series_;  // by key
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

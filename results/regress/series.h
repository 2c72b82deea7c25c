// Histories: what one problem took by one implementation on one kind of device, run after run.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/record/record.h"

namespace assay::results::regress {

enum class HistoryQuantity {
  time,
  energy
};  ///< median seconds, or joules, of a launch; less is better
std::string_view name(HistoryQuantity quantity);

/// One run's contribution.
struct Night {
  std::string run, started;  ///< of the run's first record here
  std::string record;        ///< id of it
  std::string environment;   ///< SHA-256
  double value = 0;          ///< of several devices of the kind, the median
  statistics::Interval
      interval;  ///< of one record, 95%; of several, from the least to the greatest
  std::size_t records = 1;
};

struct Series {
  std::string device;  ///< "cpu AMD EPYC"; with SeriesOptions::per_device the unit too
  std::string problem, implementation, mode;
  std::string operation;
  kernels::Work work;
  HistoryQuantity quantity = HistoryQuantity::time;
  std::vector<Night> nights;  ///< in the order in which they began

  std::vector<double> values() const;
  /// "cpu AMD EPYC | copy n=1 type=f32 | native/stream | cold | time": what patterns match.
  std::string key() const;
};

struct SeriesOptions {
  bool per_device = false;  ///< each unit's own, by its unique id, else its host and index
};

/// Of measurements made here whose result was right; what is modelled or imported has no part.
/// `hosts` names each run's host. In the order of their keys.
std::vector<Series> series_of(std::span<const record::Record> records,
                              std::span<const record::Run> runs, const SeriesOptions& options);

/// Every night's value up to a factor as value_text() gives it: rates where there is work.
std::vector<double> shown_values(const Series& series);
/// "1.23 ms", "199 GFLOP/s": a series' value as people read it, rates where there is work.
std::string value_text(const Series& series, double value);

}  // namespace assay::results::regress

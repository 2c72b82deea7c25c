// What a history keeps of a record: a few figures, which a store holds beside the whole record so
// that a million nights are read in seconds.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "results/record/record.h"
#include "results/trust/trust.h"

namespace assay::results::store {

/// What the records of one device, problem, implementation and mode have in common.
struct PointSeries {
  record::DeviceIdentity device;  ///< backend, name, unique_id and index only
  std::string problem, operation, implementation;
  record::Division division = record::Division::reference;
  record::Mode mode = record::Mode::cold;
  bool imported = false;
  kernels::Work work;
};

/// The text by which a store names a series, and its opposite. Throws InputError for a text that
/// this program did not write.
std::string text_of(const PointSeries& series);
PointSeries point_series(std::string_view text);

/// An interval around a value, both as in a record: seconds or joules per launch.
struct PointFigure {
  double value = 0;
  statistics::Interval interval;
};

struct Point {
  std::shared_ptr<const PointSeries> series;
  std::string record, run, started;
  std::string environment;  ///< SHA-256; empty where the record has none of its own
  PointFigure time;
  std::optional<PointFigure> energy;
  /// Why the figures may be off by more than their interval, so that no history may use them;
  /// without doubts if it may.
  trust::Trust doubts;
};

/// nullopt for a record that no history may have: modelled, failed, wrong, or, unless it was
/// imported, without a result that was verified. `trust` is
/// trust_of() the record.
std::optional<Point> point_of(const record::Record& record, const trust::Trust& trust);

}  // namespace assay::results::store

// The table of points: written with each record, and read in its place by histories.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "results/record/record.h"
#include "results/store/database/statements.h"
#include "results/store/point.h"

namespace assay::results::store {

/// Adds the points of records within the caller's transaction. The store must already contain the
/// record. Writing one again changes nothing.
class PointWriter {
 public:
  explicit PointWriter(const Database& database);
  void write(const record::Record& record, const trust::Trust& trust);

 private:
  Statement series_, point_, none_;
  std::string text_, doubts_;  // bound without copying
  std::vector<double> figures_;
};

struct PointFilter {
  std::string series = "TRUE";      ///< a WHERE clause over the columns of `point_series`
  std::vector<std::string> values;  ///< its parameters
  std::string run;                  ///< an id; empty: all
};

/// Calls `visit` with the points that match, in the order in which they were stored.
void read_points(const Database& database, const PointFilter& filter,
                 const std::function<void(const Point&)>& visit);

/// A WHERE clause for the records that have no point, because an older version stored them or one
/// whose rules of trust were others. Empty if there are none.
std::string without_point(const Database& database);

}  // namespace assay::results::store

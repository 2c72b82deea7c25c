// The value of one measured quantity that a record gives, and of expressions of several.
#pragma once

#include <vector>

#include "results/claims/expression.h"
#include "results/claims/problem_pattern.h"
#include "results/claims/test_mode.h"
#include "results/record/record.h"

namespace assay::results::claims {

/// A rate, a time or an energy, with the interval that follows from the measured times, or from the
/// sensor.
struct MeasuredValue {
  const record::Record* record = nullptr;
  double work = 0;  ///< FLOP or bytes per launch
  double value = 0;
  statistics::Interval interval;
};

/// Whether the record has the energy of a launch with its interval.
bool has_energy(const record::Record& record);
/// Whether bytes are counted: bandwidths.
bool is_of_bytes(MeasuredQuantity quantity_kind);
bool less_is_better(MeasuredQuantity quantity_kind);

/// Of a quantity that needs energy only if has_energy().
MeasuredValue measured_value(const record::Record& record, MeasuredQuantity quantity_kind);
/// Widens the interval where the times changed while they were measured.
void settle(MeasuredValue& measured, MeasuredQuantity quantity_kind);

/// Whether the expression is one rate divided by another.
bool is_ratio_of_rates(const Expression& expression);
/// Interval of a.value / b.value. Deviations are propagated as logarithms, so that a ratio stays
/// positive however uncertain its parts are.
statistics::Interval ratio_interval(const MeasuredValue& a, const MeasuredValue& b);
/// The smallest and the largest value at the ends of all intervals.
statistics::Interval corner_interval(const Expression& expression,
                                     const std::vector<MeasuredValue>& readings);
/// Whether all were measured at one clock: a ratio of rates at different clocks is one of the
/// clocks as well.
bool at_one_clock(const std::vector<MeasuredValue>& readings);
/// What the expression's value says about its value in the mode of the test.
Side side_of_all(const Expression& expression, const std::vector<double>& values,
                 const std::vector<Side>& sides);

}  // namespace assay::results::claims

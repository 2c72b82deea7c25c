// What in a record contradicts the rest of it.
#pragma once

#include <string>

#include "results/record/record.h"

namespace assay::results::record {

/// Why the figures of a record cannot be those of one measurement: they are not those of its
/// samples, the interval does not contain the median, a wrong result is called good, the time is
/// not above zero, or the work is not the problem's. Empty if nothing contradicts, and for records
/// without a figure.
std::string contradiction(const Record& record);

/// Why count, median, mean or extremes are not those of the samples, as "median 1e-06 s stated,
/// 2e-06 s from the samples". Empty if they are.
std::string figures_unlike_samples(const Record& record);

/// Why operation, FLOP, bytes or type are not those of the problem. Empty if they are, and for
/// problems that this version does not know, such as those of other programs.
std::string work_unlike_problem(const Record& record);

/// The same of the interval, with its confidence and the effective number of samples.
std::string interval_unlike_samples(const Record& record);

}  // namespace assay::results::record

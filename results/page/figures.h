// The figures of a record as text: every view takes them from here, so that one record has the same
// digits everywhere.
#pragma once

#include <string>
#include <string_view>

#include "results/record/ceilings.h"
#include "results/record/record.h"

namespace assay::results::page {

/// The rate that is quoted for the operation: "199 GFLOP/s", "33.1 GB/s" or, of a collective,
/// "45.9 GB/s busbw". Empty for a time (launch) and without a result.
std::string rate_text(const record::Record& record);
/// The arithmetic and the traffic, each if the operation has that rate: "199 GFLOP/s, 33.1 GB/s";
/// of a collective "26.2 GB/s algbw, 45.9 GB/s busbw".
std::string rates_text(const record::Record& record);
/// "±0.80%": the half width of the median's interval; "±5.3% at 75%" if the interval reaches less
/// than the requested confidence.
std::string half_width_text(const record::Record& record);
std::string half_width_text(const statistics::Summary& summary, double requested_confidence);

/// "86% ±1.4%": the share of the ceiling, with the relative half width of its interval. Without
/// "±" for the record that measured the ceiling, "±?" if one of both has no interval.
std::string share_text(const record::Attainable& share);
/// "peak", "memory".
std::string_view bound_text(record::Bound bound);
/// Why a share can be above 100%; empty if it is not.
std::string above_ceiling_text(const record::Attainable& share);

}  // namespace assay::results::page

#include "kernels/attention/hull.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>

#include "kernels/attention/bound.h"

namespace assay::kernels {

namespace {

/// The range of V's columns over the first keys of one head.
struct Range {
  std::vector<double> low, high, row;
  std::int64_t seen = 0;

  explicit Range(std::int64_t width)
      : low(index(width), std::numeric_limits<double>::infinity()),
        high(index(width), -std::numeric_limits<double>::infinity()),
        row(index(width)) {}

  void extend(DataType type, const std::byte* values, std::int64_t stride, std::int64_t to) {
    for (; seen < to; ++seen) {
      decode_array(type, values, seen * stride, row);
      for (std::size_t c = 0; c < row.size(); ++c) {
        low[c] = std::min(low[c], row[c]);
        high[c] = std::max(high[c], row[c]);
      }
    }
  }
};

/// The range with rounding added, computed once for all heads that read the same keys.
struct Limits {
  std::vector<double> low, high;

  void widen(const AttentionShape& s, const Range& range) {
    low = range.low;
    high = range.high;
    const double relative = hull_slack(s, range.seen, 1) - hull_slack(s, range.seen, 0);
    const double absolute = hull_slack(s, range.seen, 0);
    for (std::size_t c = 0; c < low.size(); ++c) {
      const double slack = relative * std::max(std::fabs(low[c]), std::fabs(high[c])) + absolute;
      low[c] -= slack;
      high[c] += slack;
    }
  }

  // False for NaN and infinities too.
  bool hold(const std::vector<double>& row) const {
    std::size_t inside = 0;
    for (std::size_t c = 0; c < row.size(); ++c) {
      inside +=
          static_cast<std::size_t>(row[c] >= low[c]) & static_cast<std::size_t>(row[c] <= high[c]);
    }
    return inside == row.size();
  }
};

std::vector<std::int64_t> scan_group(const AttentionShape& s, const std::byte* v,
                                     const std::byte* o, std::int64_t group) {
  const std::byte* const values = v + bytes_of(s.type, group * s.skv * s.value_stride());
  Range range(s.dv);
  Limits limits;
  std::vector<double> output(index(s.dv));
  std::vector<std::int64_t> faults;
  for (std::int64_t query = 0; query < s.sq; ++query) {
    if (range.seen < s.visible(query)) {
      range.extend(s.type, values, s.value_stride(), s.visible(query));
      limits.widen(s, range);
    }
    for (std::int64_t head = 0; head < s.group(); ++head) {
      const std::int64_t row = (group * s.group() + head) * s.sq + query;
      decode_array(s.type, o, row * s.dv, output);
      if (!limits.hold(output)) faults.push_back(row);
    }
  }
  return faults;
}

}  // namespace

HullScan scan_hull(const AttentionShape& s, const std::byte* v, const std::byte* o,
                   std::size_t keep) {
  HullScan scan;
  std::mutex merging;
  tbb::parallel_for(std::int64_t{0}, s.b * s.hkv, [&](std::int64_t group) {
    const std::vector<std::int64_t> faults = scan_group(s, v, o, group);
    const std::lock_guard lock(merging);
    scan.rows.insert(scan.rows.end(), faults.begin(), faults.end());
  });
  scan.count = static_cast<std::int64_t>(scan.rows.size());
  std::sort(scan.rows.begin(), scan.rows.end());
  scan.rows.resize(std::min(scan.rows.size(), keep));
  return scan;
}

}  // namespace assay::kernels

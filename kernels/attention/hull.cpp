#include "kernels/attention/hull.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <mutex>

#include "kernels/attention/bound.h"

namespace assay::kernels {

namespace {

constexpr std::int64_t kChunk = 64;

/// The range of V's columns over some keys.
struct Range {
  std::vector<double> low, high;

  explicit Range(std::int64_t width)
      : low(index(width), std::numeric_limits<double>::infinity()),
        high(index(width), -std::numeric_limits<double>::infinity()) {}

  void extend(const std::vector<double>& lower, const std::vector<double>& upper) {
    for (std::size_t c = 0; c < low.size(); ++c) {
      low[c] = std::min(low[c], lower[c]);
      high[c] = std::max(high[c], upper[c]);
    }
  }
};

/// The range over the keys of one head that a query sees; queries come in ascending order. With a
/// window the ranges of chunks of keys are kept, of which the first ones drop out.
class SeenRange {
 public:
  SeenRange(const AttentionShape& shape, const AttentionInputs& inputs, std::int64_t group)
      : s_(shape), inputs_(inputs), group_(group), all_(shape.dv), row_(index(shape.dv)) {}

  /// Whether the range has changed.
  bool move_to(std::int64_t first, std::int64_t last) {
    const bool dropped = s_.window > 0 && first / kChunk > chunk_;
    if (dropped) drop_chunks(first / kChunk);
    if (seen_ >= last) return dropped;
    // No chunk before the window is looked at.
    seen_ = std::max(seen_, s_.window > 0 ? chunk_ * kChunk : 0);
    for_each_key_run(s_, inputs_, group_, seen_, last, [&](const KeyRun& run) {
      for (std::int64_t i = 0; i < run.count; ++i) add(run.first + i, run.row + i);
    });
    seen_ = last;
    return true;
  }

  const Range& range() const { return all_; }
  std::int64_t keys() const { return seen_ - (s_.window > 0 ? chunk_ * kChunk : 0); }

 private:
  void add(std::int64_t key, std::int64_t row) {
    decode_array(s_.type, inputs_.v, row * s_.value_stride(), row_);
    all_.extend(row_, row_);
    if (s_.window == 0) return;
    const std::size_t chunk = index(key / kChunk - chunk_);
    while (chunks_.size() <= chunk) chunks_.emplace_back(s_.dv);
    chunks_[chunk].extend(row_, row_);
  }

  void drop_chunks(std::int64_t chunk) {
    for (; chunk_ < chunk; ++chunk_) {
      if (!chunks_.empty()) chunks_.pop_front();
    }
    all_ = Range(s_.dv);
    for (const Range& one : chunks_) all_.extend(one.low, one.high);
  }

  const AttentionShape& s_;
  const AttentionInputs& inputs_;
  std::int64_t group_, seen_ = 0, chunk_ = 0;
  Range all_;
  std::deque<Range> chunks_;
  std::vector<double> row_;
};

/// The range with rounding added, computed once for all heads that read the same keys.
struct Limits {
  std::vector<double> low, high;

  void widen(const AttentionShape& s, const SeenRange& seen) {
    low = seen.range().low;
    high = seen.range().high;
    const double relative = hull_slack(s, seen.keys(), 1) - hull_slack(s, seen.keys(), 0);
    const double absolute = hull_slack(s, seen.keys(), 0);
    for (std::size_t c = 0; c < low.size(); ++c) {
      if (s.sinks) {
        low[c] = std::min(low[c], 0.0);
        high[c] = std::max(high[c], 0.0);
      }
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

std::vector<std::int64_t> scan_group(const AttentionShape& shape, const AttentionInputs& inputs,
                                     const std::byte* o, std::int64_t group) {
  const AttentionShape s = of_sequence(shape, inputs, group / shape.hkv);
  SeenRange seen(s, inputs, group);
  Limits limits;
  std::vector<double> output(index(s.dv));
  std::vector<std::int64_t> faults;
  for (std::int64_t query = 0; query < s.sq; ++query) {
    if (seen.move_to(s.first_visible(query), s.visible(query))) limits.widen(s, seen);
    for (std::int64_t head = 0; head < s.group(); ++head) {
      const std::int64_t row = (group * s.group() + head) * s.sq + query;
      decode_array(s.type, o, row * s.dv, output);
      if (!limits.hold(output)) faults.push_back(row);
    }
  }
  return faults;
}

}  // namespace

HullScan scan_hull(const AttentionShape& s, const AttentionInputs& inputs, const std::byte* o,
                   std::size_t keep) {
  HullScan scan;
  std::mutex merging;
  tbb::parallel_for(std::int64_t{0}, s.b * s.hkv, [&](std::int64_t group) {
    const std::vector<std::int64_t> faults = scan_group(s, inputs, o, group);
    const std::lock_guard lock(merging);
    scan.rows.insert(scan.rows.end(), faults.begin(), faults.end());
  });
  scan.count = static_cast<std::int64_t>(scan.rows.size());
  std::sort(scan.rows.begin(), scan.rows.end());
  scan.rows.resize(std::min(scan.rows.size(), keep));
  return scan;
}

}  // namespace assay::kernels

// What a device reached at best in arithmetic and in memory traffic, and how near to that a
// measurement came: the roofline (Williams, Waterman & Patterson 2009) with measured roofs.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>

#include "results/record/record.h"

namespace assay::results::record {

/// A rate that was measured, and where.
struct Roof {
  double rate = 0;        ///< FLOP/s or B/s, at the median
  std::string record;     ///< id
  std::string operation;  ///< that measured it: "fma", "triad", "copy"
};

struct Ceilings {
  std::map<kernels::DataType, Roof> arithmetic;  ///< the best, by type of the factors
  std::optional<Roof> memory;                    ///< the best beyond the caches
};

/// Whether the record was verified and timed: only such ones rank. A modelled one never does.
bool ranks(const Record& record);

/// Whether two records are of one device, and equally real.
bool same_device(const Record& a, const Record& b);

/// The ceilings that `records` (of one run) hold for the device of `like`, by Operation::measures.
/// A measurement of memory counts where its operands exceed the last-level cache fourfold, so that
/// the cache cannot answer.
Ceilings measured_ceilings(std::span<const Record> records, const Record& like);

enum class Bound { arithmetic, memory };

/// The roof over a record.
struct Attainable {
  Bound bound = Bound::arithmetic;
  double rate = 0;      ///< FLOP/s, or B/s where memory bounds
  double fraction = 0;  ///< reached of it; not clipped
  /// Operands may be found in the cache (hot mode, less than four times its size), so that a memory
  /// roof can be exceeded.
  bool cached = false;
};

/// min(peak of the type, intensity * bandwidth), in the unit of the roof that bounds. Hot operands
/// that fit into the cache as a whole are held against the peak alone, unless there is no
/// arithmetic. Without a peak for the type, memory bounds what does less than half a FLOP per byte,
/// as on any device; nullopt for the rest. An operation that memory alone limits (copy, triad) is
/// held against memory; one limited by a link or by nothing (collectives, transfer, launch) against
/// neither: nullopt. nullopt for records that do not rank.
std::optional<Attainable> attainable(const Record& record, const Ceilings& ceilings);

}  // namespace assay::results::record

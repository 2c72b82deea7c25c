// The highest rates that a device reached in arithmetic and in memory traffic, and the share of
// them that a measurement reached: the roofline model (Williams, Waterman & Patterson 2009) with
// measured roofs.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "results/record/record.h"
#include "results/statistics/ratio.h"

namespace assay::results::record {

/// A measured rate and the record that it comes from.
struct Roof {
  double rate = 0;        ///< FLOP/s or B/s, at the median
  std::string record;     ///< id
  std::string operation;  ///< that measured it: "fma", "triad", "copy", "read"; a product: "matmul"
  statistics::Summary summary;  ///< of the record's times, for the uncertainty of the rate
  double confidence = 0.95;     ///< that was requested for its interval
  std::string doubt;            ///< why the record is doubtful; empty if it is not
  Division division = Division::unknown;
};

struct Ceilings {
  std::map<kernels::DataType, Roof> arithmetic;  ///< highest rate for each factor type
  std::optional<Roof> memory;  ///< highest rate with operands larger than the caches
};

/// Whether the record takes part in rankings: it was verified and timed. A modelled record never
/// does.
bool ranks(const Record& record);

/// Whether two records come from the same device, and both or neither are modelled.
bool same_device(const Record& a, const Record& b);
/// Equal for two records exactly if same_device() holds, to group many records by it.
std::string device_text(const Record& record);

/// The ceilings that `records` (of one run) contain for the device of `like`, by
/// Operation::measures: the highest rate of the records for which `trusted` holds, or of the others
/// where there is none. A memory measurement counts only if its operands are more than four times
/// as large as the last-level cache, so that the cache cannot serve them. results/trust has the
/// condition and the function to call.
Ceilings measured_ceilings(std::span<const Record> records, const Record& like,
                           bool (*trusted)(const Record&));

/// Matrix products of at least so many FLOP per byte may show what the arithmetic can do: memory
/// does not limit them (NVIDIA, Matrix Multiplication Background User's Guide).
inline constexpr double kProductIntensity = 128;
/// And those that last so long, in seconds, show it in full: submission does not limit them either.
inline constexpr double kLongProduct = 0.5e-3;

/// Whether the record is a verified product of a library or of code tuned for its device, with at
/// least kProductIntensity.
bool is_dense_product(const Record& record);

/// The device's products among `records` for which `usable` holds raise the ceilings of their types
/// where `fma` was slower: on Hopper and later, matrix instructions reach the peak only with
/// operands in shared memory (arXiv 2402.13499, section 6.2), which `fma` does not use. Where `fma`
/// has no such type, a product of at least kLongProduct is the ceiling, if the run measured another
/// type's.
void raise_by_products(Ceilings& ceilings, std::span<const Record> records, const Record& like,
                       const std::function<bool(const Record&)>& usable);

/// A ceiling of memory has operands of at least so many times the last-level cache.
inline constexpr double kBeyondCache = 4;

enum class Bound { arithmetic, memory };

/// The roof that limits a record, and the share of it that was reached.
struct Attainable {
  Bound bound = Bound::arithmetic;
  double rate = 0;      ///< FLOP/s, or B/s if memory is the bound
  double fraction = 0;  ///< share of `rate` that was reached; may exceed 1
  /// Of the fraction, at 95%: from the intervals of the record and of the roof (ratio_of_medians).
  /// NaN if one of them has no interval.
  statistics::Interval interval;
  Roof roof;             ///< the roof itself
  bool is_roof = false;  ///< the record is the one that measured the roof
  /// Operands may be in the cache (hot mode, less than four times the cache's size), so the rate
  /// can exceed a memory roof.
  bool cached = false;

  /// Relative half-width of the fraction's interval; NaN without one.
  double half_width() const;
};

/// min(peak of the type, intensity * bandwidth), in the unit of the lower roof. Hot operands that
/// fit into the cache as a whole are compared with the peak only, unless the operation has no
/// arithmetic. If the type has no measured peak, memory is the bound for work of less than half a
/// FLOP per byte, as it is on any device; otherwise the result is nullopt. An operation that only
/// memory limits (copy, triad) is compared with memory. The result is nullopt for operations that
/// neither roof limits (collectives, transfer, launch) and for records that do not rank.
std::optional<Attainable> attainable(const Record& record, const Ceilings& ceilings);

}  // namespace assay::results::record

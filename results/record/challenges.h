// What the challenges of a measurement found: harness/measure/challenge.h.
#pragma once

#include <cstdint>
#include <optional>

namespace assay::results::record {

/// All 0 and absent if there were no challenges: for several ranks, models, imported records.
struct Challenges {
  std::uint32_t calls = 0;           ///< calls of launches before which outputs were overwritten
  std::uint32_t changed_calls = 0;   ///< those of them with changed inputs
  std::uint32_t replaced_calls = 0;  ///< those of them with an input that was replaced as a whole
  std::uint32_t whole_looks = 0;     ///< calls after which the whole outputs were looked at
  std::uint32_t judged = 0;          ///< outputs that were compared with the reference again
  std::uint32_t judged_parts = 0;    ///< calls with changed inputs of which parts were compared
  /// Lower quartiles of the first launches of calls, with the original and with changed inputs, and
  /// of the last ones, by the device's clock. Other work on the machine delays some of them, work
  /// that is done nowhere else delays all. Absent with fewer than kLeastCalls.
  std::optional<double> first_seconds, first_changed_seconds, last_seconds;
  /// The same of first launches of calls before which nothing was overwritten.
  std::optional<double> first_undisturbed_seconds;
  /// The same of calls with a replaced input; the least of 2 to 4.
  std::optional<double> first_replaced_seconds;
  /// The time by which downloads right after launches took longer than the same ones repeated: of
  /// parts of the outputs by their lower quartiles, of whole ones by the least of at least two.
  std::optional<double> put_off_seconds, whole_put_off_seconds;
  /// Downloads right after launches: of parts of the outputs, the lower quartile; of whole outputs,
  /// the least with the original or with other inputs, whichever is longer.
  std::optional<double> parts_seconds, whole_seconds;
  std::uint64_t whole_bytes = 0;  ///< of such a download of whole outputs
  /// The whole way of a launch in a call of its own, from uploading changed operands until parts of
  /// the outputs were downloaded, less what sending so many bytes takes; the mean of the quickest.
  std::optional<double> way_seconds;
};

/// A quartile of fewer times is not given: one disturbance could move it.
inline constexpr std::uint32_t kLeastCalls = 5;

}  // namespace assay::results::record

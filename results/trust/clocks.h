// Times that must agree, and rates that no device reaches: the conditions behind
// Fault::implausible. A lie of less than the tolerances below is not found; nor is a device's time
// that is too short by less than kSubmitSeconds of a launch.
#pragma once

#include <optional>

#include "results/record/ceilings.h"
#include "results/trust/trust.h"

namespace assay::results::trust {

/// Two clocks that run over the same time differ by less than this factor, and reading them takes
/// less than this time for each launch.
inline constexpr double kClocksDiffer = 1.05, kReadingSeconds = 1e-6;
/// What a module may leave out of its account: a share, an untimed launch before and a copy after
/// each call of launches shorter than 10 ms, and the time to read events and to enter the driver.
inline constexpr double kUnaccountedShare = 0.15, kCallSeconds = 5e-4, kEventSeconds = 2e-6;
inline constexpr double kNeedsNoLead = 10e-3;
/// Ranks agree on each start, which their modules do not time, and may repeat a launch twice that
/// some began late. The module of MPI looks up to 5 ms ahead each time.
inline constexpr double kAgreeSeconds = 16e-3, kRepeats = 2;
/// The time for which a host may wait for a launch beyond the device's own time (submission,
/// interrupts, waking a thread), and the least share of the rest that must be the device's.
inline constexpr double kSubmitSeconds = 2e-4, kLeastDeviceShare = 0.6;
/// Samples are not shorter than this share of hot launches that follow; on a CPU the system itself
/// may interrupt the latter.
inline constexpr double kOfHot = 0.6, kOfHotOnCpu = 1.0 / 3;
/// No launch ends within a nanosecond: it is a tick of the fastest clocks, and light travels 0.3 m.
inline constexpr double kShortestLaunch = 1e-9;
/// So many samples that are equal to the last bit are no measurement.
inline constexpr std::size_t kEqualSamples = 100;
/// The largest mean of the samples, as a multiple of their median, without so many samples that
/// something may have interrupted even on a quiet machine.
inline constexpr double kMeanOfMedian = 10;
inline constexpr std::size_t kInterrupted = 5;
/// By how much a device may exceed its published peak: peaks are stated at a boost clock that is up
/// to 1.08 below the highest one (H100 SXM: 1830 and 1980 MHz).
inline constexpr double kAbovePeak = 1.15;
/// A memory's clock is not boosted; its published bandwidth is rounded.
inline constexpr double kAboveMemoryPeak = 1.05;
/// And a ceiling that was measured beside it: the portable arithmetic ceiling reaches 63% of
/// Hopper's peak (arXiv 2402.13499, section 6.2).
inline constexpr double kAboveCeiling = 2;
/// Caches that a device may have without telling (MI300X: 256 MB of Infinity Cache): a rate of
/// memory is judged by the bytes beyond them only.
inline constexpr double kHiddenCacheBytes = 512e6;

/// Device <= host <= wall, and the other way round: the module accounts for the time that its calls
/// took, the device for the time that the host waited, and the launches for the whole measurement.
/// This and the next one are Fault::suspect where delays by other work explain it as well.
std::optional<Doubt> clocks_disagree(const record::Record& record);
/// Launches of less than kShortestLaunch; samples equal to the last bit that no clock's tick
/// explains; or a few launches that hold most of the time of all.
std::optional<Doubt> below_resolution(const record::Record& record);
/// A rate above the published peak of the system that the device says it is, at the slower end of
/// the interval.
std::optional<Doubt> above_peak(const record::Record& record);
/// A rate above kAboveCeiling times a ceiling without doubts. An arithmetic ceiling counts if it
/// was measured by a routine tuned for the device, or if the record's own routine was not.
/// `ceilings` are own_ceilings_of(): a product must not set the bound that it is judged by.
std::optional<Doubt> above_ceiling(const record::Record& record, const record::Ceilings& ceilings);

}  // namespace assay::results::trust

#include "results/trust/clocks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "results/page/quantity_text.h"
#include "results/page/text.h"
#include "results/record/bus_rate.h"
#include "results/trust/published_peaks.h"
#include "results/trust/suspicion.h"

namespace assay::results::trust {
namespace {

/// Time that may pass between two looks at the clock.
constexpr double kSlackSeconds = 1e-3;

using page::duration_text;

double sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

Suspicion suspicion(std::string text, std::map<std::string, double> figures,
                    Proof proof = Proof::always) {
  return {std::move(text), std::move(figures), proof};
}

std::optional<Suspicion> longer_than_the_phases(const record::Record& record) {
  const record::Phases& phases = record.phases;
  const double around = phases.warm_up + phases.sample + phases.burn;
  if (around <= 0 || phases.launches <= kClocksDiffer * around + kSlackSeconds) return {};
  return suspicion(fmt::format("the launches took {} by the module's clock, but only {} passed",
                               duration_text(phases.launches), duration_text(around)),
                   {{"launch_seconds", phases.launches}, {"passed_seconds", around}});
}

std::optional<Suspicion> device_beyond_host(double device, double host, double readings) {
  if (device <= kClocksDiffer * host + kReadingSeconds * readings) return {};
  return suspicion(
      fmt::format("the launches took {} by the device's clock, but only {} by the host's",
                  duration_text(device), duration_text(host)),
      {{"device_seconds", device}, {"host_seconds", host}});
}

std::optional<Suspicion> of_samples(const record::Record& record) {
  const std::size_t count = record.device_seconds.size();
  if (count == 0 || record.host_seconds.size() != count) return {};
  return device_beyond_host(sum(record.device_seconds), sum(record.host_seconds),
                            static_cast<double>(count));
}

/// The module's host time against the measuring process's own clock, for all calls and for each:
/// calls that were told too long must not make up for others that were told too short.
std::optional<Suspicion> beyond_wall(const record::ClockSums& sums) {
  if (sums.launches == 0) return {};
  const double most =
      kClocksDiffer * sums.wall + kReadingSeconds * static_cast<double>(sums.launches);
  const double of_call = sums.wall / static_cast<double>(std::max<std::uint64_t>(1, sums.calls));
  const bool each = sums.largest_excess <= kUnaccountedShare * of_call + 4 * kCallSeconds;
  if (sums.host <= most && each) return {};
  return suspicion(fmt::format("the module tells {} of host time in calls that took {}{}",
                               duration_text(sums.host), duration_text(sums.wall),
                               each ? ""
                                    : fmt::format(", and up to {} more than a call took",
                                                  duration_text(sums.largest_excess))),
                   {{"host_seconds", sums.host},
                    {"wall_seconds", sums.wall},
                    {"largest_excess_seconds", sums.largest_excess}});
}

std::optional<Suspicion> timed_beyond_wall(const record::Record& record) {
  return beyond_wall(record.clocks.timed);
}

std::optional<Suspicion> hot_beyond_wall(const record::Record& record) {
  return beyond_wall(record.clocks.hot);
}

std::optional<Suspicion> device_of(const record::ClockSums& sums) {
  return device_beyond_host(sums.device, sums.host, static_cast<double>(sums.launches));
}

std::optional<Suspicion> timed_device(const record::Record& record) {
  return device_of(record.clocks.timed);
}

std::optional<Suspicion> hot_device(const record::Record& record) {
  return device_of(record.clocks.hot);
}

/// What a module may leave out of its account of a launch.
double untimed_seconds(const record::Record& record, double one) {
  if (!record::is_collective(record.operation)) return kEventSeconds;
  return kEventSeconds + kAgreeSeconds + kRepeats * one;
}

/// The launches without flushes, for which the module must account in full.
std::optional<Suspicion> unaccounted(const record::Record& record) {
  const record::ClockSums& sums = record.clocks.hot;
  if (sums.launches == 0) return {};
  const auto launches = static_cast<double>(sums.launches), calls = static_cast<double>(sums.calls);
  const double one = sums.host / launches;
  const double most = (1 + kUnaccountedShare) * sums.host +
                      calls * (2 * std::min(one, kNeedsNoLead) + kCallSeconds) +
                      launches * untimed_seconds(record, one);
  if (sums.wall <= most) return {};
  return suspicion(
      fmt::format("the module accounts for {} of the {} that its calls took",
                  duration_text(sums.host), duration_text(sums.wall)),
      {{"host_seconds", sums.host}, {"wall_seconds", sums.wall}, {"launches", launches}},
      Proof::on_a_quiet_machine);
}

/// The device's share of the time for which the host waited for these launches.
std::optional<Suspicion> much_less_than_host(const record::Record& record) {
  const record::ClockSums& sums = record.clocks.hot;
  const double waited = sums.host - kSubmitSeconds * static_cast<double>(sums.launches);
  if (!(sums.device < kLeastDeviceShare * waited)) return {};
  return suspicion(fmt::format("the host waited {} for launches of {} by the device's clock",
                               duration_text(sums.host), duration_text(sums.device)),
                   {{"device_seconds", sums.device}, {"host_seconds", sums.host}},
                   Proof::on_a_quiet_machine);
}

/// The samples against the launches by which the account was checked.
std::optional<Suspicion> shorter_than_hot(const record::Record& record) {
  const record::ClockSums& hot = record.clocks.hot;
  // A few samples that other work interrupted tell nothing; they decide nothing either.
  if (hot.launches == 0 || record.summary.count < record::Settings{}.minimum_samples) return {};
  const auto launches = static_cast<double>(hot.launches);
  const double warm = hot.device / launches;
  const double median = record.summary.median;
  const double least = record.device.kind == "cpu" ? kOfHotOnCpu : kOfHot;
  if (median >= least * warm) return {};
  return suspicion(fmt::format("a launch took {}, but {} when launched again with warm caches",
                               duration_text(median), duration_text(warm)),
                   {{"median_seconds", median}, {"hot_seconds", warm}}, Proof::on_a_quiet_machine);
}

/// Whether a clock with a coarse tick may have given this time again and again: it, or a multiple
/// where up to 64 launches share one time, is a whole number of nanoseconds, to the precision of a
/// double or of CUDA's milliseconds in single precision.
bool may_be_ticks(double seconds) {
  constexpr int kMostJoined = 64;
  for (int joined = 1; joined <= kMostJoined; ++joined) {
    const double milliseconds = seconds * joined * 1e3, nanoseconds = milliseconds * 1e6;
    const double rounded = static_cast<double>(static_cast<float>(milliseconds));
    const bool single = std::abs(rounded - milliseconds) <= 1e-15 * milliseconds;
    const double off = std::abs(nanoseconds - std::round(nanoseconds));
    if (off <= nanoseconds * (single ? 1.2e-7 : 1e-12) + 1e-6) return true;
  }
  return false;
}

std::optional<Suspicion> too_short(const record::Record& record) {
  const double median = record.summary.median;
  if (!(median < kShortestLaunch)) return {};
  return suspicion(fmt::format("a launch took {:.3g} s, less than any clock resolves", median),
                   {{"seconds", median}, {"least_seconds", kShortestLaunch}});
}

std::optional<Suspicion> equal_samples(const record::Record& record) {
  const std::vector<double>& samples = record.device_seconds;
  if (samples.size() < kEqualSamples ||
      std::ranges::adjacent_find(samples, std::not_equal_to<>()) != samples.end()) {
    return {};
  }
  if (may_be_ticks(samples.front() * record.launches_per_sample)) return {};
  return suspicion(
      fmt::format("{} are equal to the last bit ({}), as no clock gives them",
                  page::counted(samples.size(), "sample"), duration_text(samples.front())),
      {{"samples", static_cast<double>(samples.size())}, {"seconds", samples.front()}});
}

std::optional<Suspicion> uneven(const record::Record& record) {
  std::vector<double> samples = record.device_seconds;
  if (samples.size() < record::Settings{}.minimum_samples + kInterrupted) return {};
  const auto rest = samples.end() - static_cast<std::ptrdiff_t>(kInterrupted);
  std::ranges::nth_element(samples, rest);
  samples.erase(rest, samples.end());
  const double mean = sum(samples) / static_cast<double>(samples.size());
  const double median = record.summary.median;
  if (mean <= kMeanOfMedian * median) return {};
  return suspicion(
      fmt::format("a few launches hold most of the time: the mean is {}, the median {}",
                  duration_text(mean), duration_text(median)),
      {{"mean_seconds", mean}, {"median_seconds", median}}, Proof::on_a_quiet_machine);
}

/// The rate at the slower end of the median's interval.
double least_rate(const record::Record& record, double work) {
  return work / std::max(record.summary.interval.upper, record.summary.median);
}

/// The share of the bytes that caches cannot have served.
double beyond_caches(const record::Record& record) {
  const double caches = std::max(kHiddenCacheBytes, static_cast<double>(record.device.cache_bytes));
  return std::max(0.0, 1 - caches / record.work.bytes);
}

Doubt too_fast(double rate, const char* unit, double most, const std::string& what) {
  return {Fault::implausible,
          fmt::format("{}, but {} is {}", page::scaled_text(rate, unit), what,
                      page::scaled_text(most, unit)),
          {{"rate", rate}, {"limit", most}}};
}

bool is_tuned(record::Division division) {
  return division == record::Division::library || division == record::Division::native;
}

}  // namespace

std::optional<Doubt> clocks_disagree(const record::Record& record) {
  return doubt_of(
      record, {longer_than_the_phases, of_samples, timed_beyond_wall, timed_device, hot_beyond_wall,
               hot_device, unaccounted, much_less_than_host, shorter_than_hot});
}

std::optional<Doubt> below_resolution(const record::Record& record) {
  return doubt_of(record, {too_short, equal_samples, uneven});
}

std::optional<Doubt> above_peak(const record::Record& record) {
  if (is_modelled(record) || !(record.summary.median > 0)) return {};
  const PublishedPeaks& peaks = published_peaks(record.device);
  const kernels::Roof roof = roof_of(record);
  if (const auto found = peaks.arithmetic.find(record.work.type);
      roof == kernels::Roof::arithmetic && found != peaks.arithmetic.end()) {
    const PublishedPeak& peak = found->second;
    const double rate = least_rate(record, record.work.flop);
    if (rate > kAbovePeak * peak.rate) {
      return too_fast(rate, "FLOP/s", peak.rate,
                      fmt::format("the published peak of {}", peak.system));
    }
  }
  if (roof != kernels::Roof::memory || !peaks.memory) return {};
  const double rate = least_rate(record, record.work.bytes) * beyond_caches(record);
  if (rate <= kAboveMemoryPeak * peaks.memory->rate) return {};
  return too_fast(rate, "B/s", peaks.memory->rate,
                  fmt::format("the published bandwidth of {}", peaks.memory->system));
}

std::optional<Doubt> above_ceiling(const record::Record& record, const record::Ceilings& ceilings) {
  const auto reached = attainable(record, ceilings);
  if (!reached || reached->is_roof || !reached->roof.doubt.empty()) return {};
  const bool memory = reached->bound == record::Bound::memory;
  if (!memory && is_tuned(record.implementation.division) && !is_tuned(reached->roof.division)) {
    return {};
  }
  const double rate = least_rate(record, memory ? record.work.bytes : record.work.flop) *
                      (memory ? beyond_caches(record) : 1);
  if (rate <= kAboveCeiling * reached->rate) return {};
  return too_fast(rate, memory ? "B/s" : "FLOP/s", reached->rate,
                  fmt::format("the ceiling measured by {} beside it", reached->roof.operation));
}

}  // namespace assay::results::trust

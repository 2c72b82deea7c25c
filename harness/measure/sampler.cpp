#include "harness/measure/sampler.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <span>

#include "results/page/quantity_text.h"
#include "results/page/text.h"
#include "results/statistics/course.h"
#include "results/statistics/statistics.h"

namespace assay::harness::measure {
namespace {

using results::record::kLeastEffectiveCount;
using results::record::kLeastSampledSeconds;

constexpr std::size_t kWindowsToAgree = 3;
constexpr std::size_t kFewestSamples = 5;
constexpr double kBudgetsForFewest = 3;
/// Medians of shorter windows of warm-up agree too seldom to end it.
constexpr double kShortestWindow = 0.015;
/// Calls of this length keep the stopping rule responsive and the cost of a call small.
constexpr double kCallSeconds = 0.01;
/// The share of the target by which a drift may still change the median.
constexpr double kDriftShare = 0.5;
/// Single times from which the clock's step is found.
constexpr std::size_t kTimesForTick = 5000;

std::vector<double> device_times(const std::vector<assay_launch>& launches) {
  std::vector<double> times;
  for (const assay_launch& launch : launches) times.push_back(launch.device_seconds);
  return times;
}

/// Number of launches that fill `seconds`, from 1 to `most`.
std::uint32_t launches_in(double seconds, double seconds_per_turn, double most) {
  if (seconds_per_turn <= 0) return 1;
  return static_cast<std::uint32_t>(
      std::clamp(seconds / seconds_per_turn, 1.0, std::max(1.0, most)));
}

bool agree(std::span<const double> windows, double tolerance) {
  if (windows.size() < kWindowsToAgree) return false;
  const std::span<const double> last = windows.last(kWindowsToAgree);
  const double middle = results::statistics::median(last);
  return std::ranges::all_of(
      last, [&](double window) { return std::abs(window - middle) <= tolerance * middle; });
}

/// The samples of one measurement in their order, and when each began.
class Samples {
 public:
  Samples(std::uint32_t launches_each, const Clock& now)
      : each_(launches_each), now_(now), started_(now()) {}

  std::size_t count() const { return device_.size(); }
  /// Seconds from the beginning of the first sample.
  double span() const { return began_.empty() ? 0 : now_() - began_.front(); }
  std::span<const double> device_seconds() const { return device_; }

  /// Takes `count` samples.
  void take(std::uint32_t count, const Launcher& launch) {
    const double began = now_();
    const std::vector<assay_launch> launches = launch(count * each_);
    for (std::size_t first = 0; first + each_ <= launches.size(); first += each_) {
      add(std::span(launches).subspan(first, each_), began);
    }
    if (device_.size() >= kMaximumSamples) join_pairs();
  }

  void leave_out_first_half() {
    const std::size_t half = count() / 2;
    left_out_ += static_cast<std::uint32_t>(half) * each_;
    const auto erase = [half](std::vector<double>& values) {
      values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(half));
    };
    erase(device_);
    erase(host_);
    erase(began_);
  }
  bool left_some_out() const { return left_out_ > 0; }

  results::statistics::Summary summary(double confidence) const {
    return results::statistics::summarize(device_, confidence,
                                          results::statistics::clock_tick(times_));
  }

  void move_to(Sampled& out) && {
    out.launches_per_sample = each_;
    out.unsettled_launches = left_out_;
    out.unsettled_seconds = left_out_ > 0 ? began_.front() - started_ : 0;
    out.launch_seconds = launch_seconds_;
    out.device_seconds = std::move(device_);
    out.host_seconds = std::move(host_);
  }

 private:
  void add(std::span<const assay_launch> launches, double began) {
    double device = 0, host = 0;
    for (const assay_launch& one : launches) {
      device += one.device_seconds;
      host += one.host_seconds;
      if (times_.size() < kTimesForTick) times_.push_back(one.device_seconds);
    }
    device_.push_back(device / each_);
    host_.push_back(host / each_);
    began_.push_back(began);
    launch_seconds_ += host;
  }

  /// Makes room by samples of twice as many launches.
  void join_pairs() {
    const std::size_t pairs = count() / 2;
    for (std::size_t i = 0; i < pairs; ++i) {
      device_[i] = std::midpoint(device_[2 * i], device_[2 * i + 1]);
      host_[i] = std::midpoint(host_[2 * i], host_[2 * i + 1]);
      began_[i] = began_[2 * i];
    }
    for (std::vector<double>* values : {&device_, &host_, &began_}) values->resize(pairs);
    each_ *= 2;
  }

  std::uint32_t each_;
  const Clock& now_;
  double started_;
  std::vector<double> device_, host_, began_, times_;
  std::uint32_t left_out_ = 0;
  double launch_seconds_ = 0;
};

/// What a look at the samples says.
struct Look {
  results::statistics::Summary summary;
  double span = 0;  ///< seconds that the samples cover
  bool settled = false, drifting = false;
  std::string lacking;  ///< why the target is not met; empty if it is
};

std::string lacking(const results::record::Settings& settings, const Look& look) {
  const results::statistics::Summary& summary = look.summary;
  if (summary.tick / 2 > settings.target * summary.median) {
    return fmt::format("±{} requested, but the clock counts in steps of {}",
                       results::page::target_text(settings.target),
                       results::page::duration_text(summary.tick));
  }
  if (summary.half_width() > settings.target) {
    return fmt::format("±{} requested", results::page::target_text(settings.target));
  }
  if (summary.count < settings.minimum_samples) {
    return fmt::format("at least {} samples needed", settings.minimum_samples);
  }
  if (look.drifting) return "the times had not settled";
  if (look.span < kLeastSampledSeconds) {
    return fmt::format("launches over at least {} needed",
                       results::page::duration_text(kLeastSampledSeconds));
  }
  if (summary.effective_count < kLeastEffectiveCount) {
    return fmt::format("they count as {:.0f} independent samples, at least {:.0f} needed",
                       summary.effective_count, kLeastEffectiveCount);
  }
  if (summary.confidence < settings.confidence) {
    return fmt::format("at {} confidence, {} requested",
                       results::page::target_text(summary.confidence),
                       results::page::target_text(settings.confidence));
  }
  return look.settled ? "" : "it is not certain yet that the times have settled";
}

Look look_at(const Samples& samples, const results::record::Settings& settings) {
  Look look;
  look.span = samples.span();
  const results::statistics::Drift drift = results::statistics::drift(samples.device_seconds());
  // The medians of the first and the last third are two thirds of the span apart.
  const double further = std::max(1.0, kDriftSeconds / (look.span * 2 / 3));
  const double tolerance = kDriftShare * settings.target / further;
  look.settled = std::isfinite(drift.error) && std::abs(drift.change) <= tolerance;
  look.drifting = drift.exceeds(tolerance);
  look.summary = samples.summary(settings.confidence);
  look.lacking = lacking(settings, look);
  return look;
}

results::record::Note missed_note(const results::record::Settings& settings, const Look& look,
                                  double seconds) {
  const results::statistics::Summary& summary = look.summary;
  return {results::record::NoteKind::target_missed,
          fmt::format("target missed: ±{} reached with {} in {}, {}",
                      results::page::target_text(summary.half_width()),
                      results::page::counted(summary.count, "sample"),
                      results::page::duration_text(seconds), look.lacking),
          {{"half_width", summary.half_width()},
           {"asked_half_width", settings.target},
           {"samples", static_cast<double>(summary.count)},
           {"seconds", seconds}}};
}

}  // namespace

WarmUp warm_up(const results::record::Settings& settings, const Launcher& launch, const Clock& now,
               double share) {
  // The noise of a window's median must not keep a steady series from agreeing.
  const double tolerance = std::max(2 * settings.target, 0.02);
  const double budget = settings.budget_seconds * share;
  const double window = std::min(budget / 3, std::max(budget / 20, kShortestWindow));
  const double start = now();
  std::vector<double> medians;
  WarmUp warm;
  while (!agree(medians, tolerance)) {
    const double begin = now();
    const std::uint32_t count = launches_in(window, warm.seconds_per_turn, 1000);
    const auto launches = launch(count);
    warm.launches += count;
    double inside = 0;
    for (const assay_launch& one : launches) inside += one.host_seconds;
    warm.launch_seconds += inside;
    warm.seconds_per_launch = inside / count;
    warm.seconds_per_turn = (now() - begin) / count;
    medians.push_back(results::statistics::median(device_times(launches)));
    if (now() - start >= budget) break;
  }
  return warm;
}

std::uint32_t joined_launches(const std::map<std::string, std::string>& details) {
  const auto found = details.find(kJoinedLaunches);
  std::uint32_t joined = 1;
  if (found != details.end()) {
    const std::string& text = found->second;
    std::from_chars(text.data(), text.data() + text.size(), joined);
  }
  return std::max(joined, 1U);
}

Sampled sample(const results::record::Settings& settings, double budget_seconds, const WarmUp& warm,
               const Launcher& launch, const Clock& now, std::uint32_t joined) {
  const double start = now();
  const double call_seconds = std::min(kCallSeconds, budget_seconds / 20);
  const auto in_sample = [&](double seconds) {
    return launches_in(seconds, warm.seconds_per_turn, seconds / 1e-9);
  };
  // A module's word does not make a sample longer than a call.
  const std::uint32_t each =
      std::max(in_sample(kShortestSample), std::min(joined, in_sample(call_seconds)));
  const double seconds_per_sample = warm.seconds_per_turn * each;
  Samples samples(each, now);
  std::size_t next_look = std::max<std::size_t>(settings.minimum_samples, 1);
  Sampled out;
  while (true) {
    const double until_look = static_cast<double>(next_look) - static_cast<double>(samples.count());
    const double until_span = (kLeastSampledSeconds - samples.span()) / seconds_per_sample;
    samples.take(launches_in(call_seconds, seconds_per_sample, std::max(until_look, until_span)),
                 launch);
    const double elapsed = now() - start;
    const bool spent = samples.count() >= kFewestSamples
                           ? elapsed >= budget_seconds
                           : elapsed >= kBudgetsForFewest * budget_seconds;
    const bool enough = samples.count() >= next_look && samples.span() >= kLeastSampledSeconds;
    if (!enough && !spent) continue;
    const Look look = look_at(samples, settings);
    if (look.lacking.empty() || spent) {
      out.summary = look.summary;
      out.steady = look.settled || (!look.drifting && !samples.left_some_out());
      out.target_met = look.lacking.empty();
      if (!out.target_met) out.missed = missed_note(settings, look, now() - start);
      break;
    }
    if (look.drifting) samples.leave_out_first_half();
    next_look = samples.count() + std::max<std::size_t>(1, samples.count() / 4);
  }
  std::move(samples).move_to(out);
  return out;
}

}  // namespace assay::harness::measure

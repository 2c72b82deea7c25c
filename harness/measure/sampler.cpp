#include "harness/measure/sampler.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "results/page/quantity_text.h"
#include "results/page/text.h"
#include "results/statistics/statistics.h"

namespace assay::harness::measure {
namespace {

constexpr std::size_t kWindowsToAgree = 3;
constexpr std::size_t kFewestSamples = 5;
constexpr double kBudgetsForFewest = 3;

/// Slope of a least-squares line over the index.
double slope(std::span<const double> y) {
  const auto n = static_cast<double>(y.size());
  double sum_y = 0, sum_xy = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    sum_y += y[i];
    sum_xy += static_cast<double>(i) * y[i];
  }
  const double mean_x = (n - 1) / 2;
  return (sum_xy - mean_x * sum_y) / (n * (n * n - 1) / 12);
}

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

}  // namespace

bool SteadyState::reached() const {
  if (windows_.size() < kWindowsToAgree) return false;
  const std::span<const double> last(windows_.end() - kWindowsToAgree, windows_.end());
  const double middle = results::statistics::median(last);
  for (const double window : last) {
    if (std::abs(window - middle) > tolerance_ * middle) return false;
  }
  const std::size_t half = std::max(kWindowsToAgree, windows_.size() / 2);
  const std::span<const double> recent(windows_.end() - static_cast<std::ptrdiff_t>(half),
                                       windows_.end());
  return std::abs(slope(recent)) * static_cast<double>(half - 1) <= 2 * tolerance_ * middle;
}

WarmUp warm_up(const results::record::Settings& settings, const Launcher& launch, const Clock& now,
               double share) {
  // The noise of a window's median must not make a steady series look unsteady.
  SteadyState state(std::max(2 * settings.target, 0.02));
  const double budget = settings.budget_seconds * share;
  const double window = budget / 20;
  const double start = now();
  WarmUp warm;
  while (!warm.steady) {
    const double begin = now();
    const std::uint32_t count = launches_in(window, warm.seconds_per_turn, 1000);
    const auto launches = launch(count);
    warm.launches += count;
    double inside = 0;
    for (const assay_launch& one : launches) inside += one.host_seconds;
    warm.launch_seconds += inside;
    warm.seconds_per_launch = inside / count;
    warm.seconds_per_turn = (now() - begin) / count;
    state.add(results::statistics::median(device_times(launches)));
    warm.steady = state.reached();
    if (now() - start >= budget) break;
  }
  return warm;
}

Sampled sample(const results::record::Settings& settings, double budget_seconds, const WarmUp& warm,
               const Launcher& launch, const Clock& now) {
  const double start = now();
  // Calls of ten milliseconds keep the stopping rule responsive and the cost of a call small.
  const double call_seconds = std::min(0.01, budget_seconds / 20);
  std::size_t next_look = std::max<std::size_t>(settings.minimum_samples, 1);
  Sampled out;
  while (true) {
    const std::size_t count = out.device_seconds.size();
    const std::size_t until_look = next_look > count ? next_look - count : 1;
    for (const assay_launch& one : launch(
             launches_in(call_seconds, warm.seconds_per_turn, static_cast<double>(until_look)))) {
      out.device_seconds.push_back(one.device_seconds);
      out.host_seconds.push_back(one.host_seconds);
    }
    const double elapsed = now() - start;
    const std::size_t have = out.device_seconds.size();
    const bool spent = have >= kFewestSamples ? elapsed >= budget_seconds
                                              : elapsed >= kBudgetsForFewest * budget_seconds;
    if (have < next_look && !spent) continue;
    next_look = have + std::max<std::size_t>(1, have / 4);
    out.summary = results::statistics::summarize(out.device_seconds, settings.confidence);
    out.target_met =
        have >= settings.minimum_samples && out.summary.half_width() <= settings.target;
    if (out.target_met || spent || have >= kMaximumSamples) break;
  }
  if (!out.target_met) {
    const double seconds = now() - start;
    const bool narrow = out.summary.half_width() <= settings.target;
    const std::string requested =
        narrow ? fmt::format("at least {} samples needed", settings.minimum_samples)
               : fmt::format("±{} requested", results::page::target_text(settings.target));
    out.missed =
        results::record::Note{results::record::NoteKind::target_missed,
                              fmt::format("target missed: ±{} reached with {} in {}, {}",
                                          results::page::target_text(out.summary.half_width()),
                                          results::page::counted(out.summary.count, "sample"),
                                          results::page::duration_text(seconds), requested),
                              {{"half_width", out.summary.half_width()},
                               {"asked_half_width", settings.target},
                               {"samples", static_cast<double>(out.summary.count)},
                               {"seconds", seconds}}};
  }
  return out;
}

}  // namespace assay::harness::measure

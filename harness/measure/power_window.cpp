#include "harness/measure/power_window.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/measure/energy.h"
#include "results/page/quantity_text.h"
#include "results/statistics/distributions.h"
#include "results/statistics/statistics.h"

namespace assay::harness::measure {
namespace {

using results::page::duration_text;
using results::page::scaled_text;

constexpr std::size_t kBlocks = 8;
/// A power or a tick that is this many times the median of the others, or less than its inverse, is
/// a fault of the sensor.
constexpr double kAbsurdFactor = 10;
constexpr double kConfidence = 0.95;
/// A counter that changes less often does not count.
constexpr double kLongestPeriod = 5;

std::string burn_hint(double needed_seconds) {
  static constexpr int kOffers[] = {5, 10, 15, 20, 30, 60, 120, 300, 600};
  // A burn begins with a launch or two in which nothing can be counted.
  const double wanted = 1.2 * needed_seconds;
  for (const int offer : kOffers) {
    if (offer >= wanted) return fmt::format("use --burn {}s", offer);
  }
  return fmt::format("use --burn {:.0f}s", std::ceil(wanted / 60) * 60);
}

PowerWindow refused(std::string why) {
  PowerWindow out;
  out.refused = std::move(why);
  return out;
}

/// Variance of the values' mean, allowing for the correlation of neighbours, after the variance
/// that each value has from rounding is taken off.
struct MeanError {
  double standard_error = 0, degrees = 1;
  double half_width() const {
    return standard_error * results::statistics::student_quantile(degrees, (1 + kConfidence) / 2);
  }
};

MeanError mean_error(std::span<const double> values, double rounding_variance) {
  const auto n = static_cast<double>(values.size());
  double mean = 0, squares = 0, products = 0;
  for (const double value : values) mean += value / n;
  for (std::size_t i = 0; i < values.size(); ++i) {
    squares += (values[i] - mean) * (values[i] - mean);
    if (i > 0) products += (values[i] - mean) * (values[i - 1] - mean);
  }
  const double excess = std::max(0.0, squares / (n - 1) - rounding_variance);
  if (excess <= 0) return {0, n - 1};
  const double correlation = std::clamp(products / squares, 0.0, 0.9);
  const double independent = std::max(2.0, n * (1 - correlation) / (1 + correlation));
  return {std::sqrt(excess / independent), independent - 1};
}

/// A moment at which the sensor's value changed, and the launches made until then.
struct Tick {
  double at = 0;   ///< in the middle between the readings before and after the change
  double gap = 0;  ///< between these readings
  double value = 0;
  double launches = 0, launch_seconds = 0;
};

std::vector<Tick> ticks_of(const LaunchWindow& window, std::optional<double> Reading::*figure) {
  std::vector<Tick> out;
  const WindowReading* last = nullptr;
  for (const WindowReading& one : window.readings) {
    if (!(one.reading.*figure)) continue;
    if (last != nullptr && one.reading.*figure != last->reading.*figure) {
      out.push_back({(last->reading.at + one.reading.at) / 2, one.reading.at - last->reading.at,
                     *(one.reading.*figure), (last->launches + one.launches) / 2,
                     (last->launch_seconds + one.launch_seconds) / 2});
    }
    last = &one;
  }
  return out;
}

std::string counter_fault(const LaunchWindow& window, const std::vector<Tick>& ticks) {
  const WindowReading* last = nullptr;
  for (const WindowReading& one : window.readings) {
    const auto& joules = one.reading.energy_joules;
    if (!joules) continue;
    if (!std::isfinite(*joules)) return "the energy counter gave no finite number";
    if (last != nullptr && *joules < *last->reading.energy_joules) {
      return fmt::format(
          "the energy counter fell from {} to {}, so it wrapped around or was reset; measure again",
          scaled_text(*last->reading.energy_joules, "J"), scaled_text(*joules, "J"));
    }
    last = &one;
  }
  std::vector<double> powers;
  for (std::size_t i = 1; i < ticks.size(); ++i) {
    powers.push_back((ticks[i].value - ticks[i - 1].value) / (ticks[i].at - ticks[i - 1].at));
  }
  if (powers.empty()) return "";
  const double usual = results::statistics::median(powers);
  const double highest = *std::ranges::max_element(powers);
  if (highest > kAbsurdFactor * usual || highest > kHighestWatts) {
    return fmt::format("the energy counter jumped: {} for a moment, {} otherwise; measure again",
                       scaled_text(highest, "W"), scaled_text(usual, "W"));
  }
  return "";
}

/// Mean powers of equally many ticks.
std::vector<double> counter_blocks(const std::vector<Tick>& ticks) {
  std::vector<double> powers;
  for (std::size_t i = 0; i < kBlocks; ++i) {
    const Tick& from = ticks[i * (ticks.size() - 1) / kBlocks];
    const Tick& to = ticks[(i + 1) * (ticks.size() - 1) / kBlocks];
    powers.push_back((to.value - from.value) / (to.at - from.at));
  }
  return powers;
}

double updates_needed(const PowerWindow& found) {
  const bool long_launches = found.launch_seconds >= kLongLaunchSeconds * found.launches;
  return long_launches ? 1 / kPauseShare : kFewestUpdates;
}

std::string too_short(double seconds, double settling, double period, double updates, double needed,
                      std::string_view sensor) {
  const bool by_period = updates * period >= needed;
  return fmt::format(
      "the window of {}{} is shorter than {} (updated every {}); {}", duration_text(seconds),
      settling > 0
          ? fmt::format(", which begins {} after the first launch,", duration_text(settling))
          : std::string(),
      by_period ? fmt::format("{:.0f} updates of the {}", updates, sensor)
                : fmt::format("the {} that the {} needs", duration_text(needed), sensor),
      duration_text(period), burn_hint(settling + needed));
}

/// The seconds between changes of power. A value that repeats makes two updates look like one, so
/// the lower quartile and not the mean.
std::optional<double> period_of_power(std::span<const Reading> before, const LaunchWindow& window) {
  std::vector<double> spans;
  std::optional<double> last, changed_at;
  const auto take = [&](const Reading& reading) {
    if (!reading.power_watts) return;
    if (last && reading.power_watts != last) {
      if (changed_at) spans.push_back(reading.at - *changed_at);
      changed_at = reading.at;
    }
    last = reading.power_watts;
  };
  for (const Reading& reading : before) take(reading);
  for (const WindowReading& one : window.readings) take(one.reading);
  if (spans.empty()) return std::nullopt;
  return results::statistics::quantile(spans, 0.25);
}

std::string power_fault(std::span<const WindowReading> told,
                        std::span<const WindowReading> settled) {
  for (const WindowReading& one : told) {
    const double watts = *one.reading.power_watts;
    if (is_believable_power(watts)) continue;
    return fmt::format("the power sensor reported {:g} W during launches", watts);
  }
  std::vector<double> powers;
  for (const WindowReading& one : settled) powers.push_back(*one.reading.power_watts);
  if (powers.empty()) return "";
  const double usual = results::statistics::median(powers);
  for (const double watts : powers) {
    if (watts > kAbsurdFactor * usual || watts < usual / kAbsurdFactor) {
      return fmt::format("the power sensor reported {} for a moment and {} otherwise",
                         scaled_text(watts, "W"), scaled_text(usual, "W"));
    }
  }
  return "";
}

double share_changed(std::span<const WindowReading> readings) {
  double changed = 0;
  for (std::size_t i = 1; i < readings.size(); ++i) {
    changed += readings[i].reading.power_watts != readings[i - 1].reading.power_watts;
  }
  return changed / static_cast<double>(readings.size() - 1);
}

/// Mean of the readings, each weighted with the time since the one before, over all and by blocks
/// of equal length.
void weigh(std::span<const WindowReading> readings, PowerWindow& out) {
  struct Sum {
    double joules = 0, seconds = 0;
  };
  Sum all;
  std::vector<Sum> blocks(kBlocks);
  const double begin = readings.front().reading.at, length = readings.back().reading.at - begin;
  for (std::size_t i = 1; i < readings.size(); ++i) {
    const Reading& reading = readings[i].reading;
    const double seconds = reading.at - readings[i - 1].reading.at;
    const double place = (reading.at - seconds / 2 - begin) / length * kBlocks;
    Sum& block = blocks[std::min(kBlocks - 1, static_cast<std::size_t>(place))];
    for (Sum* sum : {&all, &block}) {
      sum->joules += *reading.power_watts * seconds;
      sum->seconds += seconds;
    }
  }
  out.watts = all.joules / all.seconds;
  std::vector<double> powers;
  for (const Sum& block : blocks) {
    if (block.seconds > 0) powers.push_back(block.joules / block.seconds);
  }
  out.half_width = powers.size() < 2 ? INFINITY : mean_error(powers, 0).half_width() / out.watts;
}

std::string too_uncertain(const PowerWindow& found) {
  if (found.half_width <= kWidestInterval) return "";
  return fmt::format("the power varied so much that the {} of the window give only ±{}; {}",
                     duration_text(found.seconds), results::page::percent_text(found.half_width),
                     burn_hint(4 * found.seconds));
}

}  // namespace

bool is_believable_power(double watts) {
  return std::isfinite(watts) && watts > 0 && watts <= kHighestWatts;
}

PowerWindow power_from_counter(const LaunchWindow& window) {
  const std::vector<Tick> ticks = ticks_of(window, &Reading::energy_joules);
  if (std::string fault = counter_fault(window, ticks); !fault.empty()) {
    return refused(std::move(fault));
  }
  const double whole = window.readings.back().reading.at - window.begin;
  if (ticks.size() < 2) {
    PowerWindow out = refused(fmt::format(
        "the energy counter {} in {}; {}", ticks.empty() ? "did not change" : "changed only once",
        duration_text(whole),
        whole < kLongestPeriod ? burn_hint(kFewestUpdates * whole) : "it may not exist"));
    out.stood_still = ticks.empty();
    return out;
  }
  const Tick &first = ticks.front(), &last = ticks.back();
  PowerWindow out;
  out.seconds = last.at - first.at;
  out.period = out.seconds / static_cast<double>(ticks.size() - 1);
  out.launches = last.launches - first.launches;
  out.launch_seconds = last.launch_seconds - first.launch_seconds;
  const double updates = updates_needed(out);
  if (out.seconds < updates * out.period) {
    return refused(
        too_short(out.seconds, 0, out.period, updates, updates * out.period, "energy counter"));
  }
  out.watts = (last.value - first.value) / out.seconds;
  double gap = 0;
  for (const Tick& tick : ticks) gap += tick.gap / static_cast<double>(ticks.size());
  // The time of a tick is known to the gap between two readings, evenly distributed.
  const double rounding = gap * kBlocks / out.seconds * out.watts;
  const double blocks = mean_error(counter_blocks(ticks), rounding * rounding / 6).half_width();
  out.half_width = (first.gap + last.gap) / 2 / out.seconds + blocks / out.watts;
  out.refused = too_uncertain(out);
  return out;
}

PowerWindow power_from_readings(std::span<const Reading> before, const LaunchWindow& window) {
  std::vector<WindowReading> told, settled;
  for (const WindowReading& one : window.readings) {
    if (!one.reading.power_watts) continue;
    told.push_back(one);
    if (one.reading.at >= window.begin + kSettlingSeconds) settled.push_back(one);
  }
  if (std::string fault = power_fault(told, settled); !fault.empty()) {
    return refused(std::move(fault));
  }
  const std::optional<double> period = period_of_power(before, window);
  PowerWindow out;
  if (settled.size() > 1) {
    const WindowReading &first = settled.front(), &last = settled.back();
    out.seconds = last.reading.at - first.reading.at;
    out.launches = last.launches - first.launches;
    out.launch_seconds = last.launch_seconds - first.launch_seconds;
  }
  const double spacing =
      settled.size() > 1 ? out.seconds / static_cast<double>(settled.size() - 1) : 0;
  out.period = std::max(period.value_or(0), spacing);
  const double updates = updates_needed(out);
  const double needed = std::max(kShortestPowerWindow, updates * out.period);
  if (out.seconds < needed) {
    return refused(
        too_short(out.seconds, kSettlingSeconds, out.period, updates, needed, "power sensor"));
  }
  if (!period) {
    return refused(
        fmt::format("the power sensor reported {} and changed at most once, so how often it is "
                    "updated is not known",
                    scaled_text(*settled.back().reading.power_watts, "W")));
  }
  if (share_changed(settled) > kMostReadingsChanged) {
    return refused(fmt::format(
        "the power sensor is updated at least as often as it is read (every {}, between launches), "
        "so its readings may all be of the same part of a launch; use a smaller problem",
        duration_text(spacing)));
  }
  weigh(settled, out);
  out.refused = too_uncertain(out);
  return out;
}

}  // namespace assay::harness::measure

#include "results/fleet/traits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "results/page/text.h"

namespace assay::results::fleet {

namespace {

double none(const record::Record&) {
  return 0;
}

double log_seconds(const record::Record& record) {
  return std::log(record.summary.median);
}

/// Of the logarithm of the median: its interval's half width by the deviations that it stands for.
double log_uncertainty(const record::Record& record) {
  const statistics::Summary& summary = record.summary;
  const double deviations = summary.deviations();
  const double width = summary.interval.upper - summary.interval.lower;
  return deviations > 0 && width > 0 ? width / (2 * deviations * summary.median) : 0;
}

/// ln of the share by which the middle nine tenths of a device's times spread.
double log_spread(const record::Record& record) {
  const statistics::Summary& summary = record.summary;
  const double spread = (summary.percentile_95 - summary.percentile_5) / summary.median;
  // Clocks tell times in steps; below a thousandth nothing is known of noise.
  return summary.count >= 10 ? std::log(std::max(spread, 1e-3))
                             : std::numeric_limits<double>::quiet_NaN();
}

double temperature(const record::Record& record) {
  return record.sensors.temperature_celsius_maximum.value_or(
      std::numeric_limits<double>::quiet_NaN());
}

double log_watts(const record::Record& record) {
  return record.sensors.power_watts && *record.sensors.power_watts > 0
             ? std::log(*record.sensors.power_watts)
             : std::numeric_limits<double>::quiet_NaN();
}

std::string slower_text(double excess, double, double) {
  return fmt::format("{} slower", page::share_text(std::expm1(excess)));
}

const Trait kTraits[] = {
    {FleetFault::slow, log_seconds, log_uncertainty,
     [](const FleetOptions& options) { return std::log1p(options.slow); }, slower_text},
    {FleetFault::noisy, log_spread, none,
     [](const FleetOptions& options) { return std::log(options.noisy); },
     [](double, double value, double middle) {
       return fmt::format("times spread by {}, others by {}", page::share_text(std::exp(value)),
                          page::share_text(std::exp(middle)));
     }},
    {FleetFault::hot, temperature, none, [](const FleetOptions& options) { return options.hot; },
     [](double, double value, double middle) {
       return fmt::format("{:.0f} °C, others {:.0f}", value, middle);
     }},
    {FleetFault::hungry, log_watts, none,
     [](const FleetOptions& options) { return std::log1p(options.hungry); },
     [](double, double value, double middle) {
       return fmt::format("{:.0f} W, others {:.0f}", std::exp(value), std::exp(middle));
     }},
};

}  // namespace

std::span<const Trait> traits() {
  return kTraits;
}

}  // namespace assay::results::fleet

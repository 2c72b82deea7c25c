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

/// Standard error of the logarithm of the median: half the width of its interval, divided by the
/// number of standard deviations to which that corresponds.
double log_uncertainty(const record::Record& record) {
  const statistics::Summary& summary = record.summary;
  const double deviations = summary.deviations();
  const double width = summary.interval.upper - summary.interval.lower;
  return deviations > 0 && width > 0 ? width / (2 * deviations * summary.median) : 0;
}

/// ln of the relative spread of the times between their 5% and 95% quantiles.
double log_spread(const record::Record& record) {
  const statistics::Summary& summary = record.summary;
  const double spread = (summary.percentile_95 - summary.percentile_5) / summary.median;
  // Clocks have a limited resolution; noise below a thousandth cannot be measured.
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
  return fmt::format("{} slower", page::percent_text(std::expm1(excess)));
}

const Trait kTraits[] = {
    {FleetFault::slow, log_seconds, log_uncertainty,
     [](const FleetOptions& options) { return std::log1p(options.slow); }, slower_text},
    {FleetFault::noisy, log_spread, none,
     [](const FleetOptions& options) { return std::log(options.noisy); },
     [](double, double value, double middle) {
       return fmt::format("times spread by {}, others by {}", page::percent_text(std::exp(value)),
                          page::percent_text(std::exp(middle)));
     }},
    {FleetFault::hot, temperature, none, [](const FleetOptions& options) { return options.hot; },
     [](double, double value, double middle) {
       return fmt::format("{} °C, others {} °C", page::number_text(value, 3),
                          page::number_text(middle, 3));
     }},
    {FleetFault::high_power, log_watts, none,
     [](const FleetOptions& options) { return std::log1p(options.high_power); },
     [](double, double value, double middle) {
       return fmt::format("{}, others {}", page::scaled_text(std::exp(value), "W"),
                          page::scaled_text(std::exp(middle), "W"));
     }},
};

}  // namespace

std::span<const Trait> traits() {
  return kTraits;
}

}  // namespace assay::results::fleet

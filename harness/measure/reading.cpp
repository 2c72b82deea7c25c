#include "harness/measure/reading.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "harness/measure/foreign_text.h"
#include "results/statistics/statistics.h"

namespace assay::harness::measure {

std::optional<double> statistic_of(Statistic statistic, const std::vector<double>& values) {
  if (values.empty()) return std::nullopt;
  switch (statistic) {
    case Statistic::minimum:
      return *std::min_element(values.begin(), values.end());
    case Statistic::median:
      return results::statistics::median(values);
    case Statistic::mean:
      return std::accumulate(values.begin(), values.end(), 0.0) /
             static_cast<double>(values.size());
    case Statistic::maximum:
      return *std::max_element(values.begin(), values.end());
  }
  return std::nullopt;
}

Reading reading_of(const assay_sensors& report) {
  Reading reading;
  for (const SensorQuantity& quantity : kSensorQuantities) {
    const double figure = report.*quantity.report;
    // A figure that no device can have is as good as none; `assay conform` tells the module's
    // author.
    if (figure >= quantity.least && figure <= quantity.most) reading.*quantity.value = figure;
  }
  reading.throttle = foreign_line(report.throttle);
  return reading;
}

std::vector<double> known(std::span<const Reading> readings,
                          std::optional<double> Reading::*quantity) {
  std::vector<double> values;
  for (const Reading& reading : readings) {
    if (reading.*quantity) values.push_back(*(reading.*quantity));
  }
  return values;
}

}  // namespace assay::harness::measure

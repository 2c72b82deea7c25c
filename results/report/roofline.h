// The data of a roofline: measured roofs of one type on one device, and the points below them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "results/page/html.h"
#include "results/report/sections.h"

namespace assay::results::report {

/// Number of colours for operations in the style sheet; with more operations they repeat.
inline constexpr std::size_t kSeries = 6;

struct Range {
  double low = 0, high = 0;
};

struct RooflinePoint {
  const record::Record* record = nullptr;
  double intensity = 0;    ///< FLOP/B
  double rate = 0;         ///< FLOP/s
  std::size_t series = 0;  ///< number of its operation, which selects the colour
};

struct Roofline {
  kernels::DataType type = kernels::DataType::f32;
  std::optional<record::Roof> arithmetic, memory;
  std::vector<RooflinePoint> points;
  Range x, y;  ///< shared by the rooflines of a device

  /// min(peak, intensity × bandwidth) of the known roofs.
  double roof(double intensity) const;
  /// Corners of the roof from the left edge to the right one.
  std::vector<std::pair<double, double>> corners() const;
};

/// One roofline for each type that has a measured roof and verified results. Operations without
/// arithmetic are not shown.
std::vector<Roofline> rooflines_of(const DevicePart& part);

/// The operations in the rooflines, in the order of their colours.
std::vector<std::string> operations_of(const DevicePart& part);

/// The roofline as SVG, for printing and for browsers without scripts.
page::Html still_roofline(const Roofline& roofline, const std::string& alternative);

}  // namespace assay::results::report

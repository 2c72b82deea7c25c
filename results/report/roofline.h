// A roofline's data: measured roofs of one type on one device, and the points under them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "results/page/html.h"
#include "results/report/sections.h"

namespace assay::results::report {

/// Colours that the style sheet has for operations; further ones begin again.
inline constexpr std::size_t kSeries = 6;

struct Range {
  double low = 0, high = 0;
};

struct RooflinePoint {
  const record::Record* record = nullptr;
  double intensity = 0;    ///< FLOP/B
  double rate = 0;         ///< FLOP/s
  std::size_t series = 0;  ///< of its operation: a colour
};

struct Roofline {
  kernels::DataType type = kernels::DataType::f32;
  std::optional<record::Roof> arithmetic, memory;
  std::vector<RooflinePoint> points;
  Range x, y;  ///< shared by the rooflines of a device

  /// min(peak, intensity × bandwidth) of the roofs that there are.
  double roof(double intensity) const;
  /// Corners of the roof from the left edge to the right one.
  std::vector<std::pair<double, double>> corners() const;
};

/// One for each type in which something verified did arithmetic and a roof was measured. Operations
/// that do none have no place in it.
std::vector<Roofline> rooflines_of(const DevicePart& part);

/// The operations in them, in the order of their colours.
std::vector<std::string> operations_of(const DevicePart& part);

/// The roofline as it prints and as it stands without a script.
page::Html still_roofline(const Roofline& roofline, const std::string& alternative);

}  // namespace assay::results::report

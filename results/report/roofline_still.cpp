// A roofline as SVG, for printing and for browsers without scripts.
#include <algorithm>
#include <cmath>

#include "results/page/quantity_text.h"
#include "results/report/roofline.h"

namespace assay::results::report {

namespace {

constexpr double kWidth = 560, kHeight = 340;
constexpr double kLeft = 62, kRight = 12, kTop = 14, kBottom = 44;

/// Converts values on logarithmic axes to positions in the drawing.
class Frame {
 public:
  explicit Frame(const Roofline& roofline) : x_(roofline.x), y_(roofline.y) {}
  double x(double value) const {
    return kLeft +
           (kWidth - kLeft - kRight) * std::log(value / x_.low) / std::log(x_.high / x_.low);
  }
  double y(double value) const {
    return kHeight - kBottom -
           (kHeight - kTop - kBottom) * std::log(value / y_.low) / std::log(y_.high / y_.low);
  }

 private:
  Range x_, y_;
};

/// Powers of ten in the range; also their multiples by 2 and 5 if there are few.
std::vector<double> ticks(const Range& range) {
  const double decades = std::log10(range.high / range.low);
  std::vector<double> out;
  const int first = static_cast<int>(std::floor(std::log10(range.low)));
  const int last = static_cast<int>(std::floor(std::log10(range.high)));
  for (int power = first; power <= last; ++power) {
    for (const double step : {1.0, 2.0, 5.0}) {
      const double value = step * std::pow(10, power);
      const bool inside = value >= range.low && value <= range.high;
      if (inside && (step == 1 || decades < 2)) out.push_back(value);
    }
  }
  return out;
}

std::string tick_text(double value) {
  return page::number_text(value);
}

/// "100 G" on an axis whose title has the unit.
std::string rate_tick(double value) {
  std::string text = page::scaled_text(value, "");
  const std::size_t point = text.find('.');
  const std::size_t space = text.find(' ');
  if (point != std::string::npos && point < space) text.erase(point, space - point);
  return text;
}

page::Html axes(const Roofline& roofline, const Frame& frame) {
  page::Html out;
  for (const double tick : ticks(roofline.x)) {
    out +=
        page::html(R"(<line class="grid" x1="{0:.1f}" x2="{0:.1f}" y1="{1}" y2="{2}"/>)"
                   R"(<text x="{0:.1f}" y="{3}" text-anchor="middle">{4}</text>)",
                   frame.x(tick), kTop, kHeight - kBottom, kHeight - kBottom + 16, tick_text(tick));
  }
  for (const double tick : ticks(roofline.y)) {
    out += page::html(R"(<line class="grid" x1="{0}" x2="{1}" y1="{2:.1f}" y2="{2:.1f}"/>)"
                      R"(<text x="{3}" y="{4:.1f}" text-anchor="end">{5}</text>)",
                      kLeft, kWidth - kRight, frame.y(tick), kLeft - 6, frame.y(tick) + 4,
                      rate_tick(tick));
  }
  const std::string_view unit = page::rate_unit(roofline.type);
  out += page::html(
      R"(<text class="title" x="{}" y="{}" text-anchor="middle">intensity, {} per byte</text>)"
      R"(<text class="title" transform="translate(13 {}) rotate(-90) " text-anchor="middle">{}</text>)",
      (kLeft + kWidth - kRight) / 2, kHeight - 8, unit.substr(0, unit.size() - 2),
      (kTop + kHeight - kBottom) / 2, unit);
  return out;
}

page::Html roof(const Roofline& roofline, const Frame& frame) {
  std::string path;
  for (const auto& [x, y] : roofline.corners()) {
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", frame.x(x), frame.y(y));
  }
  page::Html out = page::html(R"(<path class="roof" d="{}"/>)", path);
  if (roofline.arithmetic) {
    out += page::html(R"(<text class="roof-label" x="{}" y="{:.1f}" text-anchor="end">{}</text>)",
                      kWidth - kRight - 4, frame.y(roofline.arithmetic->rate) - 7,
                      page::scaled_text(roofline.arithmetic->rate, page::rate_unit(roofline.type)));
  }
  if (roofline.memory) {
    const double x = roofline.x.low * 1.15, rate = roofline.memory->rate;
    const double slope =
        std::atan2(frame.y(x * rate) - frame.y(2 * x * rate), frame.x(2 * x) - frame.x(x));
    out += page::html(
        R"(<text class="roof-label" transform="translate({:.1f} {:.1f}) rotate({:.1f}) ">{}</text>)",
        frame.x(x), frame.y(x * rate) - 7, -slope * 180 / M_PI, page::scaled_text(rate, "B/s"));
  }
  return out;
}

}  // namespace

page::Html still_roofline(const Roofline& roofline, const std::string& alternative) {
  const Frame frame(roofline);
  page::Html points;
  for (const RooflinePoint& point : roofline.points) {
    points +=
        page::html(R"(<path class="point series-{}" transform="translate({:.1f} {:.1f}) " d="{}">)"
                   R"(<title>{}, {}: {}</title></path>)",
                   point.series % kSeries, frame.x(point.intensity), frame.y(point.rate),
                   facts(point.record->implementation.division).chart_mark, point.record->problem,
                   point.record->implementation.name,
                   page::scaled_text(point.rate, page::rate_unit(roofline.type)));
  }
  return html(R"(<svg class="still" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>)",
              kWidth, kHeight, alternative, axes(roofline, frame), roof(roofline, frame), points);
}

}  // namespace assay::results::report

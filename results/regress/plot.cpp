#include "results/regress/plot.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include "results/page/text.h"
#include "results/regress/words.h"
#include "results/statistics/statistics.h"

namespace assay::results::regress {

namespace {

constexpr double kWidth = 760, kHeight = 190, kTop = 22, kBottom = 24, kLeft = 92, kRight = 12;
constexpr double kSparkWidth = 150, kSparkHeight = 26;
/// Values of a sparkline; of more runs it shows medians.
constexpr std::size_t kSparkValues = 60;

/// Where runs and values stand.
struct Frame {
  std::size_t runs = 0;
  double least = 0, most = 0;  ///< times or energies
  bool rates = false;

  double shown(double value) const { return rates ? 1 / value : value; }
  double x(double run) const {
    return kLeft + (kWidth - kLeft - kRight) * (run + 0.5) / static_cast<double>(runs);
  }
  double y(double value) const {
    const double low = std::min(shown(least), shown(most)),
                 high = std::max(shown(least), shown(most));
    const double share = high > low ? (shown(value) - low) / (high - low) : 0.5;
    return kHeight - kBottom - (kHeight - kTop - kBottom) * std::clamp(share, 0.0, 1.0);
  }
};

Frame frame_of(const Series& series) {
  const std::vector<double> values = series.values(), shown = shown_values(series);
  const auto [least, most] = std::ranges::minmax(values);
  return {values.size(), least, most, shown.front() != values.front()};
}

page::Html levels_of(const Frame& frame, const std::vector<double>& values,
                     const statistics::Bounds& levels) {
  page::Html lines;
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
    const std::size_t from = levels[i], to = levels[i + 1];
    if (from >= to) continue;
    const double y = frame.y(statistics::median(std::span(values).subspan(from, to - from)));
    lines += page::html(R"(<line class="level" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>)",
                        frame.x(static_cast<double>(from) - 0.5),
                        frame.x(static_cast<double>(to) - 0.5), y, y);
  }
  return lines;
}

/// The runs at which the change may have happened, and the one that is the likeliest.
page::Html mark_of(const Frame& frame, const Series& series, const HistoryFinding& finding) {
  const auto edge = [&](std::size_t run) { return frame.x(static_cast<double>(run) - 0.5); };
  const double from = edge(std::min(finding.earliest, finding.first));
  const double to = edge(std::max({finding.latest, finding.last, finding.first}) + 1);
  const double x = edge(finding.first);
  const bool right = x > kWidth * 0.7;
  return page::html(R"(<g class="{}"><rect x="{:.1f}" width="{:.1f}" y="{:g}" height="{:g}"/>)"
                    R"(<line x1="{:.1f}" x2="{:.1f}" y1="{:g}" y2="{:g}"/></g>)"
                    R"(<text x="{:.1f}" y="{:g}" text-anchor="{}">{}</text>)",
                    finding.worse() ? "worse" : "better", from, to - from, kTop,
                    kHeight - kTop - kBottom, x, x, kTop, kHeight - kBottom, x, kTop - 8,
                    right ? "end" : "start", day_text(first_run(series, finding)));
}

}  // namespace

page::Html history_plot(const Series& series, const statistics::Bounds& levels,
                        const HistoryFinding* finding) {
  if (series.runs.size() < 2) return {};
  const Frame frame = frame_of(series);
  std::string points, intervals;
  for (std::size_t i = 0; i < series.runs.size(); ++i) {
    const HistoryRun& run = series.runs[i];
    const double x = frame.x(static_cast<double>(i));
    points += fmt::format("M{:.1f} {:.1f}h0", x, frame.y(run.value));
    intervals += fmt::format("M{:.1f} {:.1f}V{:.1f}", x, frame.y(run.interval.lower),
                             frame.y(run.interval.upper));
  }
  const std::string first = day_text(series.runs.front()), last = day_text(series.runs.back());
  // The smaller of two times is the larger rate, and stands above.
  const double above = frame.rates ? frame.least : frame.most,
               below = frame.rates ? frame.most : frame.least;
  const std::string text =
      fmt::format("{} from {} to {}, between {} and {}, the last {}",
                  page::counted(series.runs.size(), "run"), first, last, value_text(series, below),
                  value_text(series, above), value_text(series, series.runs.back().value));
  return page::html(
      R"(<svg class="history" viewBox="0 0 {:g} {:g}" role="img" aria-label="{}">{}{})"
      R"(<path class="reach" d="{}"/><path class="points" d="{}"/>)"
      R"(<text x="{:g}" y="{:g}" text-anchor="end">{}</text>)"
      R"(<text x="{:g}" y="{:g}" text-anchor="end">{}</text><text x="{:g}" y="{:g}">{}</text>)"
      R"(<text x="{:g}" y="{:g}" text-anchor="end">{}</text></svg>)",
      kWidth, kHeight, text, finding == nullptr ? page::Html() : mark_of(frame, series, *finding),
      levels_of(frame, series.values(), levels), intervals, points, kLeft - 8, kTop + 4,
      value_text(series, above), kLeft - 8, kHeight - kBottom, value_text(series, below), kLeft,
      kHeight - 6, first, kWidth - kRight, kHeight - 6, last);
}

page::Html history_sparkline(const Series& series) {
  std::vector<double> values = shown_values(series);
  if (values.size() < 2) return {};
  if (values.size() > kSparkValues) {
    std::vector<double> medians;
    for (std::size_t i = 0; i < kSparkValues; ++i) {
      const std::size_t from = i * values.size() / kSparkValues,
                        to = (i + 1) * values.size() / kSparkValues;
      medians.push_back(statistics::median(std::span(values).subspan(from, to - from)));
    }
    values = std::move(medians);
  }
  const auto [least, most] = std::ranges::minmax(values);
  std::string path;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double share = most > least ? (values[i] - least) / (most - least) : 0.5;
    path +=
        fmt::format("{}{:.1f} {:.1f}", i == 0 ? 'M' : 'L',
                    kSparkWidth * static_cast<double>(i) / static_cast<double>(values.size() - 1),
                    kSparkHeight - 3 - (kSparkHeight - 6) * share);
  }
  return page::html(
      R"(<svg class="course" viewBox="0 0 {:g} {:g}" aria-hidden="true"><path d="{}"/></svg>)",
      kSparkWidth, kSparkHeight, path);
}

}  // namespace assay::results::regress

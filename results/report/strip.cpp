// The distribution of the samples of a record, as high as a line of text.
#include <algorithm>
#include <array>

#include "results/report/sections.h"

namespace assay::results::report {

namespace {

constexpr int kBins = 40;
constexpr double kPitch = 3, kStripHeight = 20;

/// The range of the drawing. Far outliers are counted in the outermost bars, so that the other
/// samples do not all fall into one bar.
statistics::Interval stretch(const statistics::Summary& s) {
  return {std::max(s.minimum, s.median - 3 * (s.median - s.percentile_5)),
          std::min(s.maximum, s.median + 3 * (s.percentile_95 - s.median))};
}

std::string bars(const std::array<int, kBins>& counts) {
  const int most = *std::max_element(counts.begin(), counts.end());
  std::string path;
  for (int bin = 0; bin < kBins; ++bin) {
    if (counts[static_cast<std::size_t>(bin)] == 0) continue;
    const double height =
        std::max(1.0, kStripHeight * counts[static_cast<std::size_t>(bin)] / std::max(most, 1));
    path += fmt::format("M{:g} {:g}v-{:.1f}h2.4v{:.1f}z", bin * kPitch, kStripHeight + 2, height,
                        height);
  }
  return path;
}

}  // namespace

page::Html sample_strip(const record::Record& record) {
  const statistics::Summary& s = record.summary;
  if (record.device_seconds.size() < 2) return {};
  const statistics::Interval shown = stretch(s);
  const double width = shown.upper - shown.lower;
  const auto place = [&](double value) {
    return width > 0 ? std::clamp((value - shown.lower) / width, 0.0, 1.0) : 0.5;
  };
  std::array<int, kBins> counts{};
  for (const double value : record.device_seconds) {
    ++counts[static_cast<std::size_t>(std::min(kBins - 1, static_cast<int>(place(value) * kBins)))];
  }
  const double total = kBins * kPitch;
  const std::string text = fmt::format(
      "{} from {} to {}, median {}; drawn from {} to {}",
      page::counted(record.device_seconds.size(), "sample"), page::scaled_text(s.minimum, "s"),
      page::scaled_text(s.maximum, "s"), page::scaled_text(s.median, "s"),
      page::scaled_text(shown.lower, "s"), page::scaled_text(shown.upper, "s"));
  return page::html(
      R"(<svg class="strip" viewBox="0 0 {:g} 24" role="img" aria-label="{}"><title>{}</title>)"
      R"(<rect class="reach" x="{:.1f}" width="{:.1f}" y="0" height="24"/><path d="{}"/>)"
      R"(<line x1="{:.1f}" x2="{:.1f}" y1="0" y2="24"/></svg>)",
      total, text, text, place(s.interval.lower) * total,
      std::max(1.0, (place(s.interval.upper) - place(s.interval.lower)) * total), bars(counts),
      place(s.median) * total, place(s.median) * total);
}

}  // namespace assay::results::report

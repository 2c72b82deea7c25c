// A history drawn run by run, as SVG.
#pragma once

#include <optional>

#include "results/page/html.h"
#include "results/regress/regress.h"

namespace assay::results::regress {

/// Every run of a series with its interval, the levels, and the runs at which `finding` may have
/// begun. The vertical axis shows what value_text() shows, from the smallest to the largest value;
/// it does not begin at zero. Empty for fewer than two runs.
page::Html history_plot(const Series& series, const statistics::Bounds& levels,
                        const HistoryFinding* finding);

/// The course of a series as high as a line of text. Empty for fewer than two runs.
page::Html history_sparkline(const Series& series);

}  // namespace assay::results::regress

// Histories and their changes as one HTML file.
#pragma once

#include <string>

#include "results/regress/regress.h"

namespace assay::results::regress {

enum class HistoryView {
  changes,  ///< of `regress`: first what became slower
  series    ///< of `history`: first all series
};

/// `assay_version` is of the program that writes the page.
std::string history_html(const Regressions& found, HistoryView view,
                         const std::string& assay_version);

}  // namespace assay::results::regress

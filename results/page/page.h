// One HTML file that needs no network: it contains the style, Chart.js and the scripts.
#pragma once

#include <string>

#include "results/page/html.h"

namespace assay::results::page {

struct Page {
  std::string title;
  Html body;
  /// The data for the scripts: the JSON text of an object with an array "rooflines"; null if no
  /// script needs any.
  std::string data = "null";
  /// Name without extension of a further embedded style and, if there is one, script, used in
  /// addition to report.css and report.js; may be empty.
  std::string addition;
  std::string print_foot;  ///< at the bottom of every printed page, beside its number
};

/// The whole document. No other scripts than its own can run.
std::string page_html(const Page& page);

/// Whether a text begins like the documents of page_html().
bool is_page(const std::string& beginning);

}  // namespace assay::results::page

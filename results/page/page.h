// One HTML file that needs no network: the style, Chart.js and the scripts are inside it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "results/page/html.h"

namespace assay::results::page {

struct Page {
  std::string title;
  Html body;
  nlohmann::ordered_json data;  ///< what the scripts draw from; "rooflines" is an array in it
  /// Further embedded files beside report.css and report.js, without their endings: a style and,
  /// where there is one, a script; empty: none.
  std::string addition;
};

/// The whole document. Its scripts run, and no others.
std::string page_html(const Page& page);

/// Whether a text begins as page_html() begins a document.
bool is_page(const std::string& beginning);

}  // namespace assay::results::page

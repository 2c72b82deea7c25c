// A comparison as JSON, CSV, Markdown and HTML; harness/cli writes it as text for a terminal.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "results/compare/compare.h"

namespace assay::results::compare {

struct CompareView {
  Sort sort = Sort::problem;
  bool only_different = false;  ///< applies to rows; means and counts always include all
};

/// JSON as described by results/schema/comparison.schema.json.
nlohmann::ordered_json comparison_json(const CompareTable& table, const CompareView& view);
/// CSV (RFC 4180), one line per row; times in seconds.
std::string comparison_csv(const CompareTable& table, const CompareView& view);
std::string comparison_markdown(const CompareTable& table, const CompareView& view);

struct ComparePage {
  std::string assay_version;
  std::string written;  ///< UTC, ISO 8601
};
/// A whole HTML document that needs no network: tables in plain HTML, bars drawn by Chart.js.
std::string comparison_html(const CompareTable& table, const CompareView& view,
                            const ComparePage& page);

}  // namespace assay::results::compare

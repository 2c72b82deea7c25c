#include "results/project/page.h"

#include <algorithm>
#include <cmath>

#include "results/claims/units.h"
#include "results/page/html.h"
#include "results/page/page.h"
#include "results/page/text.h"
#include "results/report/sections.h"

namespace assay::results::project {

namespace {

constexpr double kWidth = 220, kMiddle = kWidth / 2;

/// Position on a logarithmic axis from 1/3 to 3 times the published figure.
double place(double ratio) {
  return kMiddle + kMiddle * std::clamp(std::log(ratio) / std::log(3.0), -1.0, 1.0);
}

/// The interval and the value relative to the published figure, which is the line in the middle.
page::Html interval(const ValidationRow& row) {
  const double low = place(row.projected.interval.lower / row.published),
               high = place(row.projected.interval.upper / row.published),
               value = place(row.projected.value / row.published);
  return page::html(
      "<svg class=\"projected\" viewBox=\"0 0 {} 16\" width=\"{}\" height=\"16\" role=\"img\" "
      "aria-label=\"projected / published: {}\"><line class=\"published\" x1=\"{}\" "
      "x2=\"{}\" y1=\"0\" y2=\"16\"/><line class=\"range\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"8\" "
      "y2=\"8\"/><circle cx=\"{:.1f}\" cy=\"8\" r=\"4\"/></svg>",
      kWidth, kWidth, page::ratio_text(row.projected.value / row.published), kMiddle, kMiddle, low,
      high, value);
}

page::Html row_html(const ValidationRow& row) {
  return html(
      "<tr><th>{}<br><small>{}{}</small></th><td class=\"number\">{} {}</td>"
      "<td class=\"number\">{}</td><td class=\"number\">{} to {}</td><td>{}</td>"
      "<td class=\"number\">{}</td><td>{}</td></tr>\n",
      row.statement, row.fitted ? "fitted" : "held out",
      row.note.empty() ? std::string() : "; " + row.note, page::number_text(row.published, 4),
      row.unit, page::number_text(row.projected.value, 3),
      page::number_text(row.projected.interval.lower, 3),
      page::number_text(row.projected.interval.upper, 3), interval(row),
      page::change_text(row.error()),
      row.inside() ? report::badge("supported", "✓", "inside")
                   : report::badge("refuted", "✗", "outside"));
}

}  // namespace

std::string validation_html(const Validation& validation, const std::string& assay_version) {
  page::Html rows;
  for (const ValidationRow& row : validation.rows) rows += row_html(row);
  page::Page page;
  page.title = "Projections compared with published figures";
  page.addition = "project";
  page.body = html(
      "<header><h1>{}</h1></header>\n<main>\n<p>Of {} figures that were not used for fitting, {} "
      "lie inside the 95% interval of their projection; the median of the absolute errors is {}. "
      "All projections are models: none of these figures was measured by Assay.</p>\n<div "
      "class=\"table\"><table>"
      "<thead><tr><th>Published</th><th class=\"number\">Figure</th><th class=\"number\">Projected"
      "</th><th class=\"number\">95% interval</th><th>Projected ÷ published, ⅓ to 3</th>"
      "<th class=\"number\">Error</th><th "
      "scope=\"col\">Inside</th></tr></thead><tbody>\n{}</tbody></table></div>\n"
      "</main>\n<footer><p>Made by Assay {}.</p></footer>\n",
      page.title, validation.held_out(), validation.held_out_inside(),
      page::percent_text(validation.held_out_error()), rows, assay_version);
  return page_html(page);
}

}  // namespace assay::results::project

#include "results/page/html.h"

#include <algorithm>
#include <cmath>

#include "results/compare/conclusion.h"
#include "results/compare/rendering.h"
#include "results/compare/unlike_kinds.h"
#include "results/compare/words.h"
#include "results/page/page.h"
#include "results/page/text.h"
#include "results/record/json_library.h"
#include "results/record/listing.h"
#include "results/report/sections.h"

namespace assay::results::compare {

namespace {

using nlohmann::ordered_json;

/// With more problems than this, the chart shows only means; the table has all problems.
constexpr std::size_t kMostBars = 40;

std::string_view key(statistics::Difference difference) {
  switch (difference) {
    case statistics::Difference::faster:
      return "faster";
    case statistics::Difference::slower:
      return "slower";
    case statistics::Difference::none_shown:
      return "none";
    case statistics::Difference::not_judged:
      break;
  }
  return "unjudged";
}

page::Html difference_badge(statistics::Difference difference) {
  switch (difference) {
    case statistics::Difference::faster:
      return report::badge("supported", "▲", name(difference));
    case statistics::Difference::slower:
      return report::badge("refuted", "▼", name(difference));
    case statistics::Difference::none_shown:
      return report::badge("untested", "≈", name(difference));
    case statistics::Difference::not_judged:
      break;
  }
  return report::badge("untested", "○", name(difference));
}

/// A common logarithmic axis for speeds, which includes 1.
struct Axis {
  double low = 1, high = 1;

  void take(const statistics::Ratio& speed) {
    const bool known = speed.has_interval();
    low = std::min(low, known ? speed.interval.lower : speed.value);
    high = std::max(high, known ? speed.interval.upper : speed.value);
  }
  double place(double speed) const {
    const double width = std::max(std::log(high / low), 1e-6);
    return 6 + 148 * std::log(speed / low) / width;
  }
};

page::Html interval_figure(const statistics::Ratio& speed, const Axis& axis) {
  page::Html reach;
  if (speed.has_interval()) {
    const double from = axis.place(speed.interval.lower), to = axis.place(speed.interval.upper);
    reach = page::html(R"(<rect class="reach" x="{:.1f}" width="{:.1f}" y="5" height="8" rx="2"/>)",
                       from, std::max(1.5, to - from));
  }
  return html(R"(<svg class="interval" viewBox="0 0 160 18" aria-hidden="true">)"
              R"(<line class="axis" x1="2" x2="158" y1="9" y2="9"/>)"
              R"(<line class="needed" x1="{0:.1f}" x2="{0:.1f}" y1="1" y2="17"/>{1})"
              R"(<circle class="median" cx="{2:.1f}" cy="9" r="3.5"/></svg>)",
              axis.place(1), reach, axis.place(speed.value));
}

page::Html ratio_cells(const statistics::Ratio& shown) {
  return page::html(R"(<td class="number">{}</td><td class="number">{}</td>)",
                    page::ratio_text(shown.value), interval_text(shown.interval));
}

page::Html row_html(const ComparedGroup& group, const ComparedProblem& row, const Labels& labels,
                    const Axis& axis, std::size_t place) {
  const std::string marks = marks_text(row, labels);
  page::Html remarks = difference_badge(row.difference);
  if (!marks.empty()) remarks += page::html(R"( <span class="badge origin">{}</span>)", marks);
  if (!row.not_judged.empty()) {
    remarks += page::html(R"( <span class="small">{}</span>)", row.not_judged);
  }
  return html(R"(<tr data-place="{}" data-speed="{}" data-operation="{}" data-difference="{}">)"
              R"(<th scope="row"><code title="{}">{}</code><span class="small">{}</span></th>)"
              R"(<td class="number">{}</td><td class="number">{}</td>{}<td>{}</td>)"
              R"(<td>{}</td></tr>)",
              place, row.speed.value, row.operation(), key(row.difference), row.problem(),
              record::brief_problem(row.problem()), contenders_text(group, row, labels),
              speed_text(*row.baseline.record), speed_text(*row.other.record),
              ratio_cells(row.speed), interval_figure(row.speed, axis), remarks);
}

page::Html rows_table(const ComparedGroup& group, const std::vector<const ComparedProblem*>& rows,
                      const Labels& labels) {
  if (rows.empty()) return page::html("<p>No problem shows a difference.</p>");
  Axis axis;
  for (const ComparedProblem* row : rows) axis.take(row->speed);
  page::Html body;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    body += row_html(group, *rows[i], labels, axis, i);
  }
  return html(
      R"(<div class="table" role="region" tabindex="0" aria-label="{0}"><table )"
      R"(class="compared filterable"><caption>{0}</caption><thead><tr>)"
      R"(<th scope="col" data-sort="place">Problem</th><th scope="col" class="number">{1}</th>)"
      R"(<th scope="col" class="number">{2}</th>)"
      R"(<th scope="col" class="number" data-sort="speed">{2}/{1}</th>)"
      R"(<th scope="col" class="number">95% interval</th><th scope="col">line: 1</th>)"
      R"(<th scope="col">Difference</th></tr></thead><tbody>{3}</tbody></table></div>)",
      group_title(group), labels.a, labels.b, body);
}

page::Html judgement_html(statistics::Difference difference, std::size_t not_judged) {
  page::Html out = difference_badge(difference);
  if (not_judged > 0) {
    out += page::html(R"( <span class="small">{}</span>)", page::counted(not_judged, "problem"));
  }
  return out;
}

page::Html means_table(const ComparedGroup& group) {
  Axis axis;
  for (const Mean& mean : group.means) axis.take(mean.speed);
  page::Html rows;
  for (const Mean& mean : group.means) {
    rows +=
        html(R"(<tr><th scope="row">{}</th><td class="number">{}</td>{}<td>{}</td><td>{}</td>)"
             R"(<td class="number">{}</td><td class="number">{}</td></tr>)",
             mean.operation.empty() ? page::html("<b>all</b>") : page::html("{}", mean.operation),
             mean.problems, ratio_cells(mean.speed), interval_figure(mean.speed, axis),
             judgement_html(mean.difference, mean.not_judged),
             mean.per_watt
                 ? fmt::format("{} {} ({})", page::ratio_text(mean.per_watt->value),
                               interval_text(mean.per_watt->interval), mean.problems_with_energy)
                 : std::string("–"),
             mean.per_dollar ? fmt::format("{} {}", page::ratio_text(mean.per_dollar->value),
                                           interval_text(mean.per_dollar->interval))
                             : std::string("–"));
  }
  return html(
      R"(<div class="table" role="region" tabindex="0" aria-label="{0}"><table>)"
      R"(<caption>{0}</caption><thead><tr><th scope="col">Operation</th>)"
      R"(<th scope="col" class="number">Problems</th><th scope="col" class="number">Speed</th>)"
      R"(<th scope="col" class="number">95% interval</th><th scope="col">line: 1</th>)"
      R"(<th scope="col">Difference</th><th scope="col" class="number">Per watt (problems)</th>)"
      R"(<th scope="col" class="number">Per dollar</th></tr></thead><tbody>{1}</tbody></table></div>)",
      "Geometric means of speed, " + group_title(group), rows);
}

page::Html score_html(const Score& score, const Weights& weights) {
  page::Html rows;
  for (const ScoreTerm& term : score.terms) {
    rows += html(R"(<tr><th scope="row">{}</th><td class="number">{}</td>)"
                 R"(<td class="number">{}</td>{}</tr>)",
                 term.entry->name, term.entry->weight, term.problems,
                 term.problems == 0 ? page::html(R"(<td class="number" colspan="2">missing</td>)")
                                    : ratio_cells(term.speed));
  }
  const page::Html value = score.value
                               ? page::html("<b>{}</b> {} {}", page::ratio_text(score.value->value),
                                            interval_text(score.value->interval),
                                            judgement_html(score.difference, score.not_judged))
                               : page::html("<b>none</b>");
  return html(
      R"(<h4>Score{}{}</h4><p>{}</p><p class="small">{}</p><p>{}</p><div class="table"><table>)"
      R"(<thead><tr><th scope="col">Entry</th><th scope="col" class="number">Weight</th>)"
      R"(<th scope="col" class="number">Problems</th><th scope="col" class="number">Speed</th>)"
      R"(<th scope="col" class="number">95% interval</th></tr></thead><tbody>{}</tbody></table></div>)",
      weights.title.empty() ? "" : ": ", weights.title, value, score_formula(),
      missing_text(score, weights), rows);
}

ordered_json bar(const std::string& label, const statistics::Ratio& speed,
                 statistics::Difference difference) {
  return {{"label", label},
          {"value", speed.value},
          {"lower", speed.interval.lower},
          {"upper", speed.interval.upper},
          {"difference", key(difference)},
          {"text", page::ratio_text(speed.value) + " " + interval_text(speed.interval)}};
}

page::Html bars(const ComparedGroup& group, const std::vector<const ComparedProblem*>& rows,
                const Labels& labels, ordered_json& figures) {
  ordered_json list = ordered_json::array();
  for (const Mean& mean : group.means) {
    list.push_back(bar(mean.operation.empty() ? "all, mean" : mean.operation + ", mean", mean.speed,
                       mean.difference));
  }
  const bool each = rows.size() <= kMostBars;
  if (each) {
    for (const ComparedProblem* row : rows) {
      list.push_back(bar(record::brief_problem(row->problem()), row->speed, row->difference));
    }
  }
  const std::string id = fmt::format("bars-{}", figures.size());
  const std::string title =
      fmt::format("{} / {}, {}, with 95% intervals", labels.b, labels.a, group_title(group));
  figures.push_back({{"id", id}, {"title", title}, {"bars", list}});
  return page::html(
      R"(<figure class="bars" id="{}" hidden><figcaption><b>{}</b> Above 1, {} is faster{}</figcaption>)"
      R"(<div class="plot"></div></figure>)",
      id, title, labels.b, each ? "" : "; only means, since there are too many problems to draw");
}

page::Html left_out_html(const SideComparison& comparison, const Labels& labels) {
  if (comparison.left_out.empty()) return {};
  page::Html out;
  for (const LeftOutKind& kind : left_out_kinds(comparison)) {
    page::Html items;
    for (const LeftOut* one : kind.records) {
      const record::Record& record = *one->record;
      items += page::html("<li><code>{}</code> {} {}{}{}</li>",
                          record::brief_problem(record.problem), record.implementation.name,
                          name(record.settings.mode), one->detail.empty() ? "" : ": ", one->detail);
    }
    out +=
        html(R"(<details class="folded"><summary>{} of {}, {}: {}</summary><ul>{}</ul></details>)",
             kind.records.size(), kind.of_baseline ? labels.a : labels.b, name(kind.reason),
             meaning(kind.reason), items);
  }
  return html("<h3>Not compared</h3>{}", out);
}

/// Settings, versions and environments that differ.
page::Html unlike_html(const CompareTable& table, const SideComparison& comparison,
                       const Labels& labels) {
  page::Html items, out;
  for (const UnlikeKind& kind : unlike_kinds(table, comparison)) {
    items += page::html("<li>{} ({})</li>", kind.text, page::counted(kind.problems, "problem"));
  }
  if (!items.empty()) {
    out += html(R"(<h3>Measured unlike</h3><ul class="method">{}</ul>)", items);
  }
  if (table.sides.front().is_published || table.sides[comparison.side].is_published) return out;
  if (!comparison.environment) {
    return out +=
           page::html("<p>The environments are not compared, since one of them is not known.</p>");
  }
  const auto& changes = *comparison.environment;
  if (changes.empty()) return out;
  page::Html rows;
  for (const record::EnvironmentChange& change : changes) {
    rows += page::html("<li><code>{}</code>: {} {}, {} {}</li>", change.key, labels.a,
                       change.before, labels.b, change.after);
  }
  return out += html(R"(<details class="folded"><summary>{} of the environments</summary>)"
                     R"(<ul class="method">{}</ul></details>)",
                     page::counted(changes.size(), "difference"), rows);
}

page::Html group_html(const CompareTable& table, const ComparedGroup& group,
                      const CompareView& view, const Labels& labels) {
  // What the best come to stands at the top of the page.
  page::Html body =
      group.of_all ? page::Html{}
                   : page::html("<h3>{}</h3><p>{}</p>", group_title(group), counts_text(group));
  body += rows_table(group, sorted_rows(group, view.sort, view.only_different), labels);
  body += means_table(group);
  if (group.score) body += score_html(*group.score, *table.weights);
  return body;
}

page::Html comparison_section(const CompareTable& table, const SideComparison& comparison,
                              const CompareView& view, ordered_json& figures) {
  const Labels labels = labels_of(table, comparison);
  page::Html body = page::html("<p>{}</p>", direction_text(labels));
  for (const ComparedGroup& group : comparison.best) {
    const auto rows = sorted_rows(group, view.sort, view.only_different);
    body += group_html(table, group, view, labels);
    body += bars(group, rows, labels, figures);
  }
  if (comparison.best.empty()) {
    body += page::html("<p>The two sides have no results in common.</p>");
  }
  body += unlike_html(table, comparison, labels);
  page::Html divisions;
  for (const ComparedGroup& group : comparison.groups) {
    divisions += group_html(table, group, view, labels);
  }
  if (comparison.groups.size() > 1) {
    body += html(
        R"(<details class="folded"><summary>Within each division and mode</summary>{}</details>)",
        divisions);
  }
  body += left_out_html(comparison, labels);
  return html(R"(<section id="side-{}"><h2>{} compared with {}</h2>{}</section>)", comparison.side,
              labels.b, labels.a, body);
}

/// A side's name, and what stands behind it.
page::Html sides_table(const CompareTable& table) {
  page::Html rows;
  for (const Side& side : table.sides) {
    const bool wrong = side.offer && signature_wrong(*side.offer);
    const std::string signature = side.offer          ? signature_text(*side.offer)
                                  : side.is_published ? "–"
                                                      : "no bundle: unsigned";
    const std::string rules = side.offer          ? rules_text(*side.offer)
                              : side.is_published ? "–"
                                                  : "not checked: no bundle";
    rows += html(
        R"(<tr><th scope="row"><b>{}</b></th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>)",
        side.label, page::html(R"({}<span class="small">{}</span>)", side.name, side_text(side)),
        wrong ? report::badge("refuted", "✗", signature) : page::html("{}", signature),
        side.offer && !side.offer->broken.empty()
            ? page::html(R"(<span class="missed">{}</span>)", rules)
            : page::html("{}", rules),
        trust_text(side));
  }
  return html(
      R"(<div class="table" role="region" tabindex="0" aria-label="Sides"><table class="sides">)"
      R"(<thead><tr><th scope="col">Side</th><th scope="col">What it is</th>)"
      R"(<th scope="col">Signature</th><th scope="col">Rules</th><th scope="col">Trust</th></tr>)"
      R"(</thead><tbody>{}</tbody></table></div>)",
      rows);
}

page::Html head_of(const CompareTable& table) {
  page::Html headlines, details;
  for (const SideComparison& comparison : table.comparisons) {
    const Conclusion conclusion = conclusion_of(table, comparison);
    headlines += page::html("<span>{}</span>", conclusion.headline);
    const bool several = table.comparisons.size() > 1;
    for (const std::string& detail : conclusion.details) {
      details += page::html("<li>{}{}</li>",
                            several ? label_of(table, comparison.side) + ": " : std::string(),
                            page::prose(detail));
    }
  }
  return html(R"(<header><p class="kicker">Assay comparison</p><h1 class="several">{}</h1>)"
              R"(<ul class="method">{}</ul></header>)",
              headlines, details);
}

page::Html navigation_of(const CompareTable& table) {
  page::Html items;
  for (const SideComparison& comparison : table.comparisons) {
    const Labels labels = labels_of(table, comparison);
    items += page::html(R"(<a href="#side-{}">{} and {}</a>)", comparison.side, labels.b, labels.a);
  }
  return html(
      R"(<nav aria-label="Sections"><a href="#sides">Sides</a>{}<a href="#method">Method</a></nav>)",
      items);
}

page::Html method_of(const CompareTable& table) {
  page::Html items;
  for (const std::string& note : notes(table)) items += page::html("<li>{}</li>", note);
  return html(
      R"(<section id="method"><h2>Method</h2><p>Only verified results of equal problems in the )"
      R"(same mode are compared.</p><ul class="method">{}</ul></section>)",
      items);
}

}  // namespace

std::string comparison_html(const CompareTable& table, const CompareView& view,
                            const ComparePage& page) {
  ordered_json figures = ordered_json::array();
  page::Html sections;
  std::string title = "Assay comparison:";
  for (const SideComparison& comparison : table.comparisons) {
    sections += comparison_section(table, comparison, view, figures);
  }
  for (std::size_t i = 0; i < table.sides.size(); ++i) {
    const Side& side = table.sides[i];
    title += (i == 0 ? " " : " and ") + (side.label == side_letter(i) ? side.name : side.label);
  }
  const page::Html body =
      html(R"({}{}<main><section id="sides"><h2>Sides</h2>{}</section>{}{}</main>)"
           "<footer><p>Written {} by Assay {}. This page loads nothing from "
           "elsewhere.</p></footer>",
           head_of(table), navigation_of(table), sides_table(table), sections, method_of(table),
           page::moment_text(page.written), page.assay_version);
  const ordered_json data = {{"rooflines", ordered_json::array()}, {"bars", figures}};
  return page::page_html(
      {title, body, data.dump(-1, ' ', false, ordered_json::error_handler_t::replace), "compare"});
}

}  // namespace assay::results::compare

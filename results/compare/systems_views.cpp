// A comparison of published systems as JSON, Markdown and HTML.
#include <fmt/format.h>

#include <cmath>

#include "results/claims/units.h"
#include "results/compare/systems.h"
#include "results/page/html.h"
#include "results/page/page.h"
#include "results/page/text.h"
#include "results/record/json_library.h"
#include "results/report/sections.h"

namespace assay::results::compare {

namespace {

using claims::Cell;
using claims::CellKind;
using nlohmann::ordered_json;

std::string cell_words(const Cell& cell) {
  switch (cell.kind) {
    case CellKind::claimed:
    case CellKind::measured:
      return cell.text + (cell.kind == CellKind::measured ? " (measured)" : "") +
             (cell.unverified ? "?" : "") + (cell.disputed.empty() ? "" : "!");
    case CellKind::unknown:
      return "unknown";
    case CellKind::not_applicable:
      return "–";
  }
  return "";
}

ordered_json number_json(const std::optional<double>& figure) {
  return figure ? ordered_json(*figure) : ordered_json(nullptr);
}

template <class Stated>
ordered_json stated_json(const std::optional<Stated>& stated, double value) {
  if (!stated) return nullptr;
  return {{"value", value}, {"text", stated->text}};
}

ordered_json cell_json(const SystemRow& row, const claims::Metric& metric, std::size_t place) {
  const Cell& cell = row.row->cells[place];
  ordered_json out = {{"kind", name(cell.kind)}, {"value", nullptr}, {"basis", cell.basis}};
  if (!cell.is_known()) return out;
  const double scale = claims::parse_unit(metric.unit).scale;
  out["value"] = cell.value / scale;
  out["lowest"] = cell.ends.lower / scale;
  out["highest"] = cell.ends.upper / scale;
  out["lower"] = cell.range.lower / scale;
  out["upper"] = cell.range.upper / scale;
  out["sources"] = row.sources[place];
  out["figures"] = cell.sources;
  out["disputed"] = cell.disputed;
  out["conditions"] = cell.conditions;
  out["scope"] = cell.scope;
  out["unverified"] = cell.unverified;
  out["records"] = cell.records;
  return out;
}

/// Escapes characters that have a meaning in Markdown or would end a table cell.
std::string marked_down(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '`' || c == '*' || c == '_' || c == '[' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

page::Html outcome_badge(const std::string& outcome) {
  if (outcome == "ahead") return report::badge("supported", "▲", outcome);
  if (outcome == "behind") return report::badge("refuted", "▼", outcome);
  return report::badge("untested", "≈", outcome);
}

page::Html notes_of(const SystemsTable& table, const claims::ContestRow& row) {
  page::Html items;
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const std::string& label = table.sides[i].label;
    for (const std::string& text : row.cells[i].conditions) {
      items += page::html(R"(<span class="small">{}: {}</span>)", label, text);
    }
    for (const std::string& text : row.cells[i].disputed) {
      items += page::html(R"(<span class="small">{} disputed: {}</span>)", label, text);
    }
  }
  return items;
}

page::Html row_html(const SystemsTable& table, const SystemRow& row) {
  page::Html cells, ratios;
  for (std::size_t i = 0; i < row.row->cells.size(); ++i) {
    page::Html links;
    for (const std::size_t place : row.sources[i]) {
      links += page::html(R"( <a href="#source-{0}">[{0}]</a>)", place + 1);
    }
    cells += page::html(R"(<td class="number">{}{}</td>)", cell_words(row.row->cells[i]), links);
  }
  for (const SystemRatio& ratio : row.ratios) {
    ratios +=
        page::html(R"(<td class="number">{}<span class="small">{}</span></td><td>{}</td>)",
                   ratio_text(ratio), per_text(ratio),
                   ratio.known ? outcome_badge(ratio.outcome) : page::html("{}", ratio.outcome));
  }
  return page::html(R"(<tr><th scope="row">{}{}</th>{}{}</tr>)", metric_text(*row.row),
                    notes_of(table, *row.row), cells, ratios);
}

page::Html table_html(const SystemsTable& table, bool alike) {
  page::Html heads, rows;
  for (const SystemSide& side : table.sides) {
    heads += page::html(R"(<th scope="col" class="number">{}</th>)", side.label);
  }
  for (std::size_t i = 1; i < table.sides.size(); ++i) {
    heads += page::html(R"(<th scope="col" class="number">{} / {}</th><th scope="col">Ahead</th>)",
                        table.sides[i].label, table.sides[0].label);
  }
  for (const SystemRow& row : table.rows) {
    if (row.published_alike == alike) rows += row_html(table, row);
  }
  if (rows.empty()) return {};
  return page::html(
      R"(<div class="table" role="region" tabindex="0" aria-label="{}"><table class="systems">)"
      R"(<thead><tr><th scope="col">Metric</th>{}</tr></thead><tbody>{}</tbody></table></div>)",
      alike ? "Metrics that are published alike" : "Metrics that are not published alike", heads,
      rows);
}

page::Html sides_html(const SystemsTable& table) {
  page::Html rows;
  for (const SystemSide& side : table.sides) {
    rows += page::html(
        R"(<tr><th scope="row"><b>{}</b></th><td>{}, {} ({})</td><td>{}</td><td>{}</td></tr>)",
        side.label, side.system->name, side.system->kind, side.system->id,
        side.price ? side.price->text : std::string("none in dollars"),
        side.power ? side.power->text : std::string("none"));
  }
  return page::html(
      R"(<div class="table"><table class="sides"><thead><tr><th scope="col">Side</th>)"
      R"(<th scope="col">System</th><th scope="col">Price</th><th scope="col">Power</th></tr></thead>)"
      R"(<tbody>{}</tbody></table></div>)",
      rows);
}

page::Html sources_html(const SystemsTable& table) {
  page::Html items;
  for (std::size_t i = 0; i < table.sources.size(); ++i) {
    const claims::Property& figure = *table.sources[i];
    items += page::html(R"(<li id="source-{}">{}</li>)", i + 1,
                        page::link(figure.source.url, source_text(figure)));
  }
  return page::html(R"(<section id="sources"><h2>Sources</h2><ol>{}</ol></section>)", items);
}

}  // namespace

ordered_json systems_json(const SystemsTable& table) {
  ordered_json sides = ordered_json::array(), rows = ordered_json::array(),
               sources = ordered_json::array();
  ordered_json ids = ordered_json::array();
  for (const SystemSide& side : table.sides) {
    ids.push_back(side.system->id);
    sides.push_back(
        {{"system", side.system->id},
         {"label", side.label},
         {"price_dollars", stated_json(side.price, side.price ? side.price->dollars : 0)},
         {"power_watts", stated_json(side.power, side.power ? side.power->watts : 0)}});
  }
  for (const SystemRow& row : table.rows) {
    const claims::Metric& metric = *row.row->metric;
    ordered_json cells = ordered_json::array(), ratios = ordered_json::array();
    for (std::size_t i = 0; i < row.row->cells.size(); ++i) {
      cells.push_back(cell_json(row, metric, i));
    }
    for (std::size_t i = 0; i < row.ratios.size(); ++i) {
      const SystemRatio& ratio = row.ratios[i];
      ordered_json value = nullptr;
      if (ratio.known && std::isfinite(ratio.value)) {
        value = {
            {"value", ratio.value}, {"lowest", ratio.ends.lower}, {"highest", ratio.ends.upper}};
      }
      ratios.push_back({{"system", table.sides[i + 1].system->id},
                        {"ratio", value},
                        {"outcome", ratio.outcome},
                        {"per_dollar", number_json(ratio.per_dollar)},
                        {"per_watt", number_json(ratio.per_watt)}});
    }
    rows.push_back({{"metric", metric.id},
                    {"name", metric.name},
                    {"group", metric.group},
                    {"unit", metric.unit},
                    {"less_is_better", metric.less_is_better},
                    {"cells", cells},
                    {"ratios", ratios}});
  }
  for (const claims::Property* figure : table.sources) {
    sources.push_back({{"title", figure->source.title},
                       {"url", figure->source.url},
                       {"voice", figure->source.voice()},
                       {"date", figure->source.date},
                       {"standing", name(figure->standing)}});
  }
  return {{"title", table.contest.title},
          {"systems", ids},
          {"conclusions", conclusions(table)},
          {"sides", sides},
          {"rows", rows},
          {"sources", sources},
          {"notes", notes(table)}};
}

std::string systems_markdown(const SystemsTable& table) {
  std::string out;
  for (const std::string& text : conclusions(table)) {
    out += fmt::format("**{}**\n\n", marked_down(text));
  }
  out += "| metric |";
  std::string rule = "\n|---|";
  for (const SystemSide& side : table.sides) {
    out += fmt::format(" {} |", marked_down(side.label));
    rule += "---:|";
  }
  for (std::size_t i = 1; i < table.sides.size(); ++i) {
    out += fmt::format(" {} / {} | outcome |", marked_down(table.sides[i].label),
                       marked_down(table.sides[0].label));
    rule += "---:|---|";
  }
  out += " source |" + rule + "---|\n";
  for (const SystemRow& row : table.rows) {
    out += fmt::format("| {} |", marked_down(metric_text(*row.row)));
    for (const Cell& cell : row.row->cells)
      out += fmt::format(" {} |", marked_down(cell_words(cell)));
    for (const SystemRatio& ratio : row.ratios) {
      const std::string per = per_text(ratio);
      out += fmt::format(" {}{} | {} |", ratio_text(ratio), per.empty() ? "" : " (" + per + ")",
                         ratio.outcome);
    }
    std::string sources;
    for (std::size_t i = 1; i < row.row->cells.size(); ++i) {
      sources += (i == 1 ? "" : " ") + references(row, i);
    }
    out += fmt::format(" {} |\n", marked_down(sources));
  }
  out += "\n";
  for (const std::string& note : notes(table)) out += "- " + marked_down(note) + "\n";
  out += "\n";
  for (std::size_t i = 0; i < table.sources.size(); ++i) {
    out += fmt::format("{}. {} {}\n", i + 1, marked_down(source_text(*table.sources[i])),
                       table.sources[i]->source.url);
  }
  return out;
}

std::string systems_html(const SystemsTable& table, const ComparePage& page) {
  page::Html headlines, items;
  std::string title = "Assay comparison:";
  for (const std::string& text : conclusions(table)) {
    headlines += page::html("<span>{}</span>", text);
  }
  for (std::size_t i = 0; i < table.sides.size(); ++i) {
    title += (i == 0 ? " " : " and ") + table.sides[i].label;
  }
  for (const std::string& note : notes(table)) items += page::html("<li>{}</li>", note);
  const page::Html apart = table_html(table, false);
  const page::Html body = page::html(
      R"(<header><p class="kicker">Assay comparison of published systems</p>)"
      R"(<h1 class="several">{}</h1><ul class="method">{}</ul></header>)"
      R"(<nav aria-label="Sections"><a href="#sides">Sides</a><a href="#metrics">Metrics</a>)"
      R"(<a href="#sources">Sources</a></nav><main>)"
      R"(<section id="sides"><h2>Sides</h2>{}</section>)"
      R"(<section id="metrics"><h2>Metrics</h2>{}{}</section>{}</main><footer><p>Written {} by )"
      R"(Assay {}. This page loads nothing from elsewhere.</p></footer>)",
      headlines, items, sides_html(table), table_html(table, true),
      apart.empty()
          ? page::Html{}
          : page::html(
                R"(<details class="folded"><summary>Not published alike</summary>{}</details>)",
                apart),
      sources_html(table), page::moment_text(page.written), page.assay_version);
  return page::page_html({title, body, R"({"rooflines":[],"bars":[]})", "compare"});
}

}  // namespace assay::results::compare

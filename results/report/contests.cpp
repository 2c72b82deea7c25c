// Tables that compare systems, metric by metric; each cell says where its figure comes from.
#include "results/claims/contest.h"
#include "results/claims/units.h"
#include "results/page/quantity_text.h"
#include "results/report/sections.h"

namespace assay::results::report {
namespace {

std::size_t columns(const claims::ContestTable& table) {
  return table.systems.size() + (table.today == nullptr ? 2 : 3);
}

std::string_view group_title(std::string_view group) {
  if (group == "system") return "Whole systems";
  if (group == "chip") return "Per chip, with its share of common parts";
  if (group == "watt") return "Per watt";
  if (group == "rack") return "Per rack";
  return "Kernels and serving, per chip";
}

/// "300", "500–600".
std::string figure_text(const claims::ContestRow& row, const claims::Cell& cell) {
  const double scale = claims::parse_unit(row.metric->unit).scale;
  if (cell.ends.lower == cell.ends.upper) return page::number_text(cell.value / scale);
  return fmt::format("{}–{}", page::number_text(cell.ends.lower / scale),
                     page::number_text(cell.ends.upper / scale));
}

/// What a reader must know of a row: several sources, conditions, disputes.
page::Html notes(const claims::ContestTable& table, const claims::ContestRow& row) {
  page::Html items;
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const claims::Cell& one = row.cells[i];
    const std::string& system = table.systems[i]->name;
    if (one.sources.size() > 1) {
      items +=
          page::html("<li>{}: {}</li>", system, fmt::format("{}", fmt::join(one.sources, ", ")));
    }
    for (const std::string& text : one.conditions)
      items += page::html("<li>{}: {}</li>", system, text);
    for (const std::string& text : one.disputed) {
      items += page::html("<li>{}, disputed: {}</li>", system, text);
    }
  }
  if (items.empty()) return items;
  return page::html(R"(<tr class="notes"><td colspan="{}"><ul class="why small">{}</ul></td></tr>)",
                    columns(table), items);
}

page::Html outcome(const claims::Against& against) {
  const std::string ratio = !against.known ? std::string()
                            : against.ends.lower == against.ends.upper
                                ? claims::format_in(against.ratio, "x", 3) + " "
                                : fmt::format("{}–{} ", page::number_text(against.ends.lower, 3),
                                              claims::format_in(against.ends.upper, "x", 3));
  return page::html(R"(<td data-title="First compared with {}" class="{}">{}{}</td>)",
                    against.system->name, against.outcome, ratio, against.outcome);
}

page::Html cell(const claims::ContestRow& row, const claims::Cell& cell,
                const claims::System& system) {
  if (cell.kind == claims::CellKind::not_applicable) {
    return page::html(R"(<td data-title="{}" class="number quiet none">–</td>)", system.name);
  }
  if (cell.kind == claims::CellKind::unknown) {
    return page::html(R"(<td data-title="{}" class="number quiet" title="{}">unknown</td>)",
                      system.name, cell.basis);
  }
  page::Html records;
  for (const std::string& id : cell.records) {
    records += page::html(" ");
    records += record_link(id);
  }
  return html(R"(<td data-title="{}" class="number" title="{}"><b>{}</b> )"
              R"(<span class="small">{}{}</span>{}</td>)",
              system.name, cell.basis, figure_text(row, cell), name(cell.kind),
              fmt::format("{}{}", cell.unverified ? ", unverified" : "",
                          cell.disputed.empty() ? "" : ", disputed"),
              records);
}

page::Html group_rows(const claims::ContestTable& table, const std::string& group) {
  page::Html rows =
      page::html(R"(<tr class="group"><th colspan="{}" scope="rowgroup">{}</th></tr>)",
                 columns(table), group_title(group));
  for (const claims::ContestRow& row : table.rows) {
    if (row.metric->group != group) continue;
    page::Html cells;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      cells += cell(row, row.cells[i], *table.systems[i]);
    }
    cells += outcome(row.rival());
    if (table.today != nullptr) cells += outcome(*row.compared_with(table.today));
    rows += html(R"(<tr><th scope="row">{} <span class="small">{}</span></th>{}</tr>{})",
                 row.metric->name, row.metric->unit, cells, notes(table, row));
  }
  return rows;
}

page::Html contest(const claims::ContestTable& table) {
  page::Html head, rows;
  for (const claims::System* system : table.systems)
    head += page::html(R"(<th scope="col">{}</th>)", system->name);
  head += page::html(R"(<th scope="col">First against {}</th>)", table.systems[1]->name);
  if (table.today != nullptr) {
    head += page::html(R"(<th scope="col">First against {}, the rival of today</th>)",
                       table.today->name);
  }
  std::string group;
  for (const claims::ContestRow& row : table.rows) {
    if (row.metric->group == group) continue;
    group = row.metric->group;
    rows += group_rows(table, group);
  }
  return html(R"(<p class="answer">{}</p><div class="table stacking"><table class="contest">)"
              R"(<caption>{}</caption><thead><tr><th scope="col">Metric</th>{})"
              R"(</tr></thead><tbody>{}</tbody></table></div>)",
              table.sentence, table.title, head, rows);
}

}  // namespace

page::Html contests_section(const ReportInput& input) {
  page::Html tables;
  for (const claims::ContestTable& table : input.contests) tables += contest(table);
  if (tables.empty()) return tables;
  return html(
      R"(<section id="side-by-side"><h2>Systems side by side</h2><p>A published text )"
      R"(compares these systems without numbers; this table compares them metric by metric. Each )"
      R"(cell says whether its figure is claimed or measured. Point at a cell to see its arithmetic.</p>{}</section>)",
      tables);
}

}  // namespace assay::results::report

// Tables that compare systems, metric by metric; each cell says where its figure comes from.
#include "results/claims/contest.h"
#include "results/claims/units.h"
#include "results/page/quantity_text.h"
#include "results/report/sections.h"

namespace assay::results::report {
namespace {

std::string_view group_title(std::string_view group) {
  if (group == "system") return "Whole systems";
  if (group == "chip") return "Per chip, with its share of common parts";
  if (group == "watt") return "Per watt";
  if (group == "rack") return "Per rack";
  return "Kernels and serving, per chip";
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
  const double scale = claims::parse_unit(row.metric->unit).scale;
  page::Html records;
  for (const std::string& id : cell.records) {
    records += page::html(" ");
    records += record_link(id);
  }
  return html(R"(<td data-title="{}" class="number" title="{}"><b>{}</b> )"
              R"(<span class="small">{}{}</span>{}</td>)",
              system.name, cell.basis, page::number_text(cell.value / scale), name(cell.kind),
              cell.unverified ? ", unverified" : "", records);
}

page::Html group_rows(const claims::ContestTable& table, const std::string& group) {
  page::Html rows =
      page::html(R"(<tr class="group"><th colspan="{}" scope="rowgroup">{}</th></tr>)",
                 table.systems.size() + 2, group_title(group));
  for (const claims::ContestRow& row : table.rows) {
    if (row.metric->group != group) continue;
    page::Html cells;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      cells += cell(row, row.cells[i], *table.systems[i]);
    }
    rows +=
        html(R"(<tr><th scope="row">{} <span class="small">{}</span></th>{})"
             R"(<td data-title="First compared with second" class="{}">{}{}</td></tr>)",
             row.metric->name, row.metric->unit, cells, row.outcome,
             row.known ? claims::format_in(row.ratio, "x", 3) + " " : std::string(), row.outcome);
  }
  return rows;
}

page::Html contest(const claims::ContestTable& table) {
  page::Html head, rows;
  for (const claims::System* system : table.systems)
    head += page::html(R"(<th scope="col">{}</th>)", system->name);
  std::string group;
  for (const claims::ContestRow& row : table.rows) {
    if (row.metric->group == group) continue;
    group = row.metric->group;
    rows += group_rows(table, group);
  }
  return html(
      R"(<p class="answer">{}</p><div class="table stacking"><table class="contest">)"
      R"(<caption>{}</caption><thead><tr><th scope="col">Metric</th>{})"
      R"(<th scope="col">First compared with second</th></tr></thead><tbody>{}</tbody></table></div>)",
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

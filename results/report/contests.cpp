// Systems set side by side, metric by metric, each cell with its kind and its basis.
#include "results/claims/contest.h"
#include "results/claims/units.h"
#include "results/report/sections.h"

namespace assay::results {
namespace {

std::string_view group_title(std::string_view group) {
  if (group == "system") return "Whole systems";
  if (group == "chip") return "Per chip, what is shared divided by the chips";
  if (group == "watt") return "Per watt";
  if (group == "rack") return "Per rack";
  return "Kernels and serving, a chip";
}

Html cell(const ContestRow& row, const Cell& cell, const System& system) {
  if (cell.kind == CellKind::not_applicable) {
    return html(R"(<td data-title="{}" class="number quiet none">–</td>)", system.name);
  }
  if (cell.kind == CellKind::unknown) {
    return html(R"(<td data-title="{}" class="number quiet" title="{}">unknown</td>)", system.name,
                cell.basis);
  }
  const double scale = parse_unit(row.metric->unit).scale;
  Html records;
  for (const std::string& id : cell.records) {
    records += html(" ");
    records += record_link(id);
  }
  return html(R"(<td data-title="{}" class="number" title="{}"><b>{}</b> )"
              R"(<span class="small">{}{}</span>{}</td>)",
              system.name, cell.basis, format_number(cell.value / scale), name(cell.kind),
              cell.unverified ? ", unverified" : "", records);
}

Html group_rows(const ContestTable& table, const std::string& group) {
  Html rows = html(R"(<tr class="group"><th colspan="{}" scope="rowgroup">{}</th></tr>)",
                   table.systems.size() + 2, group_title(group));
  for (const ContestRow& row : table.rows) {
    if (row.metric->group != group) continue;
    Html cells;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      cells += cell(row, row.cells[i], *table.systems[i]);
    }
    rows += html(R"(<tr><th scope="row">{} <span class="small">{}</span></th>{})"
                 R"(<td data-title="First against second" class="{}">{}{}</td></tr>)",
                 row.metric->name, row.metric->unit, cells, row.outcome,
                 row.known ? format_in(row.ratio, "x", 3) + " " : std::string(), row.outcome);
  }
  return rows;
}

Html contest(const ContestTable& table) {
  Html head, rows;
  for (const System* system : table.systems)
    head += html(R"(<th scope="col">{}</th>)", system->name);
  std::string group;
  for (const ContestRow& row : table.rows) {
    if (row.metric->group == group) continue;
    group = row.metric->group;
    rows += group_rows(table, group);
  }
  return html(
      R"(<p class="answer">{}</p><div class="table stacking"><table class="contest">)"
      R"(<caption>{}</caption><thead><tr><th scope="col">Metric</th>{})"
      R"(<th scope="col">First against second</th></tr></thead><tbody>{}</tbody></table></div>)",
      table.sentence, table.title, head, rows);
}

}  // namespace

Html contests_section(const ReportInput& input) {
  Html tables;
  for (const ContestTable& table : input.contests) tables += contest(table);
  if (tables.empty()) return tables;
  return html(
      R"(<section id="side-by-side"><h2>Systems side by side</h2><p>What a text says of two )"
      R"(systems without a number, answered metric by metric. Each cell says whether its figure is )"
      R"(claimed or measured; its arithmetic shows where the pointer rests.</p>{}</section>)",
      tables);
}

}  // namespace assay::results

// A table that compares systems, metric by metric, by published and by measured figures.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "results/claims/catalogue.h"
#include "results/claims/evidence.h"

namespace assay::results::claims {

/// Where the figure in a cell comes from; claimed and measured figures are never mixed.
enum class CellKind { claimed, measured, unknown, not_applicable };
std::string_view name(CellKind kind);

struct Cell {
  CellKind kind = CellKind::unknown;
  double value = 0;            ///< in base units
  statistics::Interval range;  ///< of the published digits; for a measurement its 95% interval
  std::string text;            ///< in the metric's unit: "300 PFLOP/s"
  std::string basis;           ///< the arithmetic: "300 PFLOP/s / 559 kW"; or why it is unknown
  std::string scope;           ///< of the power used in it: "system", "chip"; empty if it uses none
  bool unverified = false;     ///< uses a figure that was not checked against its source
  std::vector<std::string> records;  ///< ids; empty unless measured
};

/// One metric of every system, in their order.
struct ContestRow {
  const Metric* metric = nullptr;
  std::vector<Cell> cells;
  /// The figure of the first system divided by that of the second. `known` is true if both cells
  /// have the same kind and scope.
  bool known = false;
  double ratio = 0;
  statistics::Interval range;
  /// "ahead", "behind", "level" (the published digits allow both), or why there is no answer.
  std::string outcome;
};

struct ContestTable {
  std::string title;
  std::string claim;  ///< id of the claim that it answers; may be empty
  std::vector<const System*> systems;
  std::vector<ContestRow> rows;  ///< by group, in the catalogue's order; measured rows follow
  std::string sentence;          ///< summary of the rows
};

/// The table of a contest. It refers to the catalogue, which must outlive it.
ContestTable contest_table(const Catalogue& catalogue, const Contest& contest,
                           EvidenceIndex& evidence);

/// Compares any systems by all metrics. Throws InputError for an unknown id or fewer than two
/// systems.
ContestTable compare_systems(const Catalogue& catalogue, const std::vector<std::string>& systems,
                             EvidenceIndex& evidence);

}  // namespace assay::results::claims

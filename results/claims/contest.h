// Systems set side by side, metric by metric, from what is published and what was measured.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "results/claims/catalogue.h"
#include "results/claims/evidence.h"

namespace assay::results::claims {

/// Where a cell's figure comes from; the kinds are never confused with one another.
enum class CellKind { claimed, measured, unknown, not_applicable };
std::string_view name(CellKind kind);

struct Cell {
  CellKind kind = CellKind::unknown;
  double value = 0;            ///< in base units
  statistics::Interval range;  ///< what the digits leave open; of a measurement its 95% interval
  std::string text;            ///< in the metric's unit: "300 PFLOP/s"
  std::string basis;           ///< the arithmetic: "300 PFLOP/s / 559 kW"; why it is unknown
  std::string scope;           ///< of the power in it: "system", "chip"; empty: none in it
  bool unverified = false;     ///< rests on a figure whose source was not re-read
  std::vector<std::string> records;  ///< ids, where it is measured
};

/// One metric of every system, in their order.
struct ContestRow {
  const Metric* metric = nullptr;
  std::vector<Cell> cells;
  /// The first system's figure over the second's; known where both cells are of one kind and scope.
  bool known = false;
  double ratio = 0;
  statistics::Interval range;
  /// "ahead", "behind", "level" (the digits leave both), or why there is no answer.
  std::string outcome;
};

struct ContestTable {
  std::string title;
  std::vector<const System*> systems;
  std::vector<ContestRow> rows;  ///< by group, in the catalogue's order; measured rows follow
  std::string sentence;          ///< what the rows say, generated from them
};

/// The table of a contest. Refers to the catalogue, which must outlive it.
ContestTable contest_table(const Catalogue& catalogue, const Contest& contest,
                           EvidenceIndex& evidence);

/// Any systems by all metrics. Throws InputError for an unknown id or fewer than two.
ContestTable compare_systems(const Catalogue& catalogue, const std::vector<std::string>& systems,
                             EvidenceIndex& evidence);

}  // namespace assay::results::claims

// A table that compares systems, metric by metric, by published and by measured figures.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/claims/audit.h"
#include "results/claims/catalogue.h"
#include "results/claims/evidence.h"

namespace assay::results::claims {

/// Where the figure in a cell comes from; claimed and measured figures are never mixed.
enum class CellKind { claimed, measured, unknown, not_applicable };
std::string_view name(CellKind kind);

struct Cell {
  CellKind kind = CellKind::unknown;
  double value = 0;  ///< by the preferred figures, in base units
  /// The least and the greatest value by the figures of all sources of the same weight; both are
  /// `value` if there is one figure.
  statistics::Interval ends;
  /// What the digits and uncertainties of these figures allow; for a measurement its 95% interval.
  statistics::Interval range;
  std::string text;         ///< in the metric's unit: "300 PFLOP/s", "500–600 kW"
  std::string basis;        ///< the arithmetic: "300 PFLOP/s / 559 kW"; or why it is unknown
  std::string scope;        ///< of the power used in it: "system", "chip"; empty if it uses none
  bool unverified = false;  ///< uses a figure that was not checked against its source
  /// If a quantity has several figures, all of them: "559 kW (press, SemiAnalysis)".
  std::vector<std::string> sources;
  /// Why figures in it are disputed, with the arithmetic; empty if none is.
  std::vector<std::string> disputed;
  /// Under which conditions a figure was stated, and which of the usual ones are not stated: "type
  /// i8; context 4096; batch not stated". Empty for figures without conditions.
  std::vector<std::string> conditions;
  std::vector<std::string> records;      ///< ids; empty unless measured
  std::vector<const Property*> figures;  ///< the published figures that it follows from

  bool is_known() const { return kind == CellKind::claimed || kind == CellKind::measured; }
};

/// The first system compared with another one by a metric.
struct Against {
  const System* system = nullptr;
  /// Both cells have the same kind and scope.
  bool known = false;
  double ratio = 0;           ///< the first system's figure divided by the other's
  statistics::Interval ends;  ///< of the ratio, by the figures of all sources
  /// "ahead"; "behind"; "level" (the same number); "not separated" (what the sources and their
  /// digits allow overlaps); or why there is no answer.
  std::string outcome;
};

/// One metric of every system, in their order.
struct ContestRow {
  const Metric* metric = nullptr;
  std::vector<Cell> cells;
  std::vector<Against> against;  ///< the second system first

  const Against& rival() const { return against.front(); }
  /// Compared with this system; null if it is not in the table.
  const Against* compared_with(const System* system) const;
};

struct ContestTable {
  std::string title;
  std::string claim;  ///< id of the claim that it answers; may be empty
  std::vector<const System*> systems;
  /// The rival of today, where the second system is the rival of the claim's date; null if none is
  /// named.
  const System* today = nullptr;
  std::vector<ContestRow> rows;  ///< by group, in the catalogue's order; measured rows follow
  std::string sentence;          ///< summary of the rows
};

/// The table of a contest. It refers to the catalogue, which must outlive it. `findings` are those
/// of audit() in this catalogue; disputed figures are marked by them.
ContestTable contest_table(const Catalogue& catalogue, const Contest& contest,
                           EvidenceIndex& evidence, std::span<const Finding> findings);

/// Compares any systems by all metrics. Throws InputError for an unknown id or fewer than two
/// systems.
ContestTable compare_systems(const Catalogue& catalogue, const std::vector<std::string>& systems,
                             EvidenceIndex& evidence, std::span<const Finding> findings);

}  // namespace assay::results::claims

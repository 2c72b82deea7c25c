// Published systems side by side: every other one against the first, by what is published of them.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "results/claims/contest.h"
#include "results/compare/price.h"
#include "results/compare/rendering.h"

namespace assay::results::compare {

/// One system of the comparison.
struct SystemSide {
  const claims::System* system = nullptr;
  std::string label;           ///< given by the user; empty: the system's name
  std::optional<Price> price;  ///< of the whole system
  std::optional<Power> power;
};

/// A metric of one system against the first system.
struct SystemRatio {
  bool known = false;
  double value = 0;           ///< this system's figure / the first system's
  statistics::Interval ends;  ///< by the figures of all sources
  std::string outcome;  ///< of this system: "ahead", "behind", "level", "not separated", "unknown"
  std::optional<double> per_dollar, per_watt;  ///< only of metrics of the priced whole
};

struct SystemRow {
  const claims::ContestRow* row = nullptr;
  std::vector<std::vector<std::size_t>> sources;  ///< of each cell: indices into sources
  std::vector<SystemRatio> ratios;                ///< the second system first
  bool published_alike = false;                   ///< any of the ratios is known
};

struct SystemsTable {
  claims::ContestTable contest;
  std::vector<SystemSide> sides;
  std::vector<SystemRow> rows;
  std::vector<const claims::Property*> sources;  ///< one of each text, in order of first use
  bool power_given = false;  ///< by the user; the metrics per watt keep the published one
};

/// Takes the sides in the order of the contest's systems, which become the table's. Refers to the
/// catalogue of the contest.
SystemsTable systems_table(claims::ContestTable contest, std::vector<SystemSide> sides);

/// "NVIDIA, H100 data sheet (specification, 2022-03)", without the address.
std::string source_text(const claims::Property& figure);
/// "1.43×", "0.8–1.2×"; empty if it is not known.
std::string ratio_text(const SystemRatio& ratio);
/// "1.2× per dollar, equal per watt"; empty without price and power.
std::string per_text(const SystemRatio& ratio);
/// "HBM bandwidth (per chip)", "scale-up bandwidth (both ways, whole)".
std::string metric_text(const claims::ContestRow& row);
/// The sources of the first system's cell and of another one's: "[1][2]"; "measured" of measured
/// ones.
std::string references(const SystemRow& row, std::size_t other);

/// "H200 SXM against H100 SXM, by what is published: ahead in 2 of 5 metrics …", one a side.
std::vector<std::string> conclusions(const SystemsTable& table);
/// Direction of the ratios, what is not published alike, contradictions, marks.
std::vector<std::string> notes(const SystemsTable& table);

nlohmann::ordered_json systems_json(const SystemsTable& table);
std::string systems_markdown(const SystemsTable& table);
std::string systems_html(const SystemsTable& table, const ComparePage& page);

}  // namespace assay::results::compare

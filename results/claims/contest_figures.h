// One quantity of a system for a comparison: the range over the published figures of equal weight.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "results/claims/audit.h"
#include "results/claims/catalogue.h"
#include "results/claims/figures.h"

namespace assay::results::claims {

/// What is published of a quantity, or the sum of what is published of the parts.
struct RangedFigure {
  double value = 0;            ///< the preferred figure, in base units
  statistics::Interval ends;   ///< the least and the greatest figure
  statistics::Interval range;  ///< what the digits and uncertainties of all of them allow
  std::string shown, scope;
  Dimension dimension;
  bool unverified = false;
  std::vector<std::string> sources = {}, disputed = {}, conditions = {};  ///< as in Cell
  std::vector<const Property*> figures = {};                              ///< as in Cell
};

/// Finds the figures by which systems are compared. Refers to all arguments of the constructor.
class ContestFigures {
 public:
  ContestFigures(const Catalogue& catalogue, std::span<const Finding> findings);

  /// Of the figures for this quantity, those of the best weight that there is: of makers, papers
  /// and third parties that measured; else of the press; else of posts; else unverified ones. Of
  /// these, those with the scope and the dimension of the first. Peaks and memory of a system
  /// without figures of its own are those of its parts times their number. Absent if nothing is
  /// published.
  std::optional<RangedFigure> find(const System& system, const std::string& quantity) const;

 private:
  std::optional<RangedFigure> published(const System& system, const std::string& quantity) const;
  void describe(const Figure& figure, RangedFigure& out) const;
  std::string dispute_of(const std::string& claim) const;

  const Catalogue& catalogue_;
  Figures figures_;
  std::unordered_map<std::string, std::vector<const Finding*>> findings_by_claim_;
};

}  // namespace assay::results::claims

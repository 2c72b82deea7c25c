// Weighs published figures for and against a claim by their standing.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "results/claims/audit.h"
#include "results/claims/catalogue.h"
#include "results/claims/figures.h"

namespace assay::results::claims {

/// A contradiction that counts against a claim: every other figure in it has a standing that is
/// equal to or better than the claim's.
struct Dispute {
  const Finding* finding = nullptr;
  std::vector<UsedFigure> opponents;   ///< the other figures, the best standing first
  Standing weakest = Standing::press;  ///< of the opponents
  /// "384 chips of 752 TFLOP/s (paper, Huawei)".
  std::string text() const;
};

/// The strongest dispute among the findings that name the claim: the best weakest opponent, then
/// the largest gap. None if for every contradicted rule some choice of figures of the same weight
/// agrees with the claim.
std::optional<Dispute> dispute(const Claim& claim, std::span<const Finding* const> findings);

/// Why a finding does not count against the claim; "" if it does.
std::string excuse(const Finding& finding, const Claim& claim);
bool disputes(const Finding& finding, const Claim& claim);

/// A published figure that lies outside the bound that a claim states.
struct BrokenBound {
  const Property* figure = nullptr;
  std::string arithmetic;  ///< "100 GB versus at least 200 GB: 50% below"
  double gap = 0;          ///< relative
  std::string text;        ///< "100 GB (specification, Huawei)"
};
/// The best-founded figure of equal or better standing that contradicts "more than 200 GB". None if
/// one of the same weight agrees, or if the quantity depends on what runs.
std::optional<BrokenBound> broken_bound(const Catalogue& catalogue, const Claim& claim);

/// The published figures of standing that agree with the claim within the digits of both, one for
/// each publisher, the claim's own publisher first if its standing suffices. A claim is
/// corroborated if there are at least two. `others` are the claims about the same quantity of the
/// same system, in the order of the catalogue; the claim itself may be one of them.
std::vector<std::string> agreements(const Catalogue& catalogue, const Claim& claim,
                                    std::span<const Claim* const> others);

}  // namespace assay::results::claims

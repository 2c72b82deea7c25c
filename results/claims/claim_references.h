// Checks that everything a claim refers to is in the catalogue, and that its test fits it.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "results/claims/catalogue.h"
#include "results/claims/figures.h"

namespace assay::results::claims {

class ClaimReferences {
 public:
  /// Refers to the catalogue, which must outlive it.
  explicit ClaimReferences(const Catalogue& catalogue);

  /// Throws InputError that names the key if the claim refers to a set, system, workload, claim or
  /// figure that is not there, or if its test cannot decide it.
  void check(const Figures& figures, const Claim& claim) const;

 private:
  void check_quantity(const Figures& figures, const Claim& claim) const;
  void check_cycle(const Claim& claim, std::vector<std::string>& path) const;

  const Catalogue& catalogue_;
  std::unordered_map<std::string, const Claim*> by_id_;
};

}  // namespace assay::results::claims

// Instances of relations, rules and claims: one for each combination of published figures.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "results/claims/audit.h"

namespace assay::results::claims {

/// The instances of a catalogue. They refer to the catalogue and its figures, which must outlive
/// them.
class Instances {
 public:
  /// Of all relations, all claims whose quantity is an expression, and all rules. Throws InputError
  /// if the sides of a rule have different dimensions.
  Instances(const Catalogue& catalogue, const Figures& figures);

  /// Of one rule only.
  Instances(const Catalogue& catalogue, const Figures& figures, const Rule& rule);

  const std::vector<Instance>& all() const { return instances_; }

 private:
  friend class RuleExpansion;
  const Expression& expression(const std::string& text);
  /// Adds the instances of one rule.
  void expand(const Catalogue& catalogue, const Figures& figures, const Rule& rule);
  void add_relation(const Figures& figures, const Relation& relation);
  void add_claim(const Figures& figures, const Claim& claim);
  void add_bound(const Catalogue& catalogue, const Claim& claim);

  std::map<std::string, Expression> expressions_;
  std::deque<Property> counts_;  ///< numbers of parts, computed from the catalogue
  std::vector<Instance> instances_;
};

/// Throws InputError if a rule cannot be evaluated with this catalogue.
void check_rule(const Catalogue& catalogue, const Figures& figures, const Rule& rule);

}  // namespace assay::results::claims

// Relations, rules and claims made into instances: every choice of published figures that they fit.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "results/claims/audit.h"

namespace assay::results::claims {

/// The instances of a catalogue with all that they refer to. Refers to the catalogue and its
/// figures, which must outlive it.
class Instances {
 public:
  /// Of all relations, of claims with an expression for a quantity, and of all rules. Throws
  /// InputError where a rule's sides have unlike dimensions.
  Instances(const Catalogue& catalogue, const Figures& figures);

  /// Of one rule alone.
  Instances(const Catalogue& catalogue, const Figures& figures, const Rule& rule);

  const std::vector<Instance>& all() const { return instances_; }

 private:
  friend class RuleExpansion;
  const Expression& expression(const std::string& text);
  void add_relation(const Figures& figures, const Relation& relation);
  void add_claim(const Figures& figures, const Claim& claim);

  std::map<std::string, Expression> expressions_;
  std::deque<Property> counts_;  ///< numbers of parts, which no source states
  std::vector<Instance> instances_;
};

/// Throws InputError where a rule cannot be evaluated on this catalogue.
void check_rule(const Catalogue& catalogue, const Figures& figures, const Rule& rule);

}  // namespace assay::results::claims

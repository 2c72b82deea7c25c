// Arithmetic between published figures: what contradicts what, without any hardware.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "results/claims/catalogue.h"
#include "results/claims/expression.h"
#include "results/claims/figures.h"

namespace assay::results::claims {

/// A figure that would have to be another for a contradiction to go, all others being right.
struct Needed {
  std::string figure;  ///< "ascend910c:peak.bf16"
  double value = 0;    ///< that it would have to have, in base units
  double change = 0;   ///< relative to the published one
  std::string unit;
  /// Sources that publish a value within rounding of it: "780 TFLOP/s by …"; empty: none.
  std::string published;
};

/// A relation evaluated on one choice of published figures.
struct Finding {
  std::string relation;   ///< id; of a rule: "rule/system/quantity", "~2" for a second choice
  std::string statement;  ///< as the catalogue has it
  bool holds = true;
  double left = 0, right = 0;  ///< in base units
  /// What the published digits of all figures leave open on each side.
  statistics::Interval left_range, right_range;
  double difference = 0;  ///< left / right - 1
  double gap = 0;  ///< the least difference that the digits leave; 0 where the relation holds
  /// "384 × 752 TFLOP/s = 288.8 PFLOP/s against 300 PFLOP/s: 3.7% below"
  std::string arithmetic;
  std::vector<std::string> readings;  ///< misreadings that would make both true
  std::vector<Needed> needed;         ///< the least change first
  std::string note;                   ///< what the catalogue adds to a contradiction
  std::string reconcile;              ///< the three above in a sentence; empty where it holds
  std::vector<std::string> systems;   ///< ids whose figures it uses
  std::vector<std::string> claims;    ///< ids of all whose values it uses or that it speaks to
  /// Of these, what a contradiction counts against: the claim that is stated in terms of others,
  /// else every claim but plain counts.
  std::vector<std::string> against;
  /// Figures used whose source was not re-read: "ascend910c:power.die".
  std::vector<std::string> unverified;
};

/// An equation or inequality with all of its figures chosen.
struct Instance {
  std::string id, statement, note;
  const Expression* left = nullptr;
  const Expression* right = nullptr;
  std::vector<Figure> left_figures, right_figures;  ///< in the order of the expressions' names
  Comparison comparison = Comparison::equal;
  double tolerance = 0;
  std::vector<std::string> claims;  ///< that it speaks to; none: those whose values it uses
};

/// Evaluates one instance: an equality holds where both sides' ranges meet within the tolerance, an
/// inequality where they can.
Finding evaluate(const Instance& instance);

/// The least relative difference of the left side to the right one that the figures' digits and
/// the tolerance leave; 0 where the instance holds.
double gap_of(const Instance& instance);

/// Every relation, rule and claim of the catalogue that can be evaluated, relations first. Values
/// of claims take part as published figures do. Throws InputError naming the rule where one's sides
/// have unlike dimensions.
std::vector<Finding> audit(const Catalogue& catalogue);

/// Findings that use a figure of a set's claims or of their systems.
std::vector<Finding> findings_about(const Catalogue& catalogue, std::string_view set,
                                    const std::vector<Finding>& findings);

/// Fills in a contradiction's readings, needed figures and the sentence made of them.
void reconcile(const Catalogue& catalogue, const Figures& figures, const Instance& instance,
               Finding& finding);

/// Throws InputError where the relation names no figure or its sides differ in dimension.
void check_relation(const Figures& figures, const Relation& relation);

}  // namespace assay::results::claims

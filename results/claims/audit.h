// Arithmetic between published figures: finds contradictions without any hardware.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "results/claims/catalogue.h"
#include "results/claims/expression.h"
#include "results/claims/figures.h"

namespace assay::results::claims {

/// A change of one published figure that would remove a contradiction if all others are right.
struct Needed {
  std::string figure;  ///< "ascend910c:peak.bf16"
  double value = 0;    ///< the value it would need, in base units
  double change = 0;   ///< relative to the published one
  std::string unit;
  /// Sources that publish this value within rounding: "780 TFLOP/s by …"; empty if there are none.
  std::string published;
};

/// A published figure in a finding, with what is needed to weigh it.
struct UsedFigure {
  std::string name;  ///< "ascend910c:peak.bf16", "claim:amla-rate", a constant's name
  std::string text;  ///< "752 TFLOP/s"
  Standing standing = Standing::press;
  Source source;
  std::vector<std::string> claims;  ///< ids of the claims that state this value
};

/// A relation evaluated on one choice of published figures.
struct Finding {
  std::string relation;  ///< id; for a rule "rule/system/quantity", with "~2" for a second choice
  /// The same for every choice of figures for one rule; pairs of figures are not choices.
  std::string group;
  std::string statement;  ///< from the catalogue
  bool holds = true;
  double left = 0, right = 0;  ///< in base units
  /// The values of each side that agree with the published digits of all figures.
  statistics::Interval left_range, right_range;
  double difference = 0;  ///< left / right - 1
  double gap = 0;  ///< the smallest difference that the digits allow; 0 if the relation holds
  /// "384 × 752 TFLOP/s = 288.8 PFLOP/s versus 300 PFLOP/s: 3.7% below"
  std::string arithmetic;
  std::vector<std::string> readings;  ///< misreadings that would make both true
  std::vector<Needed> needed;         ///< the smallest change first
  std::string note;                   ///< the catalogue's comment on a contradiction
  std::string reconcile;             ///< the three above in a sentence; empty if the relation holds
  std::vector<std::string> systems;  ///< ids whose figures it uses
  std::vector<std::string> claims;   ///< ids of all claims whose values it uses or that it tests
  /// Those of `claims` that a contradiction counts against: the claim that is stated in terms of
  /// others; if there is none, every claim except plain counts.
  std::vector<std::string> against;
  std::vector<UsedFigure> figures;  ///< all, the left side first
  /// Figures used that were not checked against their source: "ascend910c:power.die".
  std::vector<std::string> unverified;
};

/// An equation or inequality with a published figure chosen for each name.
struct Instance {
  std::string id, group, statement, note;
  const Expression* left = nullptr;
  const Expression* right = nullptr;
  std::vector<Figure> left_figures, right_figures;  ///< in the order of the expressions' names
  Comparison comparison = Comparison::equal;
  double tolerance = 0;
  std::vector<std::string> claims;  ///< that it tests; if empty, those whose values it uses
  bool tentative = false;           ///< it assumes what a claim does not say: counts against nobody
};

/// Evaluates one instance. An equality holds if the ranges of both sides overlap within the
/// tolerance; an inequality holds if some values in the ranges satisfy it.
Finding evaluate(const Instance& instance);

/// How large a contradiction is, the same for a side that is half and one that is twice the other.
double severity(double gap);

/// The smallest relative difference between the left and the right side that the digits of the
/// figures and the tolerance allow; 0 if the instance holds.
double gap_of(const Instance& instance);

/// Evaluates every relation, rule and claim of the catalogue that can be evaluated, relations
/// first. Values of claims are used like published figures. Throws InputError that names the rule
/// if its two sides have different dimensions.
std::vector<Finding> audit(const Catalogue& catalogue);

/// The findings about a set of claims.
struct SetFindings {
  /// Those that use a figure of the systems that the set's first claims are about, or of a part of
  /// them. If these claims name no system, all findings about the set.
  std::vector<Finding> own;
  /// The others: about the systems with which the set compares its own.
  std::vector<Finding> others;
};
/// Of the findings those that use a figure of the set's claims, of their systems, or of a system in
/// the same file. Throws InputError if there is no such set.
SetFindings findings_of_set(const Catalogue& catalogue, std::string_view set,
                            const std::vector<Finding>& findings);

/// Fills in the readings and needed figures of a contradiction, and the sentence made of them.
void reconcile(const Catalogue& catalogue, const Figures& figures, const Instance& instance,
               Finding& finding);

/// Throws InputError if the relation names an unknown figure or its sides differ in dimension.
void check_relation(const Figures& figures, const Relation& relation);

}  // namespace assay::results::claims

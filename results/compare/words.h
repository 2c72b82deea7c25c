// Texts that all formats of a comparison share.
#pragma once

#include <string>
#include <vector>

#include "results/compare/compare.h"

namespace assay::results::compare {

/// "[1.06, 1.08]".
std::string interval_text(const statistics::Interval& interval);

/// "library, hot"; "best of each side" of a group of all; with ", modelled" if the
/// group has records that were not measured here.
std::string group_title(const ComparedGroup& group);
/// "12 problems: 3 faster, 1 slower, 8 no difference shown".
std::string counts_text(const ComparedGroup& group);

/// The implementations with the number among which each was chosen: "onednn" if both are the same
/// and the only ones, else "A onednn of 2, B openblas". In a group of all with division and mode:
/// "library/onednn, hot".
std::string contenders_text(const ComparedGroup& group, const ComparedProblem& row,
                            const Labels& labels);

/// "faster"; "not judged: A: other work took 41% of the machine's CPU time".
std::string difference_text(const ComparedProblem& row);
/// The same of a mean or a score; `not_judged` of its problems are not judged.
std::string difference_text(statistics::Difference difference, std::size_t not_judged);

/// Remarks about a row: "B modelled", "few samples", "A busy"; usually empty.
std::string marks_text(const ComparedProblem& row, const Labels& labels);
/// The same without what the reason why the row is not judged says at length.
std::string marks_beside_reason(const ComparedProblem& row, const Labels& labels);

/// The devices of a row: "cpu:0 AMD EPYC" if both sides have the same, else both.
std::string devices_text(const ComparedProblem& row);
bool several_devices(const SideComparison& comparison);

/// The records of one side that were left out for one reason.
struct LeftOutKind {
  bool of_baseline = true;
  LeftOutReason reason = LeftOutReason::no_partner;
  std::vector<const LeftOut*> records;
};
std::vector<LeftOutKind> left_out_kinds(const SideComparison& comparison);

/// "A ratio is Bolt / Acme: above 1, Bolt is faster."
std::string direction_text(const Labels& labels);

/// How many of the rows are not judged, by the kind of reason: "7 other work on the machine, 2 too
/// few samples"; empty if all are.
std::string not_judged_text(const std::vector<ComparedGroup>& groups);

/// "all 18 verified records good"; "12 of 31 doubtful: 9 busy (…)".
std::string trust_text(const Side& side);
/// What a side is, beside its name: origin, hash, price and power.
std::string side_text(const Side& side);
/// Signature and rules of a bundle; "no bundle: neither signed nor checked by rules" of others.
std::string standing_text(const Side& side);

/// Explains the ratios and intervals of a table in sentences.
std::vector<std::string> notes(const CompareTable& table);

}  // namespace assay::results::compare

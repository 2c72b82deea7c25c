// Texts that all formats of a comparison share.
#pragma once

#include <string>
#include <vector>

#include "results/compare/compare.h"

namespace assay::results::compare {

/// "[1.06, 1.08]".
std::string interval_text(const statistics::Interval& interval);

/// "library, hot"; "library, hot, modelled" if the group has records that were not measured here.
std::string group_title(const ComparedGroup& group);
/// "12 problems: 3 faster, 1 slower, 8 no difference shown".
std::string counts_text(const ComparedGroup& group);

/// The implementations without their division: "onednn" if both are the same and the only ones,
/// else "A onednn of 2, B openblas", with the number among which each was chosen.
std::string contenders_text(const ComparedProblem& row, const std::string& other_letter);

/// "faster"; "not judged: A: other work took 41% of the machine's CPU time".
std::string difference_text(const ComparedProblem& row);
/// The same of a mean or a score; `not_judged` of its problems are not judged.
std::string difference_text(statistics::Difference difference, std::size_t not_judged);

/// Remarks about a row: "B modelled", "few samples", "A busy"; usually empty.
std::string marks_text(const ComparedProblem& row, const std::string& other_letter);

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

/// Explains the ratios and intervals of a table in sentences.
std::vector<std::string> notes(const CompareTable& table);

}  // namespace assay::results::compare

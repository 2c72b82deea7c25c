// The words that every rendering of a comparison shares.
#pragma once

#include <string>
#include <vector>

#include "results/compare/compare.h"

namespace assay::results::compare {

/// "1.07", "0.998", "12.3", "1234": four digits at most behind and before the point.
std::string ratio_text(double ratio);
/// "[1.06, 1.08]".
std::string interval_text(const statistics::Interval& interval);

/// "library, hot", and what stands in it that was not measured here: "library, hot, modelled".
std::string group_title(const ComparedGroup& group);
/// "12 problems: 3 faster, 1 slower, 8 no difference shown".
std::string counts_text(const ComparedGroup& group);

/// Who solved it, without the division's name: "onednn" where both are the same and alone,
/// "A onednn of 2, B openblas" where they differ or were chosen.
std::string contenders_text(const ComparedProblem& row, const std::string& other_letter);

/// What must be known of a row beside its numbers: "B modelled", "few samples", "A throttled";
/// empty mostly.
std::string marks_text(const ComparedProblem& row, const std::string& other_letter);

/// The devices of a comparison's rows: "cpu:0 AMD EPYC" where both sides' are alike.
std::string devices_text(const ComparedProblem& row);
bool several_devices(const SideComparison& comparison);

/// Left-out records of one side and one reason.
struct LeftOutKind {
  bool of_baseline = true;
  LeftOutReason reason = LeftOutReason::no_partner;
  std::vector<const LeftOut*> records;
};
std::vector<LeftOutKind> left_out_kinds(const SideComparison& comparison);

/// What the ratios and intervals of a table are, in sentences.
std::vector<std::string> notes(const CompareTable& table);

}  // namespace assay::results::compare

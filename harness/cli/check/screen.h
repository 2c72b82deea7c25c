// What `assay check` prints for people: the answer first, in at most a screen.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/judged_records.h"
#include "results/claims/verdict.h"

namespace assay::cli::check {

/// Everything that the verb found out.
struct Judged {
  const results::claims::Catalogue* catalogue = nullptr;
  std::string set;  ///< id; empty if no set was asked for
  const JudgedRecords* records = nullptr;
  std::vector<results::claims::Verdict> verdicts;  ///< on the claims of the set
  std::vector<results::claims::Verdict> derived;   ///< readings that nobody stated
  std::vector<results::claims::Verdict> present;   ///< on other claims about the measured devices
  std::vector<results::claims::ContestTable> contests;
};

/// The claims about this machine in a table, and where the others are.
std::string machine_screen(const Judged& judged, bool colour);

/// The decision in a sentence; the claims of a set that come first, each with its answer and the
/// three strongest pieces of evidence; then a line per kind of verdict.
std::string set_screen(const Judged& judged, bool colour);

}  // namespace assay::cli::check

// The report: one HTML file that needs no network, from runs, their records and the verdicts.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "results/claims/audit.h"
#include "results/claims/catalogue.h"
#include "results/claims/contest.h"
#include "results/claims/verdict.h"
#include "results/record.h"

namespace assay::results {

struct ReportRun {
  Run run;
  std::vector<Record> records;  ///< all of the run, since its ceilings are among them
};

struct ReportInput {
  std::vector<ReportRun> runs;
  std::map<std::string, std::string> environments;  ///< canonical JSON by its SHA-256
  Catalogue catalogue;
  std::string set;                     ///< of the claims judged; empty: all
  std::string judged_from;             ///< in words
  std::vector<Verdict> verdicts;       ///< of the set
  std::vector<Verdict> present;        ///< of other claims, about the devices measured
  std::vector<Finding> findings;       ///< of the whole catalogue
  std::vector<ContestTable> contests;  ///< that answer one of the claims
  std::string assay_version;           ///< of the program that writes the report
  std::string written;                 ///< UTC, ISO 8601
};

/// A whole HTML document. Tables hold everything in plain HTML; a block of JSON and Chart.js, both
/// inside the document, add the rooflines. Nothing is loaded from elsewhere.
std::string report_html(const ReportInput& input);

}  // namespace assay::results

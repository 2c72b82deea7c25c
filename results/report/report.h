// The report: one HTML file that needs no network, from runs, their records and the verdicts.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "results/claims/audit.h"
#include "results/claims/catalogue.h"
#include "results/claims/contest.h"
#include "results/claims/verdict.h"
#include "results/record/record.h"

namespace assay::results::report {

struct ReportRun {
  record::Run run;
  std::vector<record::Record> records;  ///< all of the run, since its ceilings are among them
};

struct ReportInput {
  std::vector<ReportRun> runs;
  std::map<std::string, std::string> environments;  ///< canonical JSON by its SHA-256
  claims::Catalogue catalogue;
  std::string set;                             ///< of the claims judged; empty: all
  std::string judged_from;                     ///< in words
  std::vector<claims::Verdict> verdicts;       ///< of the set
  std::vector<claims::Verdict> present;        ///< of other claims, about the devices measured
  std::vector<claims::Finding> findings;       ///< of the whole catalogue
  std::vector<claims::ContestTable> contests;  ///< that answer one of the claims
  std::string assay_version;                   ///< of the program that writes the report
  std::string written;                         ///< UTC, ISO 8601
};

/// A whole HTML document. Tables hold everything in plain HTML; a block of JSON and Chart.js, both
/// inside the document, add the rooflines. Nothing is loaded from elsewhere.
std::string report_html(const ReportInput& input);

}  // namespace assay::results::report

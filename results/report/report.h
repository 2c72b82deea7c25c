// Writes the report: one HTML file that needs no network, with runs, their records and verdicts.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "results/claims/audit.h"
#include "results/claims/catalogue.h"
#include "results/claims/contest.h"
#include "results/claims/digest.h"
#include "results/claims/verdict.h"
#include "results/record/record.h"

namespace assay::results::report {

struct ReportRun {
  record::Run run;
  std::vector<record::Record> records;  ///< all of the run, including its ceilings
};

/// The bundle of a run, with its signature checked.
struct SignedBundle {
  std::string file;    ///< its name without folders
  std::string sha256;  ///< of its bytes
  std::string run;     ///< id
  std::string text;    ///< "signed by me@example.org with the key ED25519 SHA256:…; …"
  bool good = false;   ///< the signature is valid and, if trusted keys were named, of one of them
};

struct ReportInput {
  std::vector<ReportRun> runs;
  std::map<std::string, std::string> environments;  ///< canonical JSON by its SHA-256
  claims::Catalogue catalogue;
  std::string set;                             ///< of the judged claims; all claims if empty
  claims::Basis basis;                         ///< the records used for verdicts
  std::vector<record::Run> judged_runs;        ///< their runs, the newest first
  std::vector<claims::Verdict> verdicts;       ///< on the claims of the set
  std::vector<claims::Verdict> derived;        ///< on readings of the set that nobody stated
  std::vector<claims::Verdict> present;        ///< on other claims about the measured devices
  std::vector<claims::Finding> findings;       ///< in the whole catalogue
  std::vector<claims::ContestTable> contests;  ///< that answer one of the claims
  std::string assay_version;                   ///< of the program that writes the report
  std::optional<SignedBundle> bundle;          ///< of one of the runs, if one was named
  bool brief = false;                          ///< the first page only
  std::string written;                         ///< UTC, ISO 8601
};

/// A whole HTML document. Its first page, on screen and in print, is what `claims::digest` says;
/// the rest follows unless the page is brief. Tables in plain HTML contain everything; a block of
/// JSON and Chart.js inside the document draw the rooflines. Nothing is loaded from elsewhere.
std::string report_html(const ReportInput& input);

}  // namespace assay::results::report

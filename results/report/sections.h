// The parts of the report page.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "results/page/figures.h"
#include "results/page/html.h"
#include "results/page/text.h"
#include "results/record/ceilings.h"
#include "results/report/report.h"

namespace assay::results::report {

/// The records of one device in a run, in the order of listings, with its ceilings.
struct DevicePart {
  std::vector<const record::Record*> records;
  record::Ceilings ceilings;

  const record::Record& first() const { return *records.front(); }
  /// Whether there are measured ceilings. A modelled device has only figures of a datasheet.
  bool has_ceilings() const;
};
std::vector<DevicePart> device_parts(const ReportRun& run);

/// The share of its ceiling that a measurement reaches; absent for modelled devices.
std::optional<record::Attainable> share_of_ceiling(const record::Record& record,
                                                   const DevicePart& part);
/// Whether a verified measurement has a reason to doubt its figure.
bool is_doubtful(const record::Record& record);

/// The labels that a suite gives its problems, by problem text; from the plan of the run.
std::map<std::string, std::string> problem_labels(const record::Run& run);

/// A word with its symbol and colour; `kind` is a class of the style sheet.
page::Html badge(std::string_view kind, std::string_view symbol, std::string_view word);
/// The badge of a kind of verdict with a word or two in it.
page::Html verdict_badge(claims::VerdictKind kind, std::string_view word);
/// "independent sources agree".
std::string_view meaning(claims::VerdictKind kind);
/// When, where and what was measured, and the results.
std::string measured_sentence(const ReportInput& input);
/// "imported", "modelled" or both as badges; empty if the record was measured here.
page::Html origin_badge(const record::Record& record);
/// A link to the entry of a record in this page.
page::Html record_link(const std::string& id);

/// The first page.
page::Html front(const ReportInput& input);
/// How many measurements are right, doubtful or failed.
page::Html measured_section(const ReportInput& input);
page::Html verdicts_section(const ReportInput& input);
page::Html contradictions_section(const ReportInput& input);
/// Tables that compare systems; empty if no judged claim compares any.
page::Html contests_section(const ReportInput& input);
/// The section of one run, device by device; adds the data of its charts to `figures`.
page::Html run_section(const ReportRun& run, nlohmann::ordered_json& figures);
/// The rooflines of one device, or the reason why there are none.
page::Html rooflines(const DevicePart& part, nlohmann::ordered_json& figures);
page::Html measurements_table(const DevicePart& part,
                              const std::map<std::string, std::string>& labels);
/// Every record in full, in a closed part of the page.
page::Html records_in_full(const DevicePart& part);
/// The samples of a record as a small histogram.
page::Html sample_strip(const record::Record& record);
page::Html method_section(const ReportInput& input);
page::Html environment_section(const ReportInput& input);

}  // namespace assay::results::report

// JUnit XML: a test case for every problem, implementation and device of a run.
#include "results/exchange/junit.h"

#include <fmt/format.h>

#include <map>
#include <ostream>

#include "results/exchange/format.h"
#include "results/exchange/series.h"
#include "results/page/figures.h"
#include "results/page/text.h"
#include "results/record/listing.h"
#include "results/trust/trust.h"

namespace assay::results::exchange {

extern const Exporter junit_exporter;

namespace {

/// One part of a dotted name; dots within it are replaced.
std::string part(std::string text) {
  for (char& c : text) {
    if (c == '.') c = '_';
  }
  return text;
}

std::string figures(const record::Record& record) {
  if (record.status != record::Status::ok || record.summary.median <= 0) return "";
  std::string text =
      fmt::format("median {} {}, {}", page::scaled_text(record.summary.median, "s"),
                  page::half_width_text(record), page::counted(record.summary.count, "sample"));
  if (const std::string rates = page::rates_text(record); !rates.empty()) text += ", " + rates;
  return text + fmt::format("\nrecord {}", record.id);
}

void judge_ok(const record::Record& record, JUnitCase& out) {
  if (is_modelled(record)) {
    out.outcome = JUnitOutcome::skipped;
    out.message = "modelled from published figures: nothing ran";
  } else if (record.check.outcome == kernels::Outcome::unchecked) {
    out.outcome = JUnitOutcome::skipped;
    out.message = record.origin == record::Origin::imported
                      ? "imported from " + record.imported_from.file + ": not verified"
                      : "not verified";
  } else if (record.check.outcome == kernels::Outcome::suspicious) {
    out.output += "\nsuspicious: beyond the probabilistic error bound";
  }
}

/// Sets the outcome in one word, and the reason.
void judge(const record::Record& record, JUnitCase& out) {
  out.message = record.reason;
  switch (record.status) {
    case record::Status::ok:
      out.message.clear();
      return judge_ok(record, out);
    case record::Status::wrong:
      out.outcome = JUnitOutcome::failed;
      break;
    case record::Status::unsupported:
      out.outcome = JUnitOutcome::skipped;
      break;
    case record::Status::out_of_memory:
    case record::Status::error:
    case record::Status::crashed:
    case record::Status::timeout:
      out.outcome = JUnitOutcome::broken;
      break;
  }
  out.type = name(record.status);
  if (!record.check.where.empty() && out.message.find(record.check.where) == std::string::npos) {
    out.message += (out.message.empty() ? "" : "; ") + record.check.where;
  }
  if (out.message.empty()) out.message = name(record.status);
}

JUnitCase case_of(const record::Record& record) {
  JUnitCase out;
  out.group = fmt::format("{}.{}", part(device_key(record.device)), record.operation);
  out.name = fmt::format("{} / {} / {}", record.problem, record.implementation.name,
                         name(record.settings.mode));
  // Build servers tell cases apart by their names.
  if (record.repetition > 0) out.name += fmt::format(" / repetition {}", record.repetition);
  out.properties.emplace_back("repetition", fmt::format("{}", record.repetition));
  out.seconds = record.phases.total;
  out.output = figures(record);
  if (ranks(record)) {
    const trust::Trust trust = trust::trust_of(record);
    out.properties.emplace_back("trusted", trust.may_decide() ? "true" : "false");
    for (const trust::Doubt& doubt : trust.doubts) {
      out.properties.emplace_back(fmt::format("doubt.{}", name(doubt.fault)), doubt.text);
    }
  }
  judge(record, out);
  return out;
}

JUnitSuite suite_of(const record::Run& run, const record::Record& first) {
  JUnitSuite out;
  out.name = fmt::format("{}, {}, run {}", run.suite.empty() ? "single problems" : run.suite,
                         device_title(first), page::short_id(run.id));
  out.started = run.started;
  out.host = run.host;
  out.properties = {{"run", run.id},
                    {"assay_version", run.assay_version},
                    {"command", run.command},
                    {"environment", first.environment}};
  return out;
}

void write_junit(const record::RecordSet& record_set, const ExportStamp&, std::ostream& out) {
  std::vector<JUnitSuite> suites;
  for (const record::Run& run : record_set.runs) {
    std::map<std::string, std::size_t> places;  // by device
    for (const record::Record& record : record_set.records) {
      if (record.run != run.id) continue;
      const auto [place, fresh] = places.emplace(device_title(record), suites.size());
      if (fresh) suites.push_back(suite_of(run, record));
      suites[place->second].cases.push_back(case_of(record));
    }
  }
  write_junit(out, "assay", suites);
}

}  // namespace

const Exporter junit_exporter = {
    "junit", "JUnit XML: a case for each problem, implementation, device", false, write_junit};

}  // namespace assay::results::exchange

// JUnit XML: a test case for every problem, implementation and device of a run.
#include "results/exchange/junit.h"

#include <fmt/format.h>

#include <map>
#include <ostream>

#include "results/exchange/format.h"
#include "results/exchange/series.h"
#include "results/listing.h"
#include "results/report/text.h"

namespace assay::results {

extern const Exporter junit_exporter;

namespace {

/// A dotted name's part may hold no dot of its own.
std::string part(std::string text) {
  for (char& c : text) {
    if (c == '.') c = '_';
  }
  return text;
}

std::string figures(const Record& record) {
  if (record.status != Status::ok || record.summary.median <= 0) return "";
  std::string text = fmt::format("median {} {}, {}", scaled_text(record.summary.median, "s"),
                                 half_width_text(record.summary.half_width()),
                                 counted(record.summary.count, "sample"));
  if (const double rate = flop_rate(record); rate > 0) {
    text += fmt::format(", {}", scaled_text(rate, rate_unit(record.work.type)));
  }
  if (const double rate = byte_rate(record); rate > 0) {
    text += fmt::format(", {}", scaled_text(rate, "B/s"));
  }
  return text + fmt::format("\nrecord {}", record.id);
}

void judge_ok(const Record& record, JUnitCase& out) {
  if (is_modelled(record)) {
    out.outcome = JUnitOutcome::skipped;
    out.message = "modelled from published figures: nothing ran";
  } else if (record.check.outcome == kernels::Outcome::unchecked) {
    out.outcome = JUnitOutcome::skipped;
    out.message = record.origin == Origin::imported
                      ? "imported from " + record.imported_from.file + ": not verified"
                      : "not verified";
  } else if (record.check.outcome == kernels::Outcome::suspicious) {
    out.output += "\nsuspicious: beyond the probable error, within the possible one";
  }
}

/// In one word and why.
void judge(const Record& record, JUnitCase& out) {
  out.message = record.reason;
  switch (record.status) {
    case Status::ok:
      out.message.clear();
      return judge_ok(record, out);
    case Status::wrong:
      out.outcome = JUnitOutcome::failed;
      break;
    case Status::unsupported:
      out.outcome = JUnitOutcome::skipped;
      break;
    case Status::out_of_memory:
    case Status::error:
    case Status::crashed:
    case Status::timeout:
      out.outcome = JUnitOutcome::broken;
      break;
  }
  out.type = name(record.status);
  if (!record.check.where.empty() && out.message.find(record.check.where) == std::string::npos) {
    out.message += (out.message.empty() ? "" : "; ") + record.check.where;
  }
  if (out.message.empty()) out.message = name(record.status);
}

JUnitCase case_of(const Record& record) {
  JUnitCase out;
  out.group = fmt::format("{}.{}", part(device_key(record.device)), record.operation);
  out.name =
      fmt::format("{} / {} / {}", record.problem, record.implementation.name, record.settings.mode);
  out.seconds = record.phases.total;
  out.output = figures(record);
  judge(record, out);
  return out;
}

JUnitSuite suite_of(const Run& run, const Record& first) {
  JUnitSuite out;
  out.name = fmt::format("{}, {}, run {}", run.suite.empty() ? "single problems" : run.suite,
                         device_title(first), short_id(run.id));
  out.started = run.started;
  out.host = run.host;
  out.properties = {{"run", run.id},
                    {"assay_version", run.assay_version},
                    {"command", run.command},
                    {"environment", first.environment}};
  return out;
}

void write(const RecordSet& record_set, const ExportStamp&, std::ostream& out) {
  std::vector<JUnitSuite> suites;
  for (const Run& run : record_set.runs) {
    std::map<std::string, std::size_t> places;  // by device
    for (const Record& record : record_set.records) {
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
    "junit", "JUnit XML: a case for each problem, implementation, device", false, write};

}  // namespace assay::results

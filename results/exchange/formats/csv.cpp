// CSV: one row per record, in the form of results/exchange/csv.h. An import has no samples.
#include "results/exchange/csv.h"

#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "kernels/error.h"
#include "kernels/operation.h"
#include "kernels/problem.h"
#include "results/exchange/csv_reader.h"
#include "results/exchange/format.h"
#include "results/exchange/series.h"
#include "results/record/ceilings.h"
#include "results/record/keys.h"
#include "results/record/moment.h"

namespace assay::results::exchange {

extern const Exporter csv_exporter;
extern const Importer csv_importer;

namespace {

void export_csv(const record::RecordSet& record_set, const ExportStamp&, std::ostream& out) {
  write_csv(out, record_set.records, record_set.records);
}

bool recognises_csv(std::string_view beginning) {
  return beginning.starts_with("id,run,started,");
}

/// The fields of one row by the names of the heading.
class CsvRow {
 public:
  CsvRow(const std::vector<std::string>& heading, const std::vector<std::string>& fields) {
    for (std::size_t i = 0; i < heading.size(); ++i) fields_[heading[i]] = fields[i];
  }

  /// Empty if there is no such column. The apostrophe before what a spreadsheet would compute is no
  /// part of the text.
  std::string text(const char* column) const {
    const auto found = fields_.find(column);
    if (found == fields_.end()) return "";
    const std::string& text = found->second;
    const bool guarded = text.size() > 1 && text[0] == '\'' &&
                         std::string_view("=+-@\t").find(text[1]) != std::string_view::npos;
    return guarded ? text.substr(1) : text;
  }

  /// NaN for an empty field. Throws InputError that names the column.
  double number(const char* column) const {
    const std::string value = text(column);
    if (value.empty()) return std::nan("");
    double number = 0;
    const char* const end = value.data() + value.size();
    const auto [rest, error] = std::from_chars(value.data(), end, number);
    if (error != std::errc() || rest != end) refuse(column, "is not a number");
    return number;
  }

  template <typename Enum>
  Enum named(const char* column) const {
    const auto found = record::named<Enum>(text(column));
    if (!found) refuse(column, "is not one of the known words");
    return *found;
  }

  /// Also as spreadsheets write it: TRUE and FALSE. `absent` where the field is empty.
  bool truth(const char* column, bool absent) const {
    std::string value = text(column);
    for (char& c : value) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (value.empty()) return absent;
    if (value != "true" && value != "false") refuse(column, "is neither true nor false");
    return value == "true";
  }

  [[noreturn]] void refuse(const char* column, const char* what) const {
    throw InputError(fmt::format("{}: `{}` {}", column, text(column), what));
  }

 private:
  std::map<std::string, std::string, std::less<>> fields_;
};

/// Nothing for a record of another program, which has a name in place of a problem.
std::optional<kernels::Problem> known_problem(const std::string& text) {
  try {
    return kernels::Problem::parse(text);
  } catch (const InputError&) {
    return std::nullopt;
  }
}

void require_work_of(const kernels::Problem& problem, const CsvRow& row, record::Record& record) {
  constexpr double kRounding = 1e-6;
  const kernels::Work work = problem.operation().work(problem);
  const auto differs = [](double a, double b) { return !(std::abs(a - b) <= kRounding * b); };
  if (record.operation != problem.operation().name) row.refuse("operation", "is not the problem's");
  if (differs(record.work.flop, work.flop)) row.refuse("flop", "is not the work of the problem");
  if (differs(record.work.bytes, work.bytes)) row.refuse("bytes", "is not the work of the problem");
  record.work.type = work.type;
}

void take_problem(const CsvRow& row, record::Record& record) {
  record.problem = row.text("problem");
  record.operation = row.text("operation");
  const double flop = row.number("flop"), bytes = row.number("bytes");
  record.work.flop = std::isnan(flop) ? 0 : flop;
  record.work.bytes = std::isnan(bytes) ? 0 : bytes;
  if (record.problem.empty()) row.refuse("problem", "names no problem");
  if (const auto problem = known_problem(record.problem)) require_work_of(*problem, row, record);
}

std::uint64_t count(const CsvRow& row, const char* column) {
  const double number = row.number(column);
  if (std::isnan(number)) return 0;
  if (number < 0 || number != std::floor(number) || number > 1e9) {
    row.refuse(column, "is not a count");
  }
  return static_cast<std::uint64_t>(number);
}

void take_summary(const CsvRow& row, record::Record& record) {
  const double median = row.number("median_seconds");
  record.summary = statistics::summary_of_model(std::isnan(median) ? 0 : median);
  if (!(record.summary.median >= 0) || !std::isfinite(record.summary.median)) {
    row.refuse("median_seconds", "is not a finite time of 0 or more");
  }
  if (record.status == record::Status::ok && !(record.summary.median > 0)) {
    row.refuse("median_seconds", "is no time of a record whose status is ok");
  }
  record.summary.interval = {row.number("lower_seconds"), row.number("upper_seconds")};
  if (const double confidence = row.number("confidence"); !std::isnan(confidence)) {
    record.summary.confidence = record.settings.confidence = confidence;
  }
  record.summary.count = count(row, "samples");
  if (const double effective = row.number("effective_samples"); !std::isnan(effective)) {
    const bool possible = effective >= 0 && effective <= static_cast<double>(record.summary.count);
    if (!possible) row.refuse("effective_samples", "is not a number of 0 to that of samples");
    record.summary.effective_count = effective;
  }
}

void take_device(const CsvRow& row, record::Record& record) {
  take_device_key(row.text("device"), record.device);
  record.device.name = row.text("device_name");
  record.device.kind = "unknown";
}

record::Record record_of(const CsvRow& row) {
  record::Record record;
  record.started = record::to_utc(row.text("started"));
  if (record.started.empty()) row.refuse("started", "is no time with a zone");
  record.status = row.named<record::Status>("status");
  record.reason = row.text("reason");
  take_problem(row, record);
  take_device(row, record);
  record.device.modelled = row.text("origin") == "modelled";
  record.implementation.name = row.text("implementation");
  record.implementation.division = row.named<record::Division>("division");
  record.settings.mode = row.named<record::Mode>("mode");
  record.settings.target = record.settings.budget_seconds = 0;
  record.settings.minimum_samples = 0;
  record.repetition = static_cast<std::uint32_t>(count(row, "repetition"));
  take_summary(row, record);
  record.target_met = row.truth("target_met", false);
  record.check = {row.named<kernels::Outcome>("check"), "as the CSV says", 0, "", 0};
  record.energy.joules_per_launch = std::nullopt;
  record.operands_hash = row.text("operands_hash");
  return record;
}

/// What speaks against a verified row, which a record without samples and load cannot say. Else "".
std::string lost_doubts(const CsvRow& row, const record::Record& record) {
  if (row.truth("trusted", true) || !ranks(record)) return "";
  const std::string doubts = row.text("doubts");
  return "its doubts are not kept: " + (doubts.empty() ? "it was not trusted" : doubts);
}

record::RecordSet read_csv(const ImportFile& file) {
  record::RecordSet record_set;
  CsvReader reader(file.name, file.content);
  const std::vector<std::string> heading = reader.record();
  for (std::set<std::string> seen; const std::string& column : heading) {
    if (seen.insert(column).second) continue;
    throw InputError(fmt::format("{}: two columns are called `{}`", file.name, column),
                     "use a file that `assay export --format csv` wrote");
  }
  std::map<std::string, std::string> runs;
  std::vector<std::string> left_out;
  for (auto fields = reader.record(); !fields.empty(); fields = reader.record()) {
    if (fields.size() == 1 && fields[0].empty()) continue;  // a blank line
    const auto leave_out = [&](const std::string& reason) {
      left_out.push_back(fmt::format("{}: {}", reader.place(), reason));
    };
    if (fields.size() != heading.size()) {
      leave_out(fmt::format("has {} fields, the heading has {}", fields.size(), heading.size()));
      continue;
    }
    try {
      const CsvRow row(heading, fields);
      record::Record record = record_of(row);
      record.id = file.derived_id(record_set.records.size() + 1);
      const auto run = runs.try_emplace(row.text("run"), "").first;
      // The ids of the runs are derived, too: this import is not the run itself.
      if (run->second.empty()) run->second = file.derived_id((1ull << 32) + runs.size());
      record.run = run->second;
      if (const std::string doubts = lost_doubts(row, record); !doubts.empty()) leave_out(doubts);
      record_set.records.push_back(std::move(record));
    } catch (const InputError& error) {
      leave_out(error.what());
    }
  }
  if (record_set.records.empty()) {
    throw InputError(left_out.empty() ? file.name + ": has no rows" : left_out.front(),
                     "use a file that `assay export --format csv` wrote");
  }
  file.leave_out(left_out);
  return record_set;
}

}  // namespace

const Exporter csv_exporter = {"csv", "one row per record: medians, intervals, rates, origin",
                               false, export_csv};
const Importer csv_importer = {"csv", "rows of `assay export --format csv`, without samples",
                               recognises_csv, read_csv};

}  // namespace assay::results::exchange

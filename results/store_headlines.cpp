#include "results/store_headlines.h"

#include <limits>

#include "results/record_keys.h"

namespace assay::results {

namespace {

// In the order of kColumns.
enum Column : int {
  kId,
  kRun,
  kStarted,
  kProblem,
  kOperation,
  kImplementation,
  kDivision,
  kStatus,
  kSchema,
  kOrigin,
  kReason,
  kDevice,
  kMode,
  kFlop,
  kBytes,
  kType,
  kCount,
  kMedian,
  kLower,
  kUpper,
  kConfidence,
  kEffectiveCount,
  kTargetMet,
  kOutcome,
  kOperandsHash,
  kJoules,
  kRatePerWatt,
  kEnergySource,
  kThrottle,
  kKeptLaunches,
  kJson,
};

template <typename Enum>
bool read_name(const Statement& row, int column, Enum& value) {
  const std::string text = row.text(column);
  for (const Enum candidate : Names<Enum>::all) {
    if (text != name(candidate)) continue;
    value = candidate;
    return true;
  }
  return false;
}

/// Null is what JSON has for a number that is none.
double number(const Statement& row, int column) {
  return row.real(column).value_or(std::numeric_limits<double>::quiet_NaN());
}

Summary summary_from(const Statement& row) {
  Summary summary;
  summary.count = static_cast<std::size_t>(row.integer(kCount));
  summary.median = number(row, kMedian);
  summary.interval = {number(row, kLower), number(row, kUpper)};
  summary.confidence = number(row, kConfidence);
  summary.effective_count = number(row, kEffectiveCount);
  return summary;
}

}  // namespace

const std::string_view HeadlineReader::kColumns =
    "id, run, started, problem, operation, implementation, division, status, "
    "json_extract(json, '$.schema'), json_extract(json, '$.origin'), "
    "json_extract(json, '$.reason'), json_extract(json, '$.device'), "
    "json_extract(json, '$.settings.mode'), json_extract(json, '$.work.flop'), "
    "json_extract(json, '$.work.bytes'), json_extract(json, '$.work.type'), "
    "json_extract(json, '$.summary.count'), json_extract(json, '$.summary.median'), "
    "json_extract(json, '$.summary.interval.lower'), "
    "json_extract(json, '$.summary.interval.upper'), "
    "json_extract(json, '$.summary.confidence'), json_extract(json, '$.summary.effective_count'), "
    "json_extract(json, '$.target_met'), json_extract(json, '$.check.outcome'), "
    "json_extract(json, '$.operands_hash'), json_extract(json, '$.energy.joules_a_launch'), "
    "json_extract(json, '$.energy.rate_per_watt'), json_extract(json, '$.energy.source'), "
    "json_extract(json, '$.sensors.throttle'), "
    "json_extract(json, '$.throttling.kept_launches'), json";

const DeviceIdentity& HeadlineReader::device_of(const Statement& row) {
  const auto [found, added] = devices_.try_emplace(row.text(kDevice));
  if (added) found->second = record_from_json(row.text(kJson)).device;
  return found->second;
}

std::optional<Record> HeadlineReader::read(const Statement& row) {
  if (row.integer(kSchema) < 1 || row.integer(kSchema) > kRecordSchema) return std::nullopt;
  Record record;
  if (!read_name(row, kStatus, record.status) || !read_name(row, kOrigin, record.origin) ||
      !read_name(row, kType, record.work.type) || !read_name(row, kOutcome, record.check.outcome)) {
    return std::nullopt;
  }
  record.id = row.text(kId);
  record.run = row.text(kRun);
  record.started = row.text(kStarted);
  record.reason = row.text(kReason);
  record.problem = row.text(kProblem);
  record.operation = row.text(kOperation);
  record.device = device_of(row);
  record.implementation.name = row.text(kImplementation);
  record.implementation.division = row.text(kDivision);
  record.settings.mode = row.text(kMode);
  record.work.flop = number(row, kFlop);
  record.work.bytes = number(row, kBytes);
  record.summary = summary_from(row);
  record.target_met = row.integer(kTargetMet) != 0;
  record.operands_hash = row.text(kOperandsHash);
  record.energy.joules_a_launch = row.real(kJoules);
  record.energy.rate_per_watt = row.real(kRatePerWatt);
  record.energy.source = row.text(kEnergySource);
  record.sensors.throttle = row.text(kThrottle);
  record.throttling.kept_launches = static_cast<std::uint32_t>(row.integer(kKeptLaunches));
  return record;
}

}  // namespace assay::results

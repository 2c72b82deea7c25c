#include "results/exchange/csv.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>
#include <sstream>
#include <vector>

#include "results/record/burn.h"
#include "results/record/bus_rate.h"
#include "results/record/ceilings.h"
#include "results/record/listing.h"
#include "results/trust/beside.h"
#include "results/trust/trust.h"

namespace assay::results::exchange {

namespace {

constexpr const char* kHeading =
    "id,run,started,origin,status,reason,notes,problem,operation,device,device_name,implementation,"
    "division,mode,repetition,median_seconds,lower_seconds,upper_seconds,confidence,samples,"
    "effective_samples,flop,bytes,flop_per_second,bytes_per_second,"
    "algbw_bytes_per_second,busbw_bytes_per_second,bound,share_of_ceiling,share_lower,share_upper,"
    "check,target_met,trusted,doubts,joules_per_launch,joules_lower,joules_upper,rate_per_watt,"
    "burn_seconds,burn_change,operands_hash,"
    "imported_format,imported_file,imported_sha256";

/// An empty field if a value is unknown (a model has no interval), so that no reader mistakes it
/// for a number.
std::string known(std::optional<double> value) {
  return value && !std::isnan(*value) ? fmt::format("{}", *value) : std::string();
}

/// An empty field for a rate that the operation does not have.
std::string rate(double value) {
  return value > 0 ? fmt::format("{}", value) : std::string();
}

/// "busy: other work took 41% of the machine's CPU time; drift: …".
std::string doubts_text(const trust::Trust& trust) {
  std::string text;
  for (const trust::Doubt& doubt : trust.doubts) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", name(doubt.fault), doubt.text);
  }
  return text;
}

std::vector<std::string> fields_of(const record::Record& r, const record::Ceilings& ceilings) {
  const auto trend = burn_trend(r);
  const auto roof = attainable(r, ceilings);
  const trust::Trust trust = trust::trust_of(r);
  const char* bound = !roof ? "" : roof->bound == record::Bound::memory ? "memory" : "peak";
  std::vector<std::string> fields = {
      r.id,
      r.run,
      r.started,
      std::string(name(r.origin)),
      std::string(name(r.status)),
      r.reason,
      notes_text(r),
      r.problem,
      r.operation,
      device_key(r.device),
      r.device.name,
      r.implementation.name,
      std::string(name(r.implementation.division)),
      std::string(name(r.settings.mode)),
      fmt::format("{}", r.repetition),
      known(r.summary.median),
      known(r.summary.interval.lower),
      known(r.summary.interval.upper),
      known(r.summary.confidence),
      fmt::format("{}", r.summary.count),
      known(r.summary.effective_count),
      fmt::format("{}", r.work.flop),
      fmt::format("{}", r.work.bytes),
      rate(flop_rate(r)),
      rate(byte_rate(r)),
      record::is_collective(r.operation) ? fmt::format("{}", byte_rate(r)) : "",
      known(bus_rate(r)),
      bound,
      roof ? fmt::format("{}", roof->fraction) : "",
      roof ? known(roof->interval.lower) : "",
      roof ? known(roof->interval.upper) : "",
      std::string(name(r.check.outcome)),
      r.target_met ? "true" : "false",
      trust.may_decide() ? "true" : "false",
      doubts_text(trust),
      known(r.energy.joules_per_launch),
      known(r.energy.joules_lower),
      known(r.energy.joules_upper),
      known(r.energy.rate_per_watt),
      fmt::format("{}", r.settings.burn_seconds),
      trend ? fmt::format("{}", trend->change) : "",
      r.operands_hash,
      r.imported_from.format,
      r.imported_from.file,
      r.imported_from.sha256};
  for (const record::SensorFigure& figure : record::kSensorFigures) {
    fields.push_back(known(r.sensors.*figure.value));
  }
  return fields;
}

/// Whether a spreadsheet would compute the field: "=cmd()". Numbers stay.
bool is_formula(const std::string& text) {
  if (text.empty() || std::string_view("=+-@\t").find(text[0]) == std::string_view::npos)
    return false;
  double number = 0;
  const char* const end = text.data() + text.size();
  return std::from_chars(text.data(), end, number).ptr != end;
}

}  // namespace

std::string csv_field(const std::string& given) {
  const std::string text = is_formula(given) ? "'" + given : given;
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

void write_csv(std::ostream& out, std::span<const record::Record> shown,
               std::span<const record::Record> all) {
  trust::Beside beside(all);
  out << kHeading;
  for (const record::SensorFigure& figure : record::kSensorFigures) out << ',' << figure.key;
  out << "\r\n";
  for (const record::Record& record : shown) {
    const char* separator = "";
    for (const std::string& field : fields_of(record, beside.ceilings(record))) {
      out << separator << csv_field(field);
      separator = ",";
    }
    out << "\r\n";
  }
}

std::string csv_text(std::span<const record::Record> shown, std::span<const record::Record> all) {
  std::ostringstream out;
  write_csv(out, shown, all);
  return out.str();
}

}  // namespace assay::results::exchange

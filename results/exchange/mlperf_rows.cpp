#include "results/exchange/mlperf_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "kernels/error.h"
#include "results/exchange/csv_reader.h"
#include "results/record/parse_json.h"

namespace assay::results::exchange {
namespace {

using nlohmann::ordered_json;
using Fields = std::map<std::string, std::string, std::less<>>;

[[noreturn]] void fail(const std::string& place, const std::string& what) {
  throw InputError(fmt::format("{}: {}", place, what),
                   "use summary_results.json of an MLPerf Inference results repository, or the CSV "
                   "of its submission checker");
}

/// A field by the first of its names that the row has: the name in the JSON, then in the CSV.
std::string text_of(const Fields& fields, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (const auto found = fields.find(name); found != fields.end()) return found->second;
  }
  return {};
}

std::string needed(const Fields& fields, const std::string& place,
                   std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (const auto found = fields.find(name); found != fields.end()) return found->second;
  }
  fail(place, fmt::format("{}: missing", *names.begin()));
}

double number_of(const std::string& text, const std::string& place, std::string_view name) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || rest != end || !std::isfinite(number) || number < 0) {
    fail(place, fmt::format("{}: `{}` is not a number of 0 or more", name, text));
  }
  return number;
}

/// A count; none is written as "", "-" or "N/A".
double count_of(const std::string& text, const std::string& place, std::string_view name) {
  if (text.empty() || text == "-" || text == "N/A") return 0;
  const double count = number_of(text, place, name);
  if (count != std::floor(count) || count > 1e6) {
    fail(place, fmt::format("{}: `{}` is not a whole number up to 1000000", name, text));
  }
  return count;
}

MlperfRow row_of(const Fields& fields, const std::string& place) {
  MlperfRow row;
  row.place = place;
  row.id = text_of(fields, {"ID"});
  row.submitter = needed(fields, place, {"Submitter", "Organization"});
  row.availability = text_of(fields, {"Availability"});
  row.category = needed(fields, place, {"Category", "Division"});
  row.suite = needed(fields, place, {"Suite", "SystemType"});
  row.platform = needed(fields, place, {"Platform"});
  row.scenario = needed(fields, place, {"Scenario"});
  // In the CSV `Model` is what was run; in the JSON it is the benchmark's.
  row.model = needed(fields, place, {"MlperfModel", "Model"});
  row.used_model = needed(fields, place, {"UsedModel", "Model"});
  row.accelerator = needed(fields, place, {"Accelerator", "accelerator_model_name"});
  row.nodes = count_of(needed(fields, place, {"Nodes", "number_of_nodes"}), place, "Nodes");
  row.accelerators_per_node =
      count_of(needed(fields, place, {"a#", "accelerators_per_node"}), place, "a#");
  row.result_text = needed(fields, place, {"Performance_Result", "Result"});
  row.result = number_of(row.result_text, place, "Performance_Result");
  row.units = needed(fields, place, {"Performance_Units", "Units"});
  row.weight_types = text_of(fields, {"weight_data_types"});
  row.software = text_of(fields, {"Software", "framework"});
  row.notes = text_of(fields, {"Notes", "notes"});
  row.details = text_of(fields, {"Details"});
  row.version = text_of(fields, {"version"});
  return row;
}

std::string text_of(const ordered_json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return fmt::format("{}", value.get<double>());
  return value.is_null() ? std::string() : value.dump();
}

std::vector<MlperfRow> read_json(const ImportFile& file) {
  if (const std::string excess = record::json_excess(file.content); !excess.empty()) {
    fail(file.name, excess);
  }
  ordered_json json;
  try {
    json = ordered_json::parse(file.content);
  } catch (const ordered_json::parse_error& error) {
    const std::size_t at = std::min<std::size_t>(error.byte, file.content.size());
    const auto line = 1 + std::count(file.content.begin(),
                                     file.content.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    fail(fmt::format("{}:{}", file.name, line), "is not JSON, or is cut off");
  }
  if (!json.is_array()) fail(file.name, "is not a list of results");
  std::vector<MlperfRow> rows;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string place = fmt::format("{}: [{}]", file.name, i);
    if (!json[i].is_object()) fail(place, "is not an object");
    Fields fields;
    for (const auto& [key, value] : json[i].items()) fields[key] = text_of(value);
    rows.push_back(row_of(fields, place));
  }
  return rows;
}

std::vector<MlperfRow> read_csv(const ImportFile& file) {
  CsvReader reader(file.name, file.content);
  const std::vector<std::string> heading = reader.record();
  std::vector<MlperfRow> rows;
  for (auto record = reader.record(); !record.empty(); record = reader.record()) {
    if (record.size() == 1 && record[0].empty()) continue;  // a blank line
    if (record.size() != heading.size()) {
      fail(reader.place(),
           fmt::format("has {} fields, the heading has {}", record.size(), heading.size()));
    }
    Fields fields;
    for (std::size_t i = 0; i < heading.size(); ++i) fields[heading[i]] = record[i];
    rows.push_back(row_of(fields, reader.place()));
  }
  return rows;
}

bool is_json(std::string_view content) {
  const std::size_t first = content.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (content[first] == '[' || content[first] == '{');
}

}  // namespace

bool is_mlperf_summary(std::string_view beginning) {
  const auto has = [&](std::string_view text) {
    return beginning.find(text) != std::string_view::npos;
  };
  if (is_json(beginning)) return has("\"UsedModel\"") && has("\"Scenario\"");
  beginning = beginning.substr(0, beginning.find('\n'));
  return has("Scenario") && (has("MlperfModel") || has("UsedModel"));
}

std::vector<MlperfRow> read_mlperf_rows(const ImportFile& file) {
  // Whatever does not begin like JSON is read as CSV only if its heading fits.
  if (!is_json(file.content) && !is_mlperf_summary(file.content)) {
    fail(fmt::format("{}:1", file.name), "is neither JSON nor a CSV with a heading");
  }
  std::vector<MlperfRow> rows = is_json(file.content) ? read_json(file) : read_csv(file);
  if (rows.empty()) fail(file.name, "has no results");
  return rows;
}

}  // namespace assay::results::exchange

// JSON lines, one object per line: {"run": {...}}, {"sha256": "...", "environment": {...}}, or a
// record in the form of results/schema/record.schema.json.
#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <ostream>

#include "kernels/error.h"
#include "results/exchange/format.h"
#include "results/record/codec.h"
#include "results/record/parse_json.h"
#include "results/record/run_keys.h"

namespace assay::results::exchange {

extern const Exporter json_lines_exporter;
extern const Importer json_lines_importer;

namespace {

using nlohmann::ordered_json;

void write_json_lines(const record::RecordSet& record_set, const ExportStamp&, std::ostream& out) {
  for (const auto& [hash, json] : record_set.environments) {
    out << R"({"sha256":")" << hash << R"(","environment":)" << json << "}\n";
  }
  for (const record::Run& run : record_set.runs) {
    out << R"({"run":)" << record::encode(run) << "}\n";
  }
  for (const record::Record& record : record_set.records) out << to_json(record) << '\n';
}

bool recognises_json_lines(std::string_view beginning) {
  const std::string_view line = beginning.substr(0, beginning.find('\n'));
  const auto begins = [&](std::string_view with) { return line.starts_with(with); };
  return begins(R"({"sha256":)") || begins(R"({"run":)") || begins(R"({"schema":)");
}

/// Whether the line is a record, which read_records() reads.
bool is_record(std::string_view line) {
  return line.starts_with(R"({"schema":)");
}

void read_other(std::string_view line, record::RecordSet& record_set) {
  if (const std::string excess = record::json_excess(line); !excess.empty()) {
    throw InputError("the line " + excess, "it was not written by assay");
  }
  const auto json = ordered_json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) {
    throw InputError("not JSON", "the file is cut off or damaged at this line");
  }
  if (json.contains("run") && json["run"].is_object()) {
    record_set.runs.push_back(record::decode<record::Run>(json["run"].dump(), "run"));
  } else if (json.contains("environment") && json.contains("sha256") &&
             json["sha256"].is_string()) {
    record_set.environments[json["sha256"].get<std::string>()] = json["environment"].dump();
  } else {
    record_set.records.push_back(record::record_from_json(line));
  }
}

struct Line {
  std::size_t number;  ///< from 1
  std::string_view text;
};

/// The lines that are not empty.
std::vector<Line> lines_of(std::string_view content) {
  std::vector<Line> lines;
  std::size_t number = 0;
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t end = std::min(content.find('\n', at), content.size());
    const std::string_view text = content.substr(at, end - at);
    at = end + 1;
    ++number;
    if (text.find_first_not_of(" \t\r") != std::string_view::npos) lines.push_back({number, text});
  }
  return lines;
}

/// Calls `read` and adds the file and the line to its errors.
template <typename Read>
void at_line(const ImportFile& file, const Line& line, Read read) {
  try {
    read();
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}:{}: {}", file.name, line.number, error.what()), error.hint());
  }
}

/// Reads on all cores. Throws the error of the first damaged line.
void read_records(const ImportFile& file, const std::vector<Line>& lines,
                  record::RecordSet& record_set) {
  const std::size_t before = record_set.records.size();
  record_set.records.resize(before + lines.size());
  std::atomic<std::size_t> damaged = lines.size();
  tbb::parallel_for(std::size_t{0}, lines.size(), [&](std::size_t i) {
    try {
      record_set.records[before + i] = record::record_from_json(lines[i].text);
    } catch (const InputError&) {
      std::size_t first = damaged;
      while (i < first && !damaged.compare_exchange_weak(first, i)) {
      }
    }
  });
  if (damaged == lines.size()) return;
  const Line& line = lines[damaged];
  at_line(file, line, [&] { record::record_from_json(line.text); });
}

record::RecordSet read_json_lines(const ImportFile& file) {
  record::RecordSet record_set;
  std::vector<Line> records;
  for (const Line& line : lines_of(file.content)) {
    if (is_record(line.text)) {
      records.push_back(line);
    } else {
      at_line(file, line, [&] { read_other(line.text, record_set); });
    }
  }
  read_records(file, records, record_set);
  return record_set;
}

}  // namespace

const Exporter json_lines_exporter = {
    "json-lines", "runs, environments and records in full, one per line", false, write_json_lines};
const Importer json_lines_importer = {"json-lines", "JSON lines written by assay",
                                      recognises_json_lines, read_json_lines};

}  // namespace assay::results::exchange

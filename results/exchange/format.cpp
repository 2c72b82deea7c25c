#include "results/exchange/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <utility>

#include "kernels/error.h"
#include "kernels/nearest.h"
#include "kernels/sha256.h"
#include "results/record/contradiction.h"
#include "results/record/texts.h"

namespace assay::results::exchange {

namespace {

constexpr std::size_t kBeginning = std::size_t{64} * 1024;

template <typename Format>
std::string list_of(std::span<const Format* const> formats) {
  std::string out;
  for (const Format* format : formats) {
    out += fmt::format("{}{}", out.empty() ? "" : ", ", format->name);
  }
  return out;
}

template <typename Format>
const Format& find(std::span<const Format* const> formats, std::string_view name,
                   const std::string& place) {
  std::vector<std::string> names;
  for (const Format* format : formats) {
    if (format->name == name) return *format;
    names.emplace_back(format->name);
  }
  throw InputError(fmt::format("{}: there is no format `{}`", place, name),
                   did_you_mean(name, names, "the formats are: " + list_of(formats)));
}

/// Derives a run from one of its records, if the file does not describe the run.
record::Run run_of(const record::Record& record) {
  record::Run run;
  run.id = record.run;
  run.started = run.ended = record.started;
  run.environment = record.environment;
  return run;
}

/// Adds the runs that the file does not describe.
void complete_runs(record::RecordSet& record_set, const ImportFile& file) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < record_set.runs.size(); ++i) places.emplace(record_set.runs[i].id, i);
  const std::size_t described = record_set.runs.size();
  for (const record::Record& record : record_set.records) {
    const auto [place, fresh] = places.emplace(record.run, record_set.runs.size());
    if (fresh) {
      record_set.runs.push_back(run_of(record));
      record_set.runs.back().command = "imported from " + file.base_name();
    } else if (place->second >= described) {
      record::Run& run = record_set.runs[place->second];
      run.started = std::min(run.started, record.started);
      run.ended = std::max(run.ended, record.started);
    }
  }
}

/// Leaves out records that contradict themselves, or another record of the file with their id.
void leave_out_contradictions(record::RecordSet& record_set, const ImportFile& file) {
  std::vector<std::string> left_out;
  std::vector<record::Record> kept;
  std::map<std::string, std::size_t> places;  // in `kept`, by id
  kept.reserve(record_set.records.size());
  for (record::Record& record : record_set.records) {
    std::string why = record::contradiction(record);
    const auto [place, fresh] = places.emplace(record.id, kept.size());
    if (why.empty() && !fresh && to_json(kept[place->second]) != to_json(record)) {
      why = "another record of the file has its id and other contents";
    }
    if (why.empty()) {
      kept.push_back(std::move(record));
      continue;
    }
    if (fresh) places.erase(place);
    left_out.push_back(
        fmt::format("{}: record {:.8}, {}: {}", file.name, record.id, record.problem, why));
  }
  if (kept.empty() && !left_out.empty()) {
    throw InputError(left_out.front(), "use the file as it was written");
  }
  record_set.records = std::move(kept);
  file.leave_out(left_out);
}

void check_environments(const record::RecordSet& record_set, const ImportFile& file) {
  for (const auto& [hash, json] : record_set.environments) {
    if (sha256(json) == hash) continue;
    throw InputError(
        fmt::format("{}: the SHA-256 of the environment named {} differs from its name", file.name,
                    hash),
        "the file was changed after it was exported; use the original");
  }
}

}  // namespace

std::string ImportFile::base_name() const {
  return std::filesystem::path(name).filename().string();
}

void ImportFile::leave_out(const std::vector<std::string>& texts) const {
  if (left_out != nullptr) left_out->insert(left_out->end(), texts.begin(), texts.end());
}

record::ImportedFrom ImportFile::origin(std::string_view format) const {
  return {std::string(format), base_name(), sha256};
}

std::string ImportFile::derived_id(std::uint64_t number) const {
  std::string id = assay::sha256(fmt::format("{} {}", sha256, number)).substr(0, 32);
  // RFC 9562, section 5.8: version 8, variant 10.
  id[12] = '8';
  id[16] = "89ab"[id[16] % 4];
  for (const std::size_t at : {20u, 16u, 12u, 8u}) id.insert(at, "-");
  return id;
}

const Exporter& find_exporter(std::string_view name, const std::string& place) {
  return find(exporters(), name, place);
}

const Importer& find_importer(std::string_view name, const std::string& place) {
  return find(importers(), name, place);
}

const Importer& recognise(const ImportFile& file) {
  const std::string_view beginning = file.content.substr(0, kBeginning);
  for (const Importer* importer : importers()) {
    if (importer->recognises(beginning)) return *importer;
  }
  // Other output, of any length, may stand before what identifies the format.
  for (const Importer* importer : importers()) {
    if (file.content.size() > kBeginning && importer->recognises(file.content)) return *importer;
  }
  throw InputError(
      fmt::format("{}: {}", file.name, file.content.empty() ? "is empty" : "has no known format"),
      "name the format; the formats are: " + list_of(importers()));
}

record::RecordSet import_file(const Importer& importer, const ImportFile& file) {
  if (importer.read == nullptr) {
    throw InputError(fmt::format("{}: {} has claims and no records", file.name, importer.name),
                     "import it alone; the claims are written to a file for --catalogue");
  }
  record::RecordSet record_set = importer.read(file);
  check_environments(record_set, file);
  leave_out_contradictions(record_set, file);
  record::make_printable(record_set);
  if (const std::size_t masked = record::mask_secrets(record_set); masked > 0) {
    file.leave_out({fmt::format("{}: texts that look like a password or a key: {}, masked",
                                file.name, masked)});
  }
  complete_runs(record_set, file);
  for (record::Record& record : record_set.records) {
    const bool known =
        record.origin == record::Origin::imported && !record.imported_from.sha256.empty();
    record.origin = record::Origin::imported;
    if (!known) record.imported_from = file.origin(importer.name);
  }
  return record_set;
}

}  // namespace assay::results::exchange

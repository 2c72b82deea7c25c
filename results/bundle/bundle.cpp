#include "results/bundle/bundle.h"

#include <fmt/format.h>

#include <set>

#include "kernels/embedded.h"
#include "kernels/sha256.h"
#include "results/bundle/archive.h"
#include "results/bundle/claims_used.h"
#include "results/bundle/parts.h"
#include "results/claims/catalogue.h"
#include "results/process/read_file.h"

namespace assay::results::bundle {

std::span<const EmbeddedFile> schema_files();

namespace {

std::string damage_text(const std::string& file, const std::vector<Damage>& damage) {
  std::string text = fmt::format("{}: is damaged or incomplete", file);
  for (const Damage& one : damage) {
    text += fmt::format("\n  {}{}{}", one.part, one.part.empty() ? "" : ": ", one.what);
  }
  return text;
}

std::string environment_part(const std::string& sha256) {
  return fmt::format("{}{}.json.gz", kEnvironmentFolder, sha256);
}

std::set<std::string> environments_named(const BundleContents& contents) {
  std::set<std::string> names = {contents.run.environment};
  for (const record::Record& record : contents.records) names.insert(record.environment);
  return names;
}

std::string lines_of(const BundleContents& contents) {
  std::string lines;
  for (const record::Record& record : contents.records) {
    if (record.run != contents.run.id) {
      throw InputError(
          fmt::format("record {} does not belong to run {}", record.id, contents.run.id),
          "a bundle contains one run");
    }
    lines += to_json(record) + "\n";
  }
  return lines;
}

std::string_view record_schema() {
  for (const EmbeddedFile& file : schema_files()) {
    if (file.name == "record.schema.json") return file.text;
  }
  throw std::logic_error("the record schema is not embedded in the program");
}

/// Reads contents from parts whose bytes were already checked. Errors name the place.
class ContentReader {
 public:
  ContentReader(const Parts& parts, BundleContents& contents) : parts_(parts), out_(contents) {}

  void read() {
    out_.run = parts_.manifest.run;
    out_.run.plan = parts_.content(kPlanPart);
    if (parts_.has(kSuitePart)) out_.suite = parts_.content(kSuitePart);
    for (const Part& part : parts_.manifest.parts) {
      if (part.name.starts_with(kEnvironmentFolder)) read_environment(part);
    }
    read_records(parts_.content(kRecordsPart));
  }

 private:
  void read_environment(const Part& part) {
    std::string json = parts_.content(part.name);
    const std::string hash = sha256(json);
    if (part.name != environment_part(hash)) {
      throw InputError(fmt::format("{}: contains another environment, {}", part.name, hash));
    }
    out_.environments.emplace(hash, std::move(json));
  }

  void read_records(std::string_view lines) {
    std::set<std::string> ids;
    for (std::size_t number = 1; !lines.empty(); ++number) {
      const std::size_t end = lines.find('\n');
      if (end == std::string_view::npos) refuse(number, "the line has no end", "");
      try {
        add(record::record_from_json(std::string(lines.substr(0, end))), number, ids);
      } catch (const InputError& error) {
        refuse(number, error.what(), error.hint());
      }
      lines.remove_prefix(end + 1);
    }
    if (out_.records.size() == parts_.manifest.records) return;
    throw InputError(fmt::format("{}: contains {} records, but {} says {}", kRecordsPart,
                                 out_.records.size(), kManifestPart, parts_.manifest.records));
  }

  void add(record::Record record, std::size_t number, std::set<std::string>& ids) {
    if (record.run != out_.run.id) refuse(number, "the record belongs to another run", "");
    if (!ids.insert(record.id).second) refuse(number, "the record occurs twice", "");
    if (!record.environment.empty() && !out_.environments.contains(record.environment)) {
      refuse(number, fmt::format("its environment {} is missing", record.environment), "");
    }
    out_.records.push_back(std::move(record));
  }

  [[noreturn]] static void refuse(std::size_t number, const std::string& what,
                                  const std::string& hint) {
    const std::string place = fmt::format("{} line {}: ", kRecordsPart, number);
    throw InputError(what.starts_with(place) ? what : place + what, hint);
  }

  const Parts& parts_;
  BundleContents& out_;
};

}  // namespace

DamagedBundle::DamagedBundle(const std::string& file, std::vector<Damage> damage)
    : InputError(damage_text(file, damage), "copy the original file again"),
      damage_(std::move(damage)) {}

std::string write_bundle(const BundleContents& contents, const std::string& written_by) {
  Manifest manifest;
  manifest.written_by = written_by;
  manifest.run = contents.run;
  manifest.records = contents.records.size();
  const claims::Catalogue catalogue = claims::built_in_catalogue();
  manifest.catalogue = catalogue.sha256;
  PartWriter parts;
  parts.add(kPlanPart, contents.run.plan);
  if (!contents.suite.empty()) parts.add(kSuitePart, contents.suite);
  const std::set<std::string> named = environments_named(contents);
  for (const auto& [hash, json] : contents.environments) {
    if (named.contains(hash)) parts.add(environment_part(hash), json);
  }
  parts.add(kClaimsPart, claims_used(catalogue, contents.records));
  parts.add(kSchemaPart, record_schema());
  parts.add(kRecordsPart, lines_of(contents));
  return parts.finish(std::move(manifest));
}

Bundle read_bundle(std::string_view bytes, const std::string& file) {
  if (!is_bundle(bytes)) {
    throw InputError(fmt::format("{}: is not a bundle, or its beginning is damaged", file),
                     "name a file that a run was exported to in the format `bundle`");
  }
  const Parts parts = read_parts(bytes, file);
  Bundle bundle;
  bundle.manifest = parts.manifest;
  bundle.sha256 = sha256(bytes);
  try {
    ContentReader(parts, bundle.contents).read();
    bundle.claims = parts.content(kClaimsPart);
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}: {}", file, error.what()), error.hint());
  }
  return bundle;
}

Bundle read_bundle_file(const std::string& file) {
  return read_bundle(file_bytes(file), file);
}

bool is_bundle(std::string_view beginning) {
  return begins_with_entry(beginning, kManifestPart);
}

std::string file_bytes(const std::string& file) {
  return process::read_file(file, process::kLargestImport, "name an existing bundle, FILE.assay");
}

}  // namespace assay::results::bundle

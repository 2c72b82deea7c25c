// Formats for exporting runs to other tools and importing runs from them. Each file in
// results/exchange/formats/ defines `const Exporter NAME_exporter`, `const Importer NAME_importer`
// or both; the build finds and registers them.
#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

#include "results/record/record_set.h"

namespace assay::results::exchange {

/// The version that writes an export, and the time.
struct ExportStamp {
  std::string assay_version;
  std::string written;  ///< UTC, ISO 8601
};

struct Exporter {
  std::string_view name;     ///< "json-lines"
  std::string_view summary;  ///< for help: up to 60 characters, no full stop
  bool binary = false;       ///< not to be printed to a terminal
  /// Writes the whole set. Throws InputError if the format cannot represent it; the stream throws
  /// if writing fails.
  void (*write)(const record::RecordSet& record_set, const ExportStamp& stamp, std::ostream& out);
};

/// A file to import.
struct ImportFile {
  std::string name;  ///< as given by the user, for errors
  std::string_view content;
  std::string sha256;  ///< of `content`
  /// When the file was last changed, in the format of Record::started; used for records without a
  /// time.
  std::string changed;
  /// Gets what became no record, each with its place and the reason: "theirs.log:12: the row is cut
  /// off". May be null.
  std::vector<std::string>* left_out = nullptr;

  void leave_out(const std::vector<std::string>& texts) const;
  /// The file's name without folders.
  std::string base_name() const;
  /// The file as Record::imported_from names it.
  record::ImportedFrom origin(std::string_view format) const;
  /// A UUIDv8 derived from the file's SHA-256 and a number; the same for every import of the file.
  std::string derived_id(std::uint64_t number) const;
};

/// Figures that others published: no measurement of a device, so no records, but claims.
struct ImportedClaims {
  std::string toml;  ///< a file of the catalogue, for --catalogue
  std::size_t claims = 0;
  std::vector<std::string> left_out;  ///< what was not taken, and why: "862 rows of the suite edge"
};

struct Importer {
  std::string_view name;     ///< "json-lines"
  std::string_view summary;  ///< for help: up to 60 characters, no full stop
  /// Whether content that begins like this has this format. Asked with up to 64 KiB first, and with
  /// the whole content if no importer recognises these.
  bool (*recognises)(std::string_view beginning);
  /// Throws InputError naming the file and, if possible, the line or key. Data that become no
  /// record are named by ImportFile::leave_out(). import_file() overwrites the origins of the
  /// records. Null if the format has claims.
  record::RecordSet (*read)(const ImportFile& file);
  /// The same for a format whose figures become claims; else null.
  ImportedClaims (*claims)(const ImportFile& file) = nullptr;
};

/// In alphabetical order of their source files.
std::span<const Exporter* const> exporters();
std::span<const Importer* const> importers();

/// Finds a format by name. Throws InputError that begins with `place` and lists the known names.
const Exporter& find_exporter(std::string_view name, const std::string& place);
const Importer& find_importer(std::string_view name, const std::string& place);
/// The importer that recognises the content. Throws InputError naming the file if none does.
const Importer& recognise(const ImportFile& file);

/// Reads a file with an importer and prepares it for a store. Every record is marked as imported
/// from this file, unless the file says that it was imported from another one before. A run that
/// the file does not describe is derived from its records. Throws InputError if the format has
/// claims.
record::RecordSet import_file(const Importer& importer, const ImportFile& file);

}  // namespace assay::results::exchange

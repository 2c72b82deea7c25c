// Formats in which runs leave for other tools and come in from them. One file in
// results/exchange/formats/ defines `const Exporter NAME_exporter`, `const Importer NAME_importer`
// or both; the build finds and lists them.
#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

#include "results/record/record_set.h"

namespace assay::results::exchange {

/// Who writes an export, and when.
struct ExportStamp {
  std::string assay_version;
  std::string written;  ///< UTC, ISO 8601
};

struct Exporter {
  std::string_view name;     ///< as --format takes it: "json-lines"
  std::string_view summary;  ///< for help: up to 60 characters, no full stop
  bool binary = false;       ///< not for a terminal
  /// Writes all of the record_set. Throws InputError where the format cannot hold it; a failure of
  /// the stream throws by itself.
  void (*write)(const record::RecordSet& record_set, const ExportStamp& stamp, std::ostream& out);
};

/// A file to import.
struct ImportFile {
  std::string name;  ///< as given, for errors
  std::string_view content;
  std::string sha256;  ///< of `content`
  /// When the file was last changed, as Record::started has it: the moment of what says none.
  std::string changed;

  /// The file's name without folders.
  std::string base_name() const;
  /// What a record has of it.
  record::ImportedFrom origin(std::string_view format) const;
  /// A UUIDv8 made of the file's SHA-256 and a number: the same whenever it is imported.
  std::string derived_id(std::uint64_t number) const;
};

struct Importer {
  std::string_view name;     ///< as --format takes it
  std::string_view summary;  ///< for help: up to 60 characters, no full stop
  /// Whether content with this beginning (up to 64 KiB of it) is of this format and of no other.
  bool (*recognises)(std::string_view beginning);
  /// Throws InputError naming the file, and line or key where it can. What it says of origins is
  /// overwritten by import_file().
  record::RecordSet (*read)(const ImportFile& file);
};

/// In alphabetical order of their files.
std::span<const Exporter* const> exporters();
std::span<const Importer* const> importers();

/// By name. Throws InputError at `place` ("--format"), naming those there are.
const Exporter& find_exporter(std::string_view name, const std::string& place);
const Importer& find_importer(std::string_view name, const std::string& place);
/// The one that recognises the content. Throws InputError naming the file where none does.
const Importer& recognise(const ImportFile& file);

/// Reads a file by an importer, and makes it fit to be stored: every record is marked as imported,
/// with where it came from unless the file says that it was imported already; a run that the file
/// does not describe is made up from its records.
record::RecordSet import_file(const Importer& importer, const ImportFile& file);

}  // namespace assay::results::exchange

// A run as one portable file: its records with samples, environments, plan, suite, the claims that
// they speak to and the records' schema, each under its SHA-256.
//
// The file (FILE.assay) is a tar archive of one form only (results/bundle/archive.h) with one
// folder, assay-RUN (the first eight digits of the run's id), in this order:
//
//   manifest.json               who, when, what, and every further part's size and SHA-256
//   plan.json.gz                Run::plan
//   suite.toml                  the suite's text, as it read when the bundle was written; if any
//   environment/SHA256.json.gz  the environments' canonical JSON
//   claims.json.gz              the catalogue's claims that the records speak to
//   record.schema.json.gz       of the records
//   records.jsonl.gz            a record a line, in order of time
//   SHA256SUMS                  of all parts, as sha256sum writes and checks it
//
// So `tar xf FILE.assay && cd assay-* && sha256sum -c SHA256SUMS` checks it without assay. One
// run gives one file, to the bit; and no bit of it can change unnoticed.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/error.h"
#include "results/bundle/manifest.h"
#include "results/record/record.h"

namespace assay::results::bundle {

/// What goes into a bundle.
struct BundleContents {
  record::Run run;
  std::vector<record::Record> records;              ///< of the run alone, in order of time
  std::map<std::string, std::string> environments;  ///< canonical JSON by its SHA-256
  std::string suite;                                ///< TOML; may be empty
};

struct Bundle {
  Manifest manifest;
  BundleContents contents;
  std::string claims;  ///< JSON
  std::string sha256;  ///< of the whole file
};

struct Damage {
  std::string part;  ///< "records.jsonl.gz"; empty where it is not known
  std::string what;
};

/// A file that is not, to the bit, what assay wrote.
class DamagedBundle : public InputError {
 public:
  DamagedBundle(const std::string& file, std::vector<Damage> damage);
  const std::vector<Damage>& damage() const { return damage_; }

 private:
  std::vector<Damage> damage_;
};

/// The file's bytes. `written_by` is the version and commit of the program that writes.
/// Environments that no record and not the run names stay out. Throws InputError where a record is
/// of another run.
std::string write_bundle(const BundleContents& contents, const std::string& written_by);

/// Reads and checks everything. `file` is named in errors. Throws DamagedBundle where a byte has
/// changed, is missing or too many; InputError where the file is no bundle, is of a newer schema,
/// or holds what cannot be read.
Bundle read_bundle(std::string_view bytes, const std::string& file);
/// The same of a file on disk.
Bundle read_bundle_file(const std::string& file);

/// Whether a file that begins so (512 bytes are enough) is meant to be a bundle.
bool is_bundle(std::string_view beginning);

/// Bytes of a file. Throws InputError naming it.
std::string file_bytes(const std::string& file);

}  // namespace assay::results::bundle

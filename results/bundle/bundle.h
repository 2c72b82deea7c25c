// A run as one portable file: its records with samples, environments, plan, suite, the claims that
// the records are evidence for, and the record schema, each with its SHA-256. The file (FILE.assay)
// is a tar archive in canonical form (results/bundle/archive.h). It has one folder, assay-RUN (RUN:
// the first eight digits of the run's id), with these parts in this order:
//   manifest.json               description of the run; size and SHA-256 of every further part
//   plan.json.gz                Run::plan
//   suite.toml                  the suite's text when the bundle was written; absent without a
//   suite environment/SHA256.json.gz  the environments' canonical JSON claims.json.gz the
//   catalogue's claims that the records are evidence for record.schema.json.gz       the record
//   schema   records.jsonl.gz            one record per line, in order of time   SHA256SUMS hashes
//   of all parts in the format of sha256sum
// `tar xf FILE.assay && cd assay-* && sha256sum -c SHA256SUMS` checks it without assay. The same
// run always gives the same bytes, and every changed bit is detected.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/error.h"
#include "results/bundle/manifest.h"
#include "results/record/record.h"

namespace assay::results::bundle {

/// The data in a bundle.
struct BundleContents {
  record::Run run;
  std::vector<record::Record> records;              ///< only of this run, in order of time
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
  std::string part;  ///< "records.jsonl.gz"; empty if unknown
  std::string what;
};

/// The file differs from the bytes that assay wrote.
class DamagedBundle : public InputError {
 public:
  DamagedBundle(const std::string& file, std::vector<Damage> damage);
  const std::vector<Damage>& damage() const { return damage_; }

 private:
  std::vector<Damage> damage_;
};

/// Returns the file's bytes. `written_by` is the version and commit of this program. Environments
/// that neither a record nor the run names are left out. Throws InputError if a record belongs to
/// another run.
std::string write_bundle(const BundleContents& contents, const std::string& written_by);

/// Reads and checks everything. Errors name `file`. Throws DamagedBundle if bytes have changed, are
/// missing or were added; InputError if the file is not a bundle, has a newer schema, or has
/// contents that cannot be read.
Bundle read_bundle(std::string_view bytes, const std::string& file);
/// The same for a file on disk.
Bundle read_bundle_file(const std::string& file);

/// Whether the beginning of a file (512 bytes suffice) is that of a bundle.
bool is_bundle(std::string_view beginning);

/// Reads a whole file. Throws InputError naming it.
std::string file_bytes(const std::string& file);

}  // namespace assay::results::bundle

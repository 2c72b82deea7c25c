// The parts of a bundle as bytes: named, hashed, in their order.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "results/bundle/bundle.h"

namespace assay::results::bundle {

inline constexpr std::string_view kManifestPart = "manifest.json";
inline constexpr std::string_view kSumsPart = "SHA256SUMS";
inline constexpr std::string_view kPlanPart = "plan.json.gz";
inline constexpr std::string_view kSuitePart = "suite.toml";
inline constexpr std::string_view kEnvironmentFolder = "environment/";
inline constexpr std::string_view kClaimsPart = "claims.json.gz";
inline constexpr std::string_view kSchemaPart = "record.schema.json.gz";
inline constexpr std::string_view kRecordsPart = "records.jsonl.gz";

/// Puts parts together to a file. They keep the order in which they were added.
class PartWriter {
 public:
  /// Compresses the content where the name ends in ".gz".
  void add(std::string_view name, std::string_view content);
  /// The file: the manifest, with these parts noted in it, the parts and the sums.
  std::string finish(Manifest manifest);

 private:
  std::vector<Part> parts_;
  std::vector<std::string> stored_;
};

/// A file's parts, after everything was checked that needs no knowledge of what they hold: every
/// byte of the file is covered. Views are of the file's bytes.
struct Parts {
  Manifest manifest;
  std::map<std::string, std::string_view> stored;  ///< by name

  bool has(std::string_view name) const;
  /// A part's content, decompressed. Throws InputError naming the part.
  std::string content(std::string_view name) const;
};
Parts read_parts(std::string_view bytes, const std::string& file);

}  // namespace assay::results::bundle

// The parts of a bundle as bytes, with names and hashes, in a fixed order.
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

/// Joins parts into a file, in the order in which they are added.
class PartWriter {
 public:
  /// Compresses the content if the name ends in ".gz".
  void add(std::string_view name, std::string_view content);
  /// Returns the file: the manifest with the list of parts, the parts, and SHA256SUMS.
  std::string finish(Manifest manifest);

 private:
  std::vector<Part> parts_;
  std::vector<std::string> stored_;
};

/// A file's parts after all checks that do not depend on their contents. The checks cover every
/// byte of the file. Views refer to the file's bytes.
struct Parts {
  Manifest manifest;
  std::map<std::string, std::string_view> stored;  ///< by name

  bool has(std::string_view name) const;
  /// A part's content, decompressed. Throws InputError naming the part.
  std::string content(std::string_view name) const;
};
Parts read_parts(std::string_view bytes, const std::string& file);

}  // namespace assay::results::bundle

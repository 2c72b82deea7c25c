// A bundle's description of itself, in its first part.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "results/record/record.h"

namespace assay::results::bundle {

inline constexpr int kBundleSchema = 1;

/// A part other than the manifest itself and SHA256SUMS.
struct Part {
  std::string name;  ///< without the bundle's folder: "records.jsonl.gz"
  std::size_t bytes = 0;
  std::string sha256;             ///< of the bytes as they are stored
  std::size_t content_bytes = 0;  ///< once decompressed

  friend bool operator==(const Part&, const Part&) = default;
};

struct Manifest {
  int schema = kBundleSchema;
  std::string written_by;  ///< version and commit of the assay that wrote the bundle
  record::Run run;         ///< without its plan, which is a part of its own
  int record_schema = record::kRecordSchema;
  std::size_t records = 0;
  std::string catalogue;  ///< SHA-256 of the catalogue that claims.json was extracted from
  std::vector<Part> parts;
};

/// JSON as described by results/schema/bundle.schema.json, and back. manifest_from_json throws
/// InputError naming the key, and also if the text differs from what to_json() writes.
std::string to_json(const Manifest& manifest);
Manifest manifest_from_json(std::string_view text);

}  // namespace assay::results::bundle

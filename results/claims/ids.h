// The ids of entries of the catalogue.
#pragma once

#include <string>
#include <vector>

namespace assay::results::claims {

/// The ids of a list of entries, or of a map from ids to entries.
template <typename Range>
std::vector<std::string> ids_of(const Range& entries) {
  std::vector<std::string> ids;
  for (const auto& entry : entries) {
    if constexpr (requires { entry.second.id; }) {
      ids.push_back(entry.second.id);
    } else {
      ids.push_back(entry.id);
    }
  }
  return ids;
}

}  // namespace assay::results::claims

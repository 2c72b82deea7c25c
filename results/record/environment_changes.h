// What differs between two environments.
#pragma once

#include <string>
#include <vector>

namespace assay::results::record {

struct EnvironmentChange {
  std::string key;            ///< "system.kernel"
  std::string before, after;  ///< values as text; "not told" where there is none
};

/// In order of key; nothing where either text is no JSON object.
std::vector<EnvironmentChange> environment_changes(const std::string& before,
                                                   const std::string& after);

}  // namespace assay::results::record

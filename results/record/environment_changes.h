// The differences between two environments.
#pragma once

#include <string>
#include <vector>

namespace assay::results::record {

struct EnvironmentChange {
  std::string key;            ///< "system.kernel"
  std::string before, after;  ///< values as text; "not recorded" if there is none
};

/// In order of key. A module that only one of them contains is no change: the other run did not ask
/// it. Empty if one of the texts is not a JSON object.
std::vector<EnvironmentChange> environment_changes(const std::string& before,
                                                   const std::string& after);

}  // namespace assay::results::record

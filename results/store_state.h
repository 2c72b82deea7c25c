// What the parts of Store share.
#pragma once

#include <string>
#include <string_view>

#include "results/store.h"
#include "results/store_database.h"

namespace assay::results {

struct Store::State {
  Database database;
  std::string kept = {};
};

inline constexpr std::string_view kRunColumns =
    "id, started, ended, suite, command, host, assay_version, plan, environment";

}  // namespace assay::results

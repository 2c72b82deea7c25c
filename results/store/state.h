// The state of Store, shared by its source files.
#pragma once

#include <string_view>

#include "results/store/database/statements.h"
#include "results/store/store.h"

namespace assay::results::store {

struct Store::State {
  Database database;
};

inline constexpr std::string_view kRunColumns =
    "id, started, ended, suite, command, host, assay_version, plan, environment";

}  // namespace assay::results::store

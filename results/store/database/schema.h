// A store's tables, and how those of older stores become them.
#pragma once

#include <string>

#include "results/store/database/statements.h"

namespace assay::results::store {

inline constexpr int kStoreSchema = 2;

/// Makes the tables unless another process was quicker.
void make_tables(Connection& connection);

/// Brings a store of an older schema to this one, after it was kept as it is: beside a file as
/// FILE.schema1, on a server as schema assay_schema1 of the same database. Nothing changes where
/// that fails. Returns where it was kept, for people; nothing where there was nothing to do. Throws
/// Error.
std::string migrate(Database& database);

}  // namespace assay::results::store

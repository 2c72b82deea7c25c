// A store's tables and the number of their schema.
#pragma once

#include <cstdint>
#include <string>

#include "results/store/database/connection.h"

namespace assay::results::store {

inline constexpr int kStoreSchema = 1;

/// Creates the tables, unless another process has created them in the meantime.
void make_tables(Connection& connection);

/// Creates the tables of points in a store of a version that had none. Not on a server, where a
/// writer may lack the right to, and readers would lack the right to read them.
void add_points(Connection& connection);

/// Throws InputError unless `schema` is kStoreSchema. `store` is the store's name.
void require_schema(const std::string& store, std::int64_t schema);

/// Throws InputError if a store of schema 1 has no evidence table: development versions used the
/// same number for fewer tables.
void require_tables(const std::string& store, bool there);

}  // namespace assay::results::store

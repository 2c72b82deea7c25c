// Turns PostgreSQL's failures into errors that name the store and say what to do.
#pragma once

#include <libpq-fe.h>

#include <string>

#include "results/store/database/address.h"

namespace assay::results::store {

/// Throws InputError after a failed connection.
[[noreturn]] void fail_to_connect(const StoreAddress& address, PGconn* connection);

/// Throws after a failed command. `result` may be null. `name` is the store's.
[[noreturn]] void fail_to_command(const std::string& name, PGconn* connection,
                                  const PGresult* result);

}  // namespace assay::results::store

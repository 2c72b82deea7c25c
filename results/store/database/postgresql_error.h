// PostgreSQL's failures as errors that name the store and what to do.
#pragma once

#include <libpq-fe.h>

#include <string>

#include "results/store/database/address.h"

namespace assay::results::store {

/// Throws InputError after a failed connection.
[[noreturn]] void fail_to_connect(const StoreAddress& address, PGconn* connection);

/// A command's failure; `result` may be null where there is none. `name` is the store's.
[[noreturn]] void fail_to_command(const std::string& name, PGconn* connection,
                                  const PGresult* result);

}  // namespace assay::results::store

// Replaces postgresql.cpp if the build found no client library for PostgreSQL.
#include <fmt/format.h>

#include "kernels/error.h"
#include "results/store/database/connection.h"

namespace assay::results::store {

std::unique_ptr<Connection> open_server(const StoreAddress& address, Access) {
  throw InputError(fmt::format("store {}: this assay was built without PostgreSQL", address.text()),
                   "install libpq-dev and build again, or name a file");
}

}  // namespace assay::results::store

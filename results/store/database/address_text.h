// What a user writes as the place of a store, before it is taken for a file or a server.
#pragma once

#include <string>

namespace assay::results::store {

/// Refuses what is meant for a PostgreSQL server and would be taken for a file, or for a host by
/// its password: "host=db password=x", "postgresql:ada:x@db/assay", "postgresql://ada:x". Throws
/// InputError, which says nothing of the text, since all of it may be a password.
void require_file_or_url(const std::string& text);

}  // namespace assay::results::store

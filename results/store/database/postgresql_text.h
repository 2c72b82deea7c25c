// Text as PostgreSQL accepts it.
#pragma once

#include <string>
#include <string_view>

namespace assay::results::store {

/// The SQL with $1 in place of ?1. Text within single quotes stays unchanged.
std::string numbered(std::string_view sql);

/// Whether PostgreSQL can store the text: it must be UTF-8 without null bytes.
bool is_storable(std::string_view text);
/// The text with U+FFFD in place of each byte that PostgreSQL cannot store.
std::string storable(std::string_view text);

}  // namespace assay::results::store

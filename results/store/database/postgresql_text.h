// Text as PostgreSQL accepts it.
#pragma once

#include <string>
#include <string_view>

namespace assay::results::store {

/// SQL with parameters $1 for ?1. What stands between ' and ' is left as it is.
std::string numbered(std::string_view sql);

/// UTF-8 without null bytes: PostgreSQL keeps no other text.
bool is_storable(std::string_view text);
/// The text with U+FFFD for each byte that PostgreSQL does not keep.
std::string storable(std::string_view text);

}  // namespace assay::results::store

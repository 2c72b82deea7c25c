// TOML that a user wrote, parsed within limits.
#pragma once

#include <toml++/toml.h>

#include <string>
#include <string_view>

namespace assay::results::record {

/// Throws InputError ("NAME:LINE: WHY") where the text is not TOML, has more than 8 MiB or a
/// million values, a key of more than 32 parts, or values nested more than 32 levels deep: the
/// parser calls itself for every level.
toml::table parse_toml(std::string_view text, const std::string& name,
                       const std::string& hint = "TOML is described at https://toml.io");

}  // namespace assay::results::record

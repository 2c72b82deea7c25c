// The gzip format (RFC 1952), which `gunzip` opens.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace assay::results::bundle {

/// Writes neither a name nor a time, so the same bytes always give the same result.
std::string gzip(std::string_view bytes);

/// Throws InputError unless the input is one complete gzip member with exactly `size` bytes of
/// content.
std::string gunzip(std::string_view compressed, std::size_t size);

}  // namespace assay::results::bundle

// Bytes in gzip's form (RFC 1952), so that `gunzip` opens them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace assay::results::bundle {

/// No name and no time in it: the same bytes give the same result.
std::string gzip(std::string_view bytes);

/// Throws InputError unless it is one whole gzip member of exactly `size` bytes.
std::string gunzip(std::string_view compressed, std::size_t size);

}  // namespace assay::results::bundle

// SHA-256 (FIPS 180-4) of bytes.
#pragma once

#include <string>
#include <string_view>

namespace assay {

/// As 64 lower-case hexadecimal digits.
std::string sha256(std::string_view bytes);

}  // namespace assay

// The small text files in which the kernel describes the machine.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace assay::backends::cpu {

/// The whole file; "" where it is absent or may not be read.
std::string whole_text(const std::filesystem::path& file);
/// Its first line without surrounding blanks; "" where there is none.
std::string first_line(const std::filesystem::path& file);
/// The number it begins with; NaN where there is none.
double first_number(const std::filesystem::path& file);
/// Entries of a folder whose names begin with `prefix`, sorted; none where it is absent.
std::vector<std::filesystem::path> entries(const std::filesystem::path& folder,
                                           const std::string& prefix);

}  // namespace assay::backends::cpu

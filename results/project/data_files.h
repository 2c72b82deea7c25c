// The data files of this folder, built into the program.
#pragma once

#include <string_view>

namespace assay::results::project {

/// The text of a file by its name: "models.toml".
std::string_view project_file(std::string_view name);

}  // namespace assay::results::project

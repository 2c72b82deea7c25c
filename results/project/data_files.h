// The room's own data, built into the program.
#pragma once

#include <string_view>

namespace assay::results::project {

/// By its base name: "models.toml".
std::string_view project_file(std::string_view name);

}  // namespace assay::results::project

// Files that the build puts into the program, so that the binary needs no other files.
#pragma once

#include <string_view>

namespace assay {

struct EmbeddedFile {
  std::string_view name;  ///< base name with extension, or relative path where the build says so
  std::string_view text;
};

}  // namespace assay

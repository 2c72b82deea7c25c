#include "results/project/data_files.h"

#include <span>
#include <stdexcept>
#include <string>

#include "kernels/embedded.h"

namespace assay::results::project {

std::span<const EmbeddedFile> project_files();

std::string_view project_file(std::string_view name) {
  for (const EmbeddedFile& file : project_files()) {
    if (file.name == name) return file.text;
  }
  throw std::logic_error("there is no file " + std::string(name));
}

}  // namespace assay::results::project

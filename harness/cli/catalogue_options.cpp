#include "harness/cli/catalogue_options.h"

#include <fmt/format.h>

#include "harness/cli/common.h"
#include "harness/cli/values.h"

namespace assay::cli {

void add_catalogue_options(Options& options, CatalogueChoice& choice) {
  options.option("--catalogue", choice.files, file(), "TOML file with more claims and systems");
  options.flag("--keep-going", choice.keep_going,
               "Leave out catalogue entries with errors, and report them");
}

results::claims::Catalogue load_catalogue(const CatalogueChoice& choice) {
  const std::vector<std::filesystem::path> files(choice.files.begin(), choice.files.end());
  if (!choice.keep_going) return results::claims::extended_catalogue(files);
  results::claims::CheckedCatalogue checked = results::claims::check_catalogue(files);
  for (const InputError& error : checked.errors) {
    print_error(fmt::format("left out: {}", error.what()), error.hint());
  }
  return std::move(checked.catalogue);
}

}  // namespace assay::cli

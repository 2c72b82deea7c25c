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

const results::claims::Catalogue& load_catalogue(const CatalogueChoice& choice) {
  using results::claims::Catalogue;
  if (choice.loaded) return *choice.loaded;
  const std::vector<std::filesystem::path> files(choice.files.begin(), choice.files.end());
  if (!choice.keep_going) {
    choice.loaded = std::make_shared<const Catalogue>(results::claims::extended_catalogue(files));
    return *choice.loaded;
  }
  results::claims::CheckedCatalogue checked = results::claims::check_catalogue(files);
  for (const InputError& error : checked.errors) {
    print_error(fmt::format("left out: {}", error.what()), error.hint());
  }
  choice.loaded = std::make_shared<const Catalogue>(std::move(checked.catalogue));
  return *choice.loaded;
}

}  // namespace assay::cli

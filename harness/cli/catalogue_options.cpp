#include "harness/cli/catalogue_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "harness/cli/common.h"

namespace assay::cli {

void add_catalogue_options(CLI::App& app, CatalogueChoice& choice) {
  app.add_option("--catalogue", choice.files, "Further TOML files of claims and systems")
      ->allow_extra_args(false);
  app.add_flag("--keep-going", choice.keep_going,
               "Leave out entries of them that cannot be used, and name them");
}

results::claims::Catalogue load_catalogue(const CatalogueChoice& choice) {
  const std::vector<std::filesystem::path> files(choice.files.begin(), choice.files.end());
  if (!choice.keep_going) return results::claims::extended_catalogue(files);
  results::claims::CheckedCatalogue checked = results::claims::check_catalogue(files);
  for (const InputError& error : checked.errors) {
    print_error(fmt::format("left out: {}", error.what()), error.mend());
  }
  return std::move(checked.catalogue);
}

}  // namespace assay::cli

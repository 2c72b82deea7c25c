// The catalogue of claims and systems that a verb uses: the built-in one, and files of the user.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/cli/options.h"
#include "results/claims/catalogue.h"

namespace assay::cli {

struct CatalogueChoice {
  std::vector<std::string> files;
  bool keep_going = false;
  mutable std::shared_ptr<const results::claims::Catalogue> loaded;  ///< by load_catalogue()
};

/// Adds --catalogue and --keep-going.
void add_catalogue_options(Options& options, CatalogueChoice& choice);

/// The built-in catalogue and the files, read at the first call and kept by `choice`. Throws
/// InputError for the first entry that cannot be used; with `keep_going` such entries are left out
/// and named on stderr.
const results::claims::Catalogue& load_catalogue(const CatalogueChoice& choice);

}  // namespace assay::cli

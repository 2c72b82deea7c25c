// The catalogue as verbs take it: the built-in one, with files of one's own.
#pragma once

#include <string>
#include <vector>

#include "results/claims/catalogue.h"

namespace CLI {
class App;
}

namespace assay::cli {

struct CatalogueChoice {
  std::vector<std::string> files;
  bool keep_going = false;
};

/// Adds --catalogue and --keep-going.
void add_catalogue_options(CLI::App& app, CatalogueChoice& choice);

/// The built-in catalogue and the files. Throws InputError at the first entry that cannot be used;
/// with `keep_going` every such entry is left out and named on stderr.
results::claims::Catalogue load_catalogue(const CatalogueChoice& choice);

}  // namespace assay::cli

// One TOML file of the catalogue, read into its parts.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "results/claims/catalogue.h"

namespace assay::results::claims {

/// Where an entry stands, for errors found when entries are held against one another.
struct Place {
  std::string file;
  unsigned line = 0;
  std::string text() const;  ///< "claims.toml:12"
};

/// What a file holds, in its order. A file may hold any mixture.
struct CatalogueFile {
  template <typename Entry>
  struct Placed {
    Entry entry;
    Place place;
  };
  std::vector<Placed<ClaimSet>> sets;
  std::vector<Placed<System>> systems, workloads;
  std::vector<Placed<Claim>> claims;
  std::vector<Placed<Relation>> relations;
  std::vector<Placed<Rule>> rules;
  std::vector<Placed<Reading>> readings;
  std::vector<Placed<Metric>> metrics;
  std::vector<Placed<Contest>> contests;
};

/// Reads what it can; every entry that it cannot is left out and given to `complain`: an InputError
/// naming file, line and key (syntax, unknown or missing keys, a unit of the wrong dimension, an
/// unknown source). Entries are not yet held against one another.
CatalogueFile parse_catalogue_file(const std::string& name, std::string_view text,
                                   const std::function<void(const InputError&)>& complain);

}  // namespace assay::results::claims

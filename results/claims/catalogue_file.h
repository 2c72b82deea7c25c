// One TOML file of the catalogue, read into its parts.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "results/claims/catalogue.h"

namespace assay::results::claims {

/// Position of an entry, for errors that are found only when entries are compared.
struct Place {
  std::string file;
  unsigned line = 0;
  std::string text() const;  ///< "claims.toml:12"
};

/// The entries of a file, in their order. A file may contain any mixture of kinds.
struct CatalogueFile {
  template <typename Entry>
  struct Placed {
    Entry entry;
    Place place;
  };
  std::vector<Placed<ClaimSet>> sets;
  std::vector<Placed<System>> systems, workloads;
  std::vector<Placed<Claim>> claims;
  std::vector<Placed<Share>> shares;
  std::vector<Placed<Relation>> relations;
  std::vector<Placed<Rule>> rules;
  std::vector<Placed<Reading>> readings;
  std::vector<Placed<Metric>> metrics;
  std::vector<Placed<Contest>> contests;
};

/// Reads a file. An entry that cannot be read is left out, and `report` gets an InputError that
/// names file, line and key (syntax, unknown or missing keys, a unit of the wrong dimension, an
/// unknown source). References between entries are not checked here.
CatalogueFile parse_catalogue_file(const std::string& name, std::string_view text,
                                   const std::function<void(const InputError&)>& report);

}  // namespace assay::results::claims

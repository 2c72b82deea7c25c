// The arguments of `assay compare`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/cli/catalogue_options.h"
#include "harness/cli/common_options.h"
#include "harness/cli/options.h"
#include "results/bundle/signature.h"
#include "results/compare/compare.h"
#include "results/store/store.h"

namespace assay::cli::compare {

/// What --price or --power states for one device of a side.
template <class Value>
struct OfSide {
  std::string side;  ///< its name, its letter, or as it was given
  Value value;
};

struct Arguments {
  std::vector<std::string> sides, names;
  std::vector<OfSide<results::compare::Price>> prices;
  std::vector<OfSide<results::compare::Power>> powers;
  results::bundle::Signers signers;
  results::store::Filter filter;
  results::compare::CompareOptions compare;
  CatalogueChoice catalogue;
  std::string weights;
  PageChoice page;
  std::optional<results::store::StoreAddress> db;
  results::compare::Sort sort = results::compare::Sort::problem;
  bool allow_missing = false, only_different = false, wide = false, all = false;
  bool require_judgement = false;
  bool json = false, csv = false, markdown = false;
};

/// Declares them; `arguments` must outlive `options`.
void add_arguments(Options& options, Arguments& arguments);

}  // namespace assay::cli::compare

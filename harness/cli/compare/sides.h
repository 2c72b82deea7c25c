// Finds the records of the sides of a comparison.
#pragma once

#include <optional>
#include <string>

#include "results/bundle/signature.h"
#include "results/compare/compare.h"
#include "results/store/store.h"

namespace assay::cli::compare {

/// Finds sides in files and in a store, which is opened when it is first needed.
class SideFinder {
 public:
  /// `filter` applies to every side, except its run and device. Signatures of bundles are checked
  /// by `signers`.
  SideFinder(results::store::StoreAddress store, results::store::Filter filter,
             results::bundle::Signers signers = {})
      : address_(std::move(store)), filter_(std::move(filter)), signers_(std::move(signers)) {}

  /// "RUN" (an id, its first digits or last), "RUN@DEVICE" for one device of it, "device:NAME" for
  /// the newest records of that device in the whole store, several runs joined by "+", or a file: a
  /// bundle, JSON as `assay show --json` prints it, or JSON lines as `assay export` writes them.
  /// Throws InputError if there is none, or if a bundle is damaged.
  results::compare::Side find(const std::string& argument);

 private:
  const results::store::Store& store();
  results::compare::Side of_run(const std::string& argument);
  results::compare::Side of_runs(const std::string& argument);
  results::compare::Side of_device(const std::string& argument);
  results::compare::Side of_file(const std::string& argument) const;
  results::compare::Side of_bundle(const std::string& argument) const;
  results::compare::Side of_json_lines(const std::string& argument, const std::string& text) const;
  void add_environments(results::compare::Side& side);

  results::store::StoreAddress address_;
  results::store::Filter filter_;
  results::bundle::Signers signers_;
  std::optional<results::store::Store> store_;
};

}  // namespace assay::cli::compare

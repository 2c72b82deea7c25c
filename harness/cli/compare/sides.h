// Finds the records of the sides of a comparison.
#pragma once

#include <optional>
#include <string>

#include "results/compare/compare.h"
#include "results/store/store.h"

namespace assay::cli::compare {

/// Finds sides in files and in a store, which is opened when it is first needed.
class SideFinder {
 public:
  /// `filter` applies to every side, except its run and device.
  SideFinder(results::store::StoreAddress store, results::store::Filter filter)
      : address_(std::move(store)), filter_(std::move(filter)) {}

  /// "RUN" (an id, its first digits or last), "RUN@DEVICE" for one device of it, "device:NAME" for
  /// the newest records of that device in the whole store, several runs joined by "+", or a JSON
  /// file as `assay show --json` prints it. Throws InputError if there is none.
  results::compare::Side find(const std::string& argument);

 private:
  const results::store::Store& store();
  results::compare::Side of_run(const std::string& argument);
  results::compare::Side of_runs(const std::string& argument);
  results::compare::Side of_device(const std::string& argument);
  results::compare::Side of_file(const std::string& argument) const;

  results::store::StoreAddress address_;
  results::store::Filter filter_;
  std::optional<results::store::Store> store_;
};

}  // namespace assay::cli::compare

// What the arguments of a comparison name.
#pragma once

#include <optional>
#include <string>

#include "results/compare/compare.h"
#include "results/store/store.h"

namespace assay::cli {

/// Finds sides in a store, which is opened when the first argument needs it, and in files.
class SideFinder {
 public:
  /// `filter` holds for every side; its run and device are ignored.
  SideFinder(results::store::StoreAddress store, results::store::Filter filter)
      : address_(std::move(store)), filter_(std::move(filter)) {}

  /// "RUN" (an id, a prefix or last), "RUN@DEVICE" for one device's part of it, "device:NAME" for
  /// the newest of that device in the whole store, or a JSON file as `assay show --json` prints it.
  /// Throws InputError where there is none.
  results::compare::Side find(const std::string& argument);

 private:
  const results::store::Store& store();
  results::compare::Side of_run(const std::string& argument);
  results::compare::Side of_device(const std::string& argument);
  results::compare::Side of_file(const std::string& argument) const;

  results::store::StoreAddress address_;
  results::store::Filter filter_;
  std::optional<results::store::Store> store_;
};

}  // namespace assay::cli

// The newest good record of every series: what a device did with a problem, by one implementation.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "results/record.h"
#include "results/store_database.h"

namespace assay::results {

/// SQL that makes the table.
const char* series_table();

/// Remembers good records as the newest of their series. In the caller's transaction.
class SeriesWriter {
 public:
  explicit SeriesWriter(const Database& database);
  void note(const Record& record, std::int64_t sequence);

 private:
  Statement insert_;
  std::string unit_;  // bound without a copy
};

/// Brings a store of an older schema to this one, after a copy of it was put beside it as
/// FILE.schema1. Nothing changes where that fails. Throws Error.
void migrate(Database& database);

}  // namespace assay::results

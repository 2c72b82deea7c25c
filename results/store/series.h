// The newest good record of each series. A series is one device, problem, implementation and mode.
#pragma once

#include <string>

#include "results/record/record.h"
#include "results/store/database/statements.h"

namespace assay::results::store {

/// Marks good records as the newest of their series, within the caller's transaction.
class SeriesWriter {
 public:
  explicit SeriesWriter(const Database& database);
  /// The store must already contain the record. Noting it again changes nothing.
  void note(const record::Record& record);

 private:
  Statement insert_;
  std::string unit_;  // bound without copying
};

}  // namespace assay::results::store

// The newest good record of each series, and on each machine the record by which claims are judged.
// A series is one device, problem, implementation and mode.
#pragma once

#include <string>

#include "results/record/record.h"
#include "results/store/database/statements.h"
#include "results/trust/trust.h"

namespace assay::results::store {

/// Marks good records as the newest of their series and as the best evidence of their machine,
/// within the caller's transaction.
class SeriesWriter {
 public:
  explicit SeriesWriter(const Database& database);
  /// The store must already contain the record and its run. Noting it again changes nothing.
  void note(const record::Record& record, const trust::Trust& trust);

 private:
  /// Binds what both statements begin with: the series.
  Statement& bind_series(Statement& statement, const record::Record& record);
  void note_newest(const record::Record& record);
  void note_evidence(const record::Record& record, const trust::Trust& trust);

  Statement newest_, evidence_;
  std::string unit_;  // bound without copying
};

}  // namespace assay::results::store

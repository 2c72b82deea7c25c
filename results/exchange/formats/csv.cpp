// CSV: one row per record, in the form of results/exchange/csv.h.
#include "results/exchange/csv.h"

#include "results/exchange/format.h"

namespace assay::results::exchange {

extern const Exporter csv_exporter;

namespace {

void export_csv(const record::RecordSet& record_set, const ExportStamp&, std::ostream& out) {
  write_csv(out, record_set.records, record_set.records);
}

}  // namespace

const Exporter csv_exporter = {"csv", "one row per record: medians, intervals, rates, origin",
                               false, export_csv};

}  // namespace assay::results::exchange

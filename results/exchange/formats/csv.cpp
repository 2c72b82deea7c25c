// CSV: a row a record, as `assay show --csv` prints it.
#include "results/exchange/csv.h"

#include "results/exchange/format.h"

namespace assay::results {

extern const Exporter csv_exporter;

namespace {

void write(const Parcel& parcel, const ExportStamp&, std::ostream& out) {
  write_csv(out, parcel.records, parcel.records);
}

}  // namespace

const Exporter csv_exporter = {"csv", "a row a record: medians, intervals, rates, origin", false,
                               write};

}  // namespace assay::results

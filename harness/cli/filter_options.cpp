#include "harness/cli/filter_options.h"

#include "harness/cli/values.h"

namespace assay::cli {

void add_measurement_filters(Options& options, results::store::Filter& filter) {
  options.option("--problem", filter.problem, text("TEXT"), "Only problems that contain TEXT");
  options.option("--operation", filter.operation, operation_name(),
                 "Only this operation, e.g. matmul");
  options.option("--implementation", filter.implementation, text("NAME"),
                 "Only implementations whose name contains NAME, e.g. onednn");
  options.option("--division", filter.division, division(), "Only this division");
  options.option("--device", filter.device, text("DEVICE"),
                 "Only devices whose name contains DEVICE, e.g. cpu:0 or H200");
}

void add_filter_options(Options& options, results::store::Filter& filter) {
  add_measurement_filters(options, filter);
  options.option("--status", filter.status, status(), "Only records of this status");
  options.option("--limit", filter.limit, count<std::size_t>(), "Only the newest COUNT records");
}

}  // namespace assay::cli

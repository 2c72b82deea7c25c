#include "harness/cli/filter_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "harness/cli/candidates.h"
#include "harness/cli/completion.h"

namespace assay::cli {

using results::record::Division;
using results::record::Status;

void add_filter_options(CLI::App& app, results::store::Filter& filter) {
  app.add_option("--problem", filter.problem, "Only problems whose text contains this");
  complete_with(app.add_option("--operation", filter.operation, "Only this operation"),
                operation_names);
  app.add_option("--implementation", filter.implementation, "Only such implementations");
  complete_with(
      add_named_option(app, "--division", filter.division,
                       fmt::format("Only this division: {}",
                                   fmt::join(results::record::offered_names<Division>(), ", "))),
      division_names);
  app.add_option("--device", filter.device, "Only such devices: cpu:0, or part of a name");
  complete_with(
      add_named_option(app, "--status", filter.status,
                       fmt::format("Only this status: {}",
                                   fmt::join(results::record::offered_names<Status>(), ", "))),
      status_names);
  app.add_option("--limit", filter.limit, "Only this many of the newest");
}

}  // namespace assay::cli

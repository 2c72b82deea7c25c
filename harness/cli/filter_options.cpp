#include "harness/cli/filter_options.h"

#include <CLI/CLI.hpp>

#include "harness/cli/candidates.h"
#include "harness/cli/completion.h"

namespace assay::cli {

void add_filter_options(CLI::App& app, results::store::Filter& filter) {
  app.add_option("--problem", filter.problem, "Only problems whose text contains this");
  complete_with(app.add_option("--operation", filter.operation, "Only this operation"),
                operation_names);
  app.add_option("--implementation", filter.implementation, "Only such implementations");
  complete_with(
      app.add_option("--division", filter.division,
                     "Only this division: library, native, portable, reference or modelled"),
      division_names);
  app.add_option("--device", filter.device, "Only such devices: cpu:0, or part of a name");
  complete_with(
      app.add_option("--status", filter.status, "Only this status: ok, wrong, unsupported, ..."),
      status_names);
  app.add_option("--limit", filter.limit, "Only the newest so many");
}

}  // namespace assay::cli

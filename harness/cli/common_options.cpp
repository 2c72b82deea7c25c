#include "harness/cli/common_options.h"

#include <fmt/format.h>

#include "harness/cli/hints.h"
#include "harness/cli/values.h"
#include "kernels/error.h"

namespace assay::cli {

Kind<results::store::StoreAddress> store() {
  return {.name = "STORE",
          .read =
              [](const std::string& text, const std::string& place) {
                return at_place(place, [&] { return results::store::StoreAddress(text); });
              },
          .files = true};
}

void add_store_option(Options& options, std::optional<results::store::StoreAddress>& db,
                      const std::string& use) {
  options
      .option("--db", db, store(),
              fmt::format("Store to {}: a file, or postgresql://USER@HOST/DATABASE", use))
      .default_rule = "$ASSAY_DB, else a file in the user's data folder";
}

Option& add_json_option(Options& options, bool& json) {
  return options.flag("--json", json, "Print JSON");
}

Option& add_runs_argument(Options& options, std::vector<std::string>& runs) {
  Option& added = options.argument(runs, run_id(), "Runs, each by its id or the id's first digits");
  added.default_text = "last";
  return added;
}

void add_all_runs_option(Options& options, bool& all, const Option& runs) {
  options.flag("--all", all, "All runs of the store").excludes = {&runs};
}

Option& add_page_options(Options& options, PageChoice& page, const std::string& help) {
  Option& added = options.option("--html", page.file, file(), help);
  add_force_option(options, page.force);
  return added;
}

void add_force_option(Options& options, bool& force) {
  options.flag("--force", force, "Replace a file even if it is not a page written by Assay");
}

Option& add_timeout_option(Options& options, std::optional<double>& seconds) {
  Option& added = options.option("--timeout", seconds, duration(),
                                 "Kill a measurement after this time, e.g. 30s");
  added.default_rule = "60 s + 20 × estimate";
  return added;
}

Option& add_dry_run_option(Options& options, bool& dry_run) {
  return options.flag("--dry-run", dry_run,
                      "Show what would run, its time and memory; run nothing");
}

void add_simulate_option(Options& options, bool& simulate) {
  options.flag("--simulate", simulate, "Simulate each network flow too (SimGrid)");
}

}  // namespace assay::cli

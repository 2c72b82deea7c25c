// Options that several verbs take, each with one wording.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/cli/options.h"
#include "results/store/database/address.h"

namespace assay::cli {

/// A file, or a PostgreSQL server's URL.
Kind<results::store::StoreAddress> store();

/// --db; `use` is "read", "write" or "add to".
void add_store_option(Options& options, std::optional<results::store::StoreAddress>& db,
                      const std::string& use);

/// --json
Option& add_json_option(Options& options, bool& json);

/// Runs as arguments; no argument means the last run, which the verb takes care of.
Option& add_runs_argument(Options& options, std::vector<std::string>& runs);

/// --all, instead of `runs`.
void add_all_runs_option(Options& options, bool& all, const Option& runs);

/// A page to write; `file` is empty where none is asked for, "-" for standard output.
struct PageChoice {
  std::string file;
  bool force = false;
};

/// --html and --force; `help` says what the page holds.
Option& add_page_options(Options& options, PageChoice& page, const std::string& help);

/// --force
void add_force_option(Options& options, bool& force);

/// --timeout of a measurement, in seconds; none: as long as its estimate allows.
Option& add_timeout_option(Options& options, std::optional<double>& seconds);

/// --dry-run
Option& add_dry_run_option(Options& options, bool& dry_run);

/// --simulate
void add_simulate_option(Options& options, bool& simulate);

}  // namespace assay::cli

// assay show [RUN]: what was measured.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/candidates.h"
#include "harness/cli/claims/text.h"
#include "harness/cli/common.h"
#include "harness/cli/completion.h"
#include "harness/cli/filter_options.h"
#include "harness/cli/show/text.h"
#include "harness/cli/verb.h"
#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "kernels/error.h"
#include "results/exchange/csv.h"
#include "results/store/store.h"

namespace assay::cli {
extern const Verb show_verb;

namespace {

using results::record::Record;
using results::store::Store;

struct Options {
  results::store::Filter filter;
  std::string record, db;
  bool json = false, csv = false, wide = false, runs = false;
};

ShowStyle style_of(const Options& options) {
  return {harness::terminal::terminal_width(), harness::terminal::use_colour(), options.wide};
}

void print_array(std::span<const results::record::Record> records) {
  const char* separator = "[\n";
  for (const results::record::Record& record : records) {
    fmt::print("{}{}", separator, to_json(record, 2));
    separator = ",\n";
  }
  fmt::print("{}", records.empty() ? "[]\n" : "\n]\n");
}

void print_runs(std::span<const results::record::Run> runs, std::span<const RunCounts> counts) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const results::record::Run& run = runs[i];
    list.push_back({{"id", run.id},
                    {"started", run.started},
                    {"ended", run.ended},
                    {"suite", run.suite},
                    {"command", run.command},
                    {"host", run.host},
                    {"assay_version", run.assay_version},
                    {"environment", run.environment},
                    {"records", counts[i].records},
                    {"modelled", counts[i].modelled},
                    {"imported", counts[i].imported}});
  }
  fmt::print("{}\n", list.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

int show_runs(const results::store::Store& store, const Options& options) {
  auto runs = store.runs();
  if (options.filter.limit > 0 && runs.size() > options.filter.limit) {
    runs.resize(options.filter.limit);
  }
  std::vector<RunCounts> counts;
  for (const results::record::Run& run : runs) {
    const auto modelled =
        store.records({.run = run.id, .division = results::record::Division::modelled});
    // A run is imported as a whole or not at all.
    const auto newest = store.headlines({.run = run.id, .limit = 1});
    const bool imported = !newest.empty() && newest[0].origin == results::record::Origin::imported;
    counts.push_back({store.count(run.id), modelled.size(), imported});
  }
  if (options.json) {
    print_runs(runs, counts);
    return kDone;
  }
  if (runs.empty()) {
    fmt::print("No runs yet; `assay run` measures and keeps one.\n");
    return kDone;
  }
  fmt::print("{}", runs_text(runs, counts, style_of(options)));
  return kDone;
}

int show_record(const results::store::Store& store, const Options& options) {
  const std::optional<results::record::Record> record = store.record(options.record);
  if (!record) {
    throw InputError(fmt::format("store {}: there is no record `{}`", store.name(), options.record),
                     "`assay show --wide` lists a run's records with their ids");
  }
  if (options.json) {
    fmt::print("{}\n", to_json(*record, 2));
    return kDone;
  }
  const auto all = store.records({.run = record->run});
  if (options.csv) {
    fmt::print("{}", results::exchange::csv_text(std::span(&*record, 1), all));
    return kDone;
  }
  const std::string environment =
      record->environment.empty() ? "" : store.environment(record->environment);
  fmt::print("{}",
             record_text(*record, measured_ceilings(all, *record), environment, style_of(options)));
  return kDone;
}

int show_run(const results::store::Store& store, const Options& options) {
  const results::record::Run run = find_run(store, options.filter.run);
  results::store::Filter filter = options.filter;
  filter.run = run.id;
  const std::vector<results::record::Record> shown = store.records(filter);
  if (options.json) {
    print_array(shown);
    return kDone;
  }
  // The ceilings are the whole run's, whatever part of it is shown.
  const std::vector<results::record::Record> all = store.records({.run = run.id});
  if (options.csv) {
    fmt::print("{}", results::exchange::csv_text(shown, all));
  } else {
    fmt::print("{}", run_text(run, shown, all, style_of(options)));
  }
  return kDone;
}

int run(const Options& options) {
  const results::store::Store store =
      open_store(store_address(options.db), results::store::Access::read);
  if (options.runs) return show_runs(store, options);
  return options.record.empty() ? show_run(store, options) : show_record(store, options);
}

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  results::store::Filter& filter = options->filter;
  filter.run = "last";
  auto* run_option = app.add_option("run", filter.run, "A run's id or a prefix (default last)");
  complete_with(run_option, run_ids);
  app.add_flag("--runs", options->runs, "List the runs")->excludes(run_option);
  app.add_option("--record", options->record, "Show one record in full: its id or a prefix")
      ->excludes(run_option);
  add_filter_options(app, filter);
  app.add_option("--db", options->db, "Store to read");
  app.add_flag("--wide", options->wide, "Full problem texts, samples and ids, nothing shortened");
  auto* csv = app.add_flag("--csv", options->csv, "Print CSV")->excludes("--runs");
  app.add_flag("--json", options->json, "Print the full records as JSON")->excludes(csv);
  app.footer(
      "Filters match when they are contained, whatever the case. Shares of a ceiling\n"
      "are of the best fma, triad and copy of the same run.");
  return [options] { return run(*options); };
}

}  // namespace

const Verb show_verb = {"show", "Show what was measured", add};

}  // namespace assay::cli

// assay show [RUN]: the records of a run.
#include <fmt/format.h>

#include <memory>

#include "harness/cli/candidates.h"
#include "harness/cli/common.h"
#include "harness/cli/common_options.h"
#include "harness/cli/filter_options.h"
#include "harness/cli/show/text.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "kernels/error.h"
#include "results/exchange/csv.h"
#include "results/record/json_library.h"
#include "results/store/store.h"
#include "results/trust/trust.h"

namespace assay::cli::show {
extern const Verb verb;

namespace {

using results::record::Record;
using results::store::Store;

struct Arguments {
  results::store::Filter filter;
  std::string record;
  std::optional<results::store::StoreAddress> db;
  bool json = false, csv = false, wide = false, runs = false;
};

ShowStyle style_of(const Arguments& arguments) {
  return {harness::terminal::terminal_width(), harness::terminal::use_colour(), arguments.wide};
}

/// The record, followed by how far it may be trusted.
std::string json_with_trust(const Record& record) {
  std::string text = to_json(record, 2);
  std::string trust = to_json(results::trust::trust_of(record))
                          .dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  for (std::size_t at = 0; (at = trust.find('\n', at)) != std::string::npos; at += 3) {
    trust.insert(at + 1, "  ");
  }
  text.resize(text.rfind("\n}"));
  return text + ",\n  \"trust\": " + trust + "\n}";
}

void print_array(std::span<const Record> records) {
  const char* separator = "[\n";
  for (const Record& record : records) {
    fmt::print("{}{}", separator, json_with_trust(record));
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

int show_runs(const Store& store, const Arguments& arguments) {
  auto runs = store.runs();
  if (arguments.filter.limit > 0 && runs.size() > arguments.filter.limit) {
    runs.resize(arguments.filter.limit);
  }
  std::vector<RunCounts> counts;
  for (const results::record::Run& run : runs) {
    const std::size_t modelled = store.count(run.id, results::record::Division::modelled);
    // Either all records of a run are imported or none.
    const auto newest = store.headlines({.run = run.id, .limit = 1});
    const bool imported = !newest.empty() && newest[0].origin == results::record::Origin::imported;
    counts.push_back({store.count(run.id), modelled, imported});
  }
  if (arguments.json) {
    print_runs(runs, counts);
    return kDone;
  }
  if (runs.empty()) {
    fmt::print("No runs yet; `assay run` makes one.\n");
    return kDone;
  }
  fmt::print("{}", runs_text(runs, counts, style_of(arguments)));
  return kDone;
}

int show_record(const Store& store, const Arguments& arguments) {
  const std::optional<Record> record = store.record(arguments.record);
  if (!record) {
    throw InputError(
        fmt::format("store {}: there is no record `{}`", store.name(), arguments.record),
        "`assay show --wide` lists a run's records with their ids");
  }
  if (arguments.json) {
    fmt::print("{}\n", json_with_trust(*record));
    return kDone;
  }
  const auto all = store.records({.run = record->run});
  if (arguments.csv) {
    fmt::print("{}", results::exchange::csv_text(std::span(&*record, 1), all));
    return kDone;
  }
  const std::string environment =
      record->environment.empty() ? "" : store.environment(record->environment);
  fmt::print("{}", record_text(*record, results::trust::ceilings_of(all, *record), environment,
                               style_of(arguments)));
  return kDone;
}

int show_run(const Store& store, const Arguments& arguments) {
  const results::record::Run run = find_run(store, arguments.filter.run);
  results::store::Filter filter = arguments.filter;
  filter.run = run.id;
  const std::vector<Record> part = store.records(filter);
  if (arguments.json) {
    print_array(part);
    return kDone;
  }
  // Ceilings come from the whole run, even if only a part of it is shown.
  std::vector<Record> others;
  const bool whole = part.size() == store.count(run.id);
  if (!whole) others = store.records({.run = run.id});
  const std::span<const Record> shown = part, all = whole ? part : others;
  if (arguments.csv) {
    fmt::print("{}", results::exchange::csv_text(shown, all));
  } else {
    fmt::print("{}", run_text(run, shown, all, style_of(arguments)));
  }
  return kDone;
}

int run(const Arguments& arguments) {
  const Store store = open_store(store_address(arguments.db), results::store::Access::read);
  if (arguments.runs) return show_runs(store, arguments);
  return arguments.record.empty() ? show_run(store, arguments) : show_record(store, arguments);
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  results::store::Filter& filter = arguments->filter;
  filter.run = "last";
  Option& run_option =
      options.argument(filter.run, run_id(), "A run, by its id or the id's first digits");
  run_option.default_text = filter.run;
  Option& runs = options.flag("--runs", arguments->runs, "List the runs");
  runs.excludes = {&run_option};
  options
      .option("--record", arguments->record, text("RECORD"),
              "Show one record in full, by its id or the id's first digits")
      .excludes = {&run_option};
  add_filter_options(options, filter);
  add_store_option(options, arguments->db, "read");
  options.flag("--wide", arguments->wide,
               "Show full problem texts, numbers of samples and ids; shorten nothing");
  Option& csv = options.flag("--csv", arguments->csv, "Print CSV");
  csv.excludes = {&runs};
  add_json_option(options, arguments->json).excludes = {&csv};
  options.footer(
      "--problem, --operation, --implementation and --device match any part of the\n"
      "text, upper or lower case. Percentages of a ceiling refer to the best fma,\n"
      "dense matmul, triad, copy and read of one run. A mark ! means that the figure\n"
      "is doubtful; below the table are the reasons. --json prints the full records\n"
      "with `trust`.");
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {"show", "Show measurements", add, VerbGroup::look};

}  // namespace assay::cli::show

// assay fleet [RUN]: which of many like devices stand out.
#include "results/fleet/fleet.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/cli/candidates.h"
#include "harness/cli/claims/text.h"
#include "harness/cli/common.h"
#include "harness/cli/completion.h"
#include "harness/cli/fleet/text.h"
#include "harness/cli/page_file.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/terminal/quantities.h"
#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "results/fleet/page.h"
#include "results/page/text.h"
#include "results/store/store.h"

namespace assay::cli {
extern const Verb fleet_verb;

namespace {

using results::fleet::Fleet;

struct Options {
  std::vector<std::string> runs;
  std::string db, html, level, slow;
  results::fleet::FleetOptions fleet;
  bool json = false, csv = false, drain = false, all = false, force = false;
};

struct Chosen {
  std::vector<results::record::Record> records;
  std::string title;
};

Chosen chosen(const Options& options) {
  const auto store = open_store(store_address(options.db), results::store::Access::read);
  Chosen out;
  const std::vector<std::string> names =
      options.runs.empty() ? std::vector<std::string>{"last"} : options.runs;
  for (const std::string& name : names) {
    const results::record::Run run = find_run(store, name);
    auto records = store.records({.run = run.id});
    std::move(records.begin(), records.end(), std::back_inserter(out.records));
    out.title +=
        fmt::format("{}run {} of {}", out.title.empty() ? "Fleet, " : ", ",
                    results::page::short_id(run.id), results::page::date_text(run.started));
  }
  return out;
}

void print_drain(const std::vector<results::fleet::Fleet>& fleets) {
  std::string line;
  for (const results::fleet::Fleet& fleet : fleets) {
    for (const std::string& host : fleet.hosts_to_drain()) line += (line.empty() ? "" : ",") + host;
  }
  if (!line.empty()) fmt::print("{}\n", line);
}

int run(Options options) {
  if (!options.level.empty()) {
    options.fleet.level = harness::terminal::parse_share(options.level, "--level");
  }
  if (!options.slow.empty())
    options.fleet.slow = harness::terminal::parse_share(options.slow, "--slow");
  std::optional<PageFile> page;
  if (!options.html.empty()) page.emplace("--html", options.html, options.force);
  const Chosen what = chosen(options);
  const std::vector<results::fleet::Fleet> fleets = examine_fleets(what.records, options.fleet);
  if (page) {
    page->write(fleet_html(fleets, {what.title, harness::environment::version_text()}));
  }
  if (options.drain) {
    print_drain(fleets);
  } else if (options.json) {
    fmt::print("{}\n", to_json(fleets).dump(2, ' ', false,
                                            nlohmann::ordered_json::error_handler_t::replace));
  } else if (options.csv) {
    fmt::print("{}", fleet_csv(fleets));
  } else if (options.html != "-") {
    for (const results::fleet::Fleet& fleet : fleets) {
      fmt::print("{}{}", &fleet == &fleets.front() ? "" : "\n",
                 fleet_text(fleet, {harness::terminal::terminal_width(),
                                    harness::terminal::use_colour(), options.all}));
    }
  }
  const bool good =
      std::all_of(fleets.begin(), fleets.end(),
                  [](const results::fleet::Fleet& fleet) { return fleet.findings.empty(); });
  return good ? kDone : kFellShort;
}

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  complete_with(app.add_option("run", options->runs, "Runs' ids or prefixes (default last)"),
                run_ids);
  app.add_option("--level", options->level,
                 "Chance of any false finding in a fleet where nothing stands out (1%)");
  app.add_option("--slow", options->slow, "Least share by which a device is slow (2%)");
  app.add_option("--rack", options->fleet.rack,
                 "Pattern over hosts' names whose first group is the rack: '^(r[0-9]+)'");
  app.add_option("--html", options->html, "Write a page with the map too, - for standard output");
  app.add_flag("--force", options->force, "Replace a file that is not a page of Assay");
  auto* drain =
      app.add_flag("--drain", options->drain, "Print only the hosts to keep work from: a,b,c");
  auto* json = app.add_flag("--json", options->json, "Print JSON");
  auto* csv = app.add_flag("--csv", options->csv, "A row a finding, to hand to the vendor");
  json->excludes(drain)->excludes(csv);
  csv->excludes(drain);
  app.add_flag("--all", options->all, "Every finding, problem and host");
  app.add_option("--db", options->db, "Store to read");
  app.footer(
      "Examples:\n"
      "  mpirun -n 384 --enable-recovery assay run --suite standard && assay fleet\n"
      "  scontrol update state=drain reason=assay nodename=$(assay fleet --drain)\n"
      "  assay fleet --csv > for-the-vendor.csv\n"
      "\n"
      "Devices of one kind that did the same work are held against their middle one\n"
      "(median; scatter by Qn or the median absolute deviation), over all problems and\n"
      "in each. Outputs on equal operands must be equal.\n"
      "\n"
      "Exit code 1: a device stands out.");
  return [options] { return run(*options); };
}

}  // namespace

const Verb fleet_verb = {"fleet", "Tell which of many like devices stand out", add};

}  // namespace assay::cli

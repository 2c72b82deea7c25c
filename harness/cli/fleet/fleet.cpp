// assay fleet [RUN]: finds outliers among devices of one kind.
#include "results/fleet/fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>

#include "harness/cli/candidates.h"
#include "harness/cli/common.h"
#include "harness/cli/common_options.h"
#include "harness/cli/fleet/text.h"
#include "harness/cli/hints.h"
#include "harness/cli/page_file.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/terminal/quantities.h"
#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "results/fleet/page.h"
#include "results/page/text.h"
#include "results/record/json_library.h"
#include "results/store/store.h"

namespace assay::cli::fleet {
extern const Verb verb;

namespace {

using results::fleet::Fleet;

struct Arguments {
  std::vector<std::string> runs;
  std::optional<results::store::StoreAddress> db;
  PageChoice page;
  results::fleet::FleetOptions fleet;
  bool json = false, csv = false, drain = false, all = false;
};

struct Chosen {
  std::vector<results::record::Record> records;
  std::string title;
};

Chosen chosen(const Arguments& arguments) {
  const auto store = open_store(store_address(arguments.db), results::store::Access::read);
  Chosen out;
  const std::vector<std::string> names =
      arguments.runs.empty() ? std::vector<std::string>{"last"} : arguments.runs;
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

void print_drain(const std::vector<Fleet>& fleets) {
  std::string line;
  for (const Fleet& fleet : fleets) {
    for (const std::string& host : fleet.hosts_to_drain()) line += (line.empty() ? "" : ",") + host;
  }
  if (!line.empty()) fmt::print("{}\n", line);
}

int run(const Arguments& arguments) {
  std::optional<PageFile> page;
  if (!arguments.page.file.empty())
    page.emplace("--html", arguments.page.file, arguments.page.force);
  const Chosen what = chosen(arguments);
  const std::vector<Fleet> fleets = with_hint(
      "`mpirun -n N assay run …` or `assay run --ranks N` measures many devices in one run",
      [&] { return examine_fleets(what.records, arguments.fleet); });
  if (page) {
    page->write(fleet_html(fleets, {what.title, harness::environment::version_text()}));
  }
  if (arguments.drain) {
    print_drain(fleets);
  } else if (arguments.json) {
    fmt::print("{}\n", to_json(fleets).dump(2, ' ', false,
                                            nlohmann::ordered_json::error_handler_t::replace));
  } else if (arguments.csv) {
    fmt::print("{}", fleet_csv(fleets));
  } else if (arguments.page.file != "-") {
    for (const Fleet& fleet : fleets) {
      fmt::print("{}{}", &fleet == &fleets.front() ? "" : "\n",
                 fleet_text(fleet, {harness::terminal::terminal_width(),
                                    harness::terminal::use_colour(), arguments.all}));
    }
  }
  const auto is_good = [](const Fleet& fleet) { return fleet.findings.empty(); };
  const auto is_tested = [](const Fleet& fleet) { return fleet.speed_tested > 0; };
  if (!std::ranges::all_of(fleets, is_good)) return kFinding;
  return std::ranges::any_of(fleets, is_tested) ? kDone : kNothingRan;
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  add_runs_argument(options, arguments->runs);
  options
      .option("--level", arguments->fleet.level, share(),
              "Probability of any false finding in a fleet without outliers")
      .default_value("1%");
  options
      .option("--slow", arguments->fleet.slow, share(),
              "Report a device as slow from this difference to the median on")
      .default_value("2%");
  options.option("--rack", arguments->fleet.rack,
                 Kind<results::record::Pattern>{"PATTERN", results::fleet::rack_pattern},
                 "Regular expression for host names; its first group is the rack, e.g. "
                 "'^(r[0-9]+)'");
  add_page_options(options, arguments->page,
                   "Also write an HTML page with a map; - prints only "
                   "the page");
  Option& drain = options.flag("--drain", arguments->drain,
                               "Print only the hosts to take out of service, separated by commas");
  Option& csv = options.flag("--csv", arguments->csv, "Print CSV, one row per finding");
  csv.excludes = {&drain};
  add_json_option(options, arguments->json).excludes = {&drain, &csv};
  options.flag("--all", arguments->all, "Show all findings, problems and hosts");
  add_store_option(options, arguments->db, "read");
  options.footer(
      "Examples:\n"
      "  mpirun -n 384 --enable-recovery assay run --suite standard && assay fleet\n"
      "  scontrol update state=drain reason=assay nodename=$(assay fleet --drain)\n"
      "  assay fleet --csv > for-the-vendor.csv\n"
      "\n"
      "Compares devices of one kind that did the same work with their median (scatter\n"
      "by Qn or the median absolute deviation), for each problem and over all problems.\n"
      "Outputs for equal operands must be equal.\n"
      "\n"
      "Results that may be off (a busy machine, a low clock, times that drifted) are\n"
      "not used to find slow and noisy devices; the first line says for how many\n"
      "devices slowness was tested.\n"
      "\n"
      "Exit codes: 0 no outlier; 1 an outlier; 3 no outlier, but slowness could not be\n"
      "tested for any device (fewer than five with times that can be trusted).");
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {"fleet", "Find outlier devices in a fleet", add, VerbGroup::watch};

}  // namespace assay::cli::fleet

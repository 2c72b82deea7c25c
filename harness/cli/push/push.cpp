// assay push [RUN]... --to STORE: copies runs to a shared store.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>

#include "harness/cli/candidates.h"
#include "harness/cli/common.h"
#include "harness/cli/common_options.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/terminal/live_line.h"
#include "harness/terminal/telling.h"
#include "harness/terminal/wrapped.h"
#include "harness/worker/interrupt.h"
#include "kernels/error.h"
#include "results/page/text.h"
#include "results/record/json_library.h"
#include "results/store/store.h"

namespace assay::cli::push {
extern const Verb verb;

namespace {

using results::record::Run;
using results::store::Added;
using results::store::Store;

struct Arguments {
  std::vector<std::string> runs;
  std::optional<results::store::StoreAddress> to, db;
  bool all = false, json = false;
};

/// Without duplicates, the oldest first.
std::vector<Run> chosen_runs(const Store& store, const Arguments& arguments) {
  std::vector<Run> runs;
  if (arguments.all) {
    runs = store.runs();
    std::reverse(runs.begin(), runs.end());
    return runs;
  }
  std::set<std::string> seen;
  for (const std::string& id : arguments.runs) {
    Run run = find_run(store, id);
    if (seen.insert(run.id).second) runs.push_back(std::move(run));
  }
  if (arguments.runs.empty()) runs.push_back(find_run(store, "last"));
  std::stable_sort(runs.begin(), runs.end(),
                   [](const Run& a, const Run& b) { return a.started < b.started; });
  return runs;
}

void print_json(const Store& from, const Store& to, const std::vector<Run>& runs,
                const Added& added) {
  nlohmann::ordered_json ids = nlohmann::ordered_json::array();
  for (const Run& run : runs) ids.push_back(run.id);
  const nlohmann::ordered_json out = {
      {"from", from.name()},
      {"to", to.name()},
      {"runs", ids},
      {"added",
       {{"runs", added.runs}, {"records", added.records}, {"environments", added.environments}}},
      {"known_records", added.known}};
  fmt::print("{}\n", out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

void print_text(const Store& to, const std::vector<Run>& runs, const Added& added) {
  const std::string known =
      added.known > 0
          ? fmt::format("; {} {} there already", results::page::counted(added.known, "record"),
                        added.known == 1 ? "was" : "were")
          : "";
  fmt::print("{}", harness::terminal::wrapped(
                       fmt::format("pushed {} of {} to {}{}",
                                   results::page::counted(added.records, "record"),
                                   results::page::counted(runs.size(), "run"), to.name(), known),
                       0));
}

int run(const Arguments& arguments) {
  const Store from = open_store(store_address(arguments.db), results::store::Access::read);
  const std::vector<Run> runs = chosen_runs(from, arguments);
  Store to = open_store(*arguments.to, results::store::Access::write);
  // From here on Ctrl-C takes effect between transactions.
  const harness::worker::Interrupt interrupt;
  harness::terminal::LiveLine live(harness::terminal::draws_status());
  std::size_t done = 0, all = 0;
  Added added;
  try {
    added = from.push(runs, to, [&](std::size_t now, std::size_t of) {
      done = now;
      all = of;
      live.show(fmt::format("{} of {} records pushed", done, all));
      interrupt.check();
    });
  } catch (const harness::worker::Interrupted& interrupted) {
    live.erase();
    fmt::print(stderr,
               "\nstopped: {} of {} records are in {}\nto continue: run the same command again\n",
               done, all, to.name());
    return 128 + interrupted.signal;
  }
  live.erase();
  if (arguments.json) {
    print_json(from, to, runs, added);
  } else {
    print_text(to, runs, added);
  }
  return kDone;
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  const Option& runs = add_runs_argument(options, arguments->runs);
  add_all_runs_option(options, arguments->all, runs);
  options
      .option("--to", arguments->to, store(),
              "Store to add to: postgresql://USER@HOST/DATABASE, or a file")
      .required = true;
  add_store_option(options, arguments->db, "read");
  add_json_option(options, arguments->json);
  options.footer(
      "Example:\n"
      "  assay push --all --to postgresql://ada@results.example/assay\n"
      "\n"
      "Records already in the target store stay as they are: pushing again adds only\n"
      "the missing ones, such as those of an interrupted push. Every verb reads a\n"
      "shared store with --db or ASSAY_DB. Keep passwords in ~/.pgpass or PGPASSWORD.");
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {"push", "Copy runs to a store that many machines share", add, VerbGroup::watch};

}  // namespace assay::cli::push

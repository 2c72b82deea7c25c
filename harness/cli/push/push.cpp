// assay push [RUN]... --to STORE: what was measured here, into a store that many share.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/cli/candidates.h"
#include "harness/cli/common.h"
#include "harness/cli/completion.h"
#include "harness/cli/verb.h"
#include "harness/terminal/live_line.h"
#include "harness/terminal/wrapped.h"
#include "harness/worker/interrupt.h"
#include "kernels/error.h"
#include "results/page/text.h"
#include "results/store/store.h"

namespace assay::cli {
extern const Verb push_verb;

namespace {

using results::record::Run;
using results::store::Added;
using results::store::Store;

struct Options {
  std::vector<std::string> runs;
  std::string to, db;
  bool all = false, json = false;
};

/// Each once, the oldest first.
std::vector<results::record::Run> chosen_runs(const results::store::Store& store,
                                              const Options& options) {
  std::vector<results::record::Run> runs;
  if (options.all) {
    runs = store.runs();
    std::reverse(runs.begin(), runs.end());
    return runs;
  }
  std::set<std::string> seen;
  for (const std::string& id : options.runs) {
    results::record::Run run = find_run(store, id);
    if (seen.insert(run.id).second) runs.push_back(std::move(run));
  }
  if (options.runs.empty()) runs.push_back(find_run(store, "last"));
  std::stable_sort(runs.begin(), runs.end(),
                   [](const results::record::Run& a, const results::record::Run& b) {
                     return a.started < b.started;
                   });
  return runs;
}

void print_json(const results::store::Store& from, const results::store::Store& to,
                const std::vector<results::record::Run>& runs, const results::store::Added& added) {
  nlohmann::ordered_json ids = nlohmann::ordered_json::array();
  for (const results::record::Run& run : runs) ids.push_back(run.id);
  const nlohmann::ordered_json out = {
      {"from", from.name()},
      {"to", to.name()},
      {"runs", ids},
      {"added",
       {{"runs", added.runs}, {"records", added.records}, {"environments", added.environments}}},
      {"known_records", added.known}};
  fmt::print("{}\n", out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

void print_text(const results::store::Store& to, const std::vector<results::record::Run>& runs,
                const results::store::Added& added) {
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

int run(const Options& options) {
  const results::store::Store from =
      open_store(store_address(options.db), results::store::Access::read);
  const std::vector<results::record::Run> runs = chosen_runs(from, options);
  results::store::Store to = open_store(options.to, results::store::Access::write);
  // From here on Ctrl-C ends between transactions.
  const harness::worker::Interrupt interrupt;
  harness::terminal::LiveLine live(isatty(STDERR_FILENO) != 0);
  std::size_t done = 0, all = 0;
  results::store::Added added;
  try {
    added = from.push(runs, to, [&](std::size_t now, std::size_t of) {
      done = now;
      all = of;
      live.show(fmt::format("{} of {} records pushed", done, all));
      interrupt.check();
    });
  } catch (const harness::worker::Interrupted& interrupted) {
    live.erase();
    fmt::print(stderr, "\nstopped: {} of {} records are in {}\nto go on: the same command again\n",
               done, all, to.name());
    return 128 + interrupted.signal;
  }
  live.erase();
  if (options.json) {
    print_json(from, to, runs, added);
  } else {
    print_text(to, runs, added);
  }
  return kDone;
}

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  auto* runs = app.add_option("run", options->runs, "Runs' ids or prefixes (default last)");
  complete_with(runs, run_ids);
  app.add_flag("--all", options->all, "All runs of the store")->excludes(runs);
  app.add_option("--to", options->to,
                 "Store to push to: postgresql://USER@HOST/DATABASE, or a file")
      ->required();
  app.add_option("--db", options->db, "Store to read");
  app.add_flag("--json", options->json, "Print JSON");
  app.footer(
      "Example:\n"
      "  assay push --all --to postgresql://ada@results.example/assay\n"
      "\n"
      "What is there already stays as it is: pushing again adds what is new, and what\n"
      "an interrupted push left out. Every verb reads a shared store by --db or\n"
      "ASSAY_DB. Passwords are best kept in ~/.pgpass or PGPASSWORD.");
  return [options] { return run(*options); };
}

}  // namespace

const Verb push_verb = {"push", "Copy runs to a store that many machines share", add};

}  // namespace assay::cli

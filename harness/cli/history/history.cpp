// assay history: how each series went, over all runs.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "harness/cli/regress/history_options.h"
#include "harness/cli/regress/text.h"
#include "harness/cli/verb.h"
#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"

namespace assay::cli {
extern const Verb history_verb;

namespace {

struct Options {
  HistoryChoice choice;
  bool json = false;
};

int run(const Options& options) {
  results::regress::RegressOptions regress;
  const results::regress::Regressions found = judged_history(options.choice, regress);
  if (options.json) {
    fmt::print("{}\n", history_json(found).dump(2, ' ', false,
                                                nlohmann::ordered_json::error_handler_t::replace));
  } else {
    fmt::print("{}", history_text(found, {harness::terminal::terminal_width(),
                                          harness::terminal::use_colour(), true}));
  }
  return kDone;
}

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  add_history_options(app, options->choice);
  app.add_flag("--json", options->json, "Print JSON, every run of each series");
  app.footer(
      "A series is what one problem took by one implementation in one mode on one kind\n"
      "of device, run after run: measured here, and verified. Course: how what is\n"
      "shown went over time; ±: the standard deviation between runs since the last\n"
      "change of level.\n\n"
      "Examples:\n"
      "  assay history --operation matmul\n"
      "  assay history --device cpu --json");
  return [options] { return run(*options); };
}

}  // namespace

const Verb history_verb = {"history", "Show how measurements went from run to run", add};

}  // namespace assay::cli

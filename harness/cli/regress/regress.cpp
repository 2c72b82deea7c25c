// assay regress: what became slower over all runs, since when, and what changed with it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "harness/cli/candidates.h"
#include "harness/cli/claims/text.h"
#include "harness/cli/common.h"
#include "harness/cli/completion.h"
#include "harness/cli/output_file.h"
#include "harness/cli/regress/baseline.h"
#include "harness/cli/regress/history_options.h"
#include "harness/cli/regress/text.h"
#include "harness/cli/verb.h"
#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "results/exchange/junit.h"

namespace assay::cli {
extern const Verb regress_verb;

namespace {

namespace fs = std::filesystem;
using results::regress::Regressions;

constexpr const char* kAcceptedFile = ".assay-accepted.toml";

struct Options {
  HistoryChoice choice;
  std::string accepted, markdown, junit, baseline, run = "last";
  bool all = false, json = false;
};

std::vector<results::regress::Accepted> accepted(const Options& options) {
  if (!options.accepted.empty()) return results::regress::load_accepted(options.accepted);
  return fs::exists(kAcceptedFile) ? results::regress::load_accepted(kAcceptedFile)
                                   : std::vector<results::regress::Accepted>();
}

void write(const std::string& option, const std::string& path, const std::string& text) {
  OutputFile file(option, path);
  file.stream() << text;
  file.commit();
}

/// A test case for each series that was judged.
void write_junit(const std::string& path, const results::regress::Regressions& found) {
  results::exchange::JUnitSuite suite{"histories", results::store::now_utc(), "", {}, {}};
  for (std::size_t i = 0; i < found.series.size(); ++i) {
    const results::regress::Series& series = found.series[i];
    results::exchange::JUnitCase one;
    one.group = series.operation;
    one.name = series.key();
    if (series.nights.size() < results::regress::kFewestNights) {
      one.outcome = results::exchange::JUnitOutcome::skipped;
      one.message =
          fmt::format("{} runs, {} needed", series.nights.size(), results::regress::kFewestNights);
    }
    for (const results::regress::Told& told : found.told) {
      if (told.series != i || told.state != results::regress::FindingState::regression) continue;
      one.outcome = results::exchange::JUnitOutcome::failed;
      one.type = "regression";
      one.message = change_text(found, told);
    }
    suite.cases.push_back(std::move(one));
  }
  OutputFile file("--junit", path);
  results::exchange::write_junit(file.stream(), "assay regress", std::span(&suite, 1));
  file.commit();
}

int run(const Options& options) {
  if (!options.baseline.empty()) {
    return compare_with_baseline({options.baseline, options.run, options.choice, options.json});
  }
  results::regress::RegressOptions regress;
  regress.accepted = accepted(options);
  const results::regress::Regressions found = judged_history(options.choice, regress);
  if (!options.markdown.empty()) {
    write("--markdown", options.markdown, regressions_markdown(found));
  }
  if (!options.junit.empty()) write_junit(options.junit, found);
  if (options.json) {
    fmt::print("{}\n", to_json(found).dump(2, ' ', false,
                                           nlohmann::ordered_json::error_handler_t::replace));
  } else if (options.markdown != "-" && options.junit != "-") {
    fmt::print("{}", regressions_text(found, {harness::terminal::terminal_width(),
                                              harness::terminal::use_colour(), options.all}));
  }
  return found.regressions() > 0 ? kFellShort : kDone;
}

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  add_history_options(app, options->choice);
  complete_with(app.add_option("--accepted", options->accepted,
                               std::string("TOML file of changes that are known and accepted "
                                           "(default ") +
                                   kAcceptedFile + ", where it is there)"),
                nullptr, true);
  auto* baseline = app.add_option("--baseline", options->baseline,
                                  "Hold a run against this one, without a history");
  complete_with(baseline, run_ids);
  complete_with(app.add_option("--run", options->run, "The run to hold against it (default last)")
                    ->needs(baseline),
                run_ids);
  app.add_flag("--all", options->all, "Improvements, recoveries and accepted changes too");
  app.add_flag("--json", options->json, "Print JSON");
  app.add_option("--markdown", options->markdown, "Write a table in Markdown too");
  app.add_option("--junit", options->junit, "Write JUnit XML too: regressions are failures");
  app.footer(
      "Steps are found by E-divisive (Matteson & James 2014) and kept where a\n"
      "permutation test is sure of them, and with all series together no more than 1%\n"
      "of findings are false (Benjamini & Hochberg); slow drifts and noise that grew\n"
      "are told apart, single outliers are none.\n\n"
      "An accepted change, in a file that is committed:\n"
      "  [[accepted]]\n"
      "  series = \"matmul*onednn\"   # part of what --json calls `series`\n"
      "  run = \"0d9c1a6e\"           # the first run of the new level, or `date`\n"
      "  at_most = 0.05             # its size, if that is to be bound\n"
      "  reason = \"the safer math mode of release 3.4\"\n"
      "  until = \"2027-03-31\"\n\n"
      "Exit code 1: something regressed.");
  return [options] { return run(*options); };
}

}  // namespace

const Verb regress_verb = {"regress", "Find what became slower, since when, and with what", add};

}  // namespace assay::cli

// assay regress: finds what became slower, since which run, and what else changed then.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "harness/cli/candidates.h"
#include "harness/cli/common.h"
#include "harness/cli/common_options.h"
#include "harness/cli/output_file.h"
#include "harness/cli/page_file.h"
#include "harness/cli/regress/accept.h"
#include "harness/cli/regress/baseline.h"
#include "harness/cli/regress/confirm.h"
#include "harness/cli/regress/history_options.h"
#include "harness/cli/regress/text.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "harness/worker/interrupt.h"
#include "results/exchange/junit.h"
#include "results/page/text.h"
#include "results/regress/page.h"
#include "results/regress/words.h"

namespace assay::cli::regress {
extern const Verb verb;

namespace {

namespace fs = std::filesystem;
using results::regress::Regressions;

constexpr const char* kAcceptedFile = ".assay-accepted.toml";

struct Arguments {
  HistoryChoice choice;
  ConfirmChoice confirm;
  AcceptChoice accept;
  PageChoice page;
  std::string accepted, markdown, junit, baseline, run = "last", alert = "second";
  bool all = false, json = false;
};

std::vector<results::regress::Accepted> accepted(const Arguments& arguments) {
  // The file that --accept will write may not be there yet.
  const bool may_lack = !arguments.accept.run.empty() && !fs::exists(arguments.accepted);
  if (!arguments.accepted.empty() && !may_lack) {
    return results::regress::load_accepted(arguments.accepted);
  }
  return fs::exists(kAcceptedFile) ? results::regress::load_accepted(kAcceptedFile)
                                   : std::vector<results::regress::Accepted>();
}

void write(const std::string& option, const std::string& path, const std::string& text) {
  OutputFile file(option, path);
  file.stream() << text;
  file.commit();
}

/// One test case per series.
void write_junit(const std::string& path, const Regressions& found,
                 const results::regress::FindingOptions& options) {
  results::exchange::JUnitSuite suite{"histories", results::store::now_utc(), "", {}, {}};
  for (std::size_t i = 0; i < found.series.size(); ++i) {
    const results::regress::Series& series = found.series[i];
    results::exchange::JUnitCase one;
    one.group = series.operation;
    one.name = series.key();
    const std::size_t needed = fewest_runs(options);
    if (series.runs.size() < needed) {
      one.outcome = results::exchange::JUnitOutcome::skipped;
      one.message =
          fmt::format("{}, {} needed", results::page::counted(series.runs.size(), "run"), needed);
    }
    for (const results::regress::ReportedFinding& reported : found.findings) {
      if (reported.series != i || reported.state != results::regress::FindingState::regression)
        continue;
      one.outcome = results::exchange::JUnitOutcome::failed;
      one.type = "regression";
      one.message = change_text(found, reported);
    }
    if (!series.unused.empty()) {
      one.properties.emplace_back("unused_results", std::to_string(series.unused.size()));
    }
    suite.cases.push_back(std::move(one));
  }
  OutputFile file("--junit", path);
  results::exchange::write_junit(file.stream(), "assay regress", std::span(&suite, 1));
  file.commit();
}

int run(const Arguments& arguments) {
  if (!arguments.baseline.empty()) {
    return compare_with_baseline(
        {arguments.baseline, arguments.run, arguments.choice, arguments.json});
  }
  std::optional<PageFile> page;
  if (!arguments.page.file.empty()) {
    page.emplace("--html", arguments.page.file, arguments.page.force);
  }
  results::regress::RegressOptions regress;
  regress.accepted = accepted(arguments);
  regress.findings.alert_first = arguments.alert == "first";
  Regressions found = judged_history(arguments.choice, regress);
  if (arguments.confirm.confirm) {
    try {
      if (measure_again(arguments.choice, found, arguments.confirm)) {
        found = judged_history(arguments.choice, regress);
      }
    } catch (const harness::worker::Interrupted& interrupted) {
      fmt::print(stderr, "\nstopped while suspicious results were measured again\n");
      return 128 + interrupted.signal;
    }
  }
  if (!arguments.accept.run.empty()) {
    fmt::print("{}",
               accept_regressions(found, arguments.accept,
                                  arguments.accepted.empty() ? kAcceptedFile : arguments.accepted));
    return kDone;
  }
  if (page) {
    page->write(history_html(found, results::regress::HistoryView::changes,
                             harness::environment::version_text()));
  }
  if (!arguments.markdown.empty()) {
    write("--markdown", arguments.markdown, regressions_markdown(found));
  }
  if (!arguments.junit.empty()) write_junit(arguments.junit, found, regress.findings);
  if (arguments.json) {
    fmt::print("{}\n", to_json(found).dump(2, ' ', false,
                                           nlohmann::ordered_json::error_handler_t::replace));
  } else if (arguments.markdown != "-" && arguments.junit != "-" && arguments.page.file != "-") {
    fmt::print("{}", regressions_text(found, {harness::terminal::terminal_width(),
                                              harness::terminal::use_colour(), arguments.all}));
  }
  if (found.regressions() > 0) return kFinding;
  return found.judged() > 0 ? kDone : kNothingRan;
}

/// `of_history` are options that only the whole history takes.
void add_baseline_options(Options& options, Arguments& arguments,
                          std::vector<const Option*> of_history) {
  Option& baseline = options.option("--baseline", arguments.baseline, run_id(),
                                    "Compare one run with this run instead of the history");
  baseline.excludes = std::move(of_history);
  Option& run_option =
      options.option("--run", arguments.run, run_id(), "The run to compare with it");
  run_option.default_text = arguments.run;
  run_option.needs = {&baseline};
}

/// Returns --accept.
Option& add_accept_options(Options& options, AcceptChoice& accept) {
  Option& run = options.option("--accept", accept.run, text("RUN"),
                               "Accept the regressions that began at this run: adds them to the "
                               "file of --accepted");
  Option& reason = options.option("--reason", accept.reason, text("TEXT"), "Why they are accepted");
  Option& until = options.option("--until", accept.until, date(),
                                 "Last day on which they are accepted, e.g. 2027-03-31");
  run.needs = {&reason, &until};
  reason.needs = until.needs = {&run};
  return run;
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  add_history_options(options, arguments->choice);
  Option& accepted =
      options.option("--accepted", arguments->accepted, file(), "TOML file with accepted changes");
  accepted.default_rule = std::string(kAcceptedFile) + ", if it exists";
  Option& accept = add_accept_options(options, arguments->accept);
  options
      .option("--alert", arguments->alert, choice("run", {"first", "second"}),
              "Tell a large change at its first run, or at its second")
      .default_value("second");
  Option& confirm = options.flag("--confirm", arguments->confirm.confirm,
                                 "Measure suspicious changes again before telling them");
  Option& processes =
      options.option("--processes", arguments->confirm.processes, count<std::uint32_t>(3, 100),
                     "Number of new processes that measure each of them again");
  processes.default_value("5");
  processes.needs = {&confirm};
  options.flag("--all", arguments->all, "Also show improvements, recoveries and accepted changes");
  Option& json = add_json_option(options, arguments->json);
  Option& page =
      add_page_options(options, arguments->page,
                       "Also write an HTML page with each change drawn; - prints only the page");
  Option& markdown = options.option("--markdown", arguments->markdown, file(),
                                    "Also write a Markdown table; - prints only the table");
  Option& junit =
      options.option("--junit", arguments->junit, file(),
                     "Also write JUnit XML with regressions as failures; - prints only the XML");
  accept.excludes = {&json, &page, &markdown, &junit};
  add_baseline_options(options, *arguments,
                       {&accepted, &accept, &confirm, &page, &markdown, &junit});
  options.footer(
      "Finds the levels of each history, and reports a change of level if a permutation\n"
      "test and a test for correlated runs both confirm it, with at most 1% false\n"
      "findings over all series (Benjamini & Hochberg). Histories of at least 24 runs\n"
      "are needed. A change above about 20% is told at its second run, from 5 runs\n"
      "before it on. Drift and increased noise are reported separately. A single\n"
      "outlier, and an excursion of fewer than five runs that has ended, are not\n"
      "reported. What is not certain yet is listed as watched, with the number of runs\n"
      "that will tell. If nearly all series of a device change at the same run, the\n"
      "machine is reported. Results of a busy or throttled machine, and results with\n"
      "times that drifted, are counted and not used. A level that a series takes again\n"
      "and again is no new regression, but `returned`.\n\n"
      "With --confirm, steps within the last 30 runs (at most 12) and three quiet\n"
      "series of the device are measured again at once, in new processes and shuffled.\n"
      "A step that is as fast as before is `not confirmed`. One that is slow again\n"
      "while half of the quiet series or more moved is `the machine, not the code`.\n"
      "Both hold until a later run is slow. Any other step stays a regression. These\n"
      "results stay in the store as a run of the suite `confirmation`, and are no\n"
      "night of a history.\n\n"
      "An accepted change, which --accept writes, in a file under version control:\n"
      "  [[accepted]]\n"
      "  series = \"matmul*onednn\"   # part of the field `series` of --json\n"
      "  run = \"0d9c1a6e\"           # first run of the new level, or `date`\n"
      "  at_most = 0.05             # largest accepted change; optional\n"
      "  reason = \"the safer math mode of release 3.4\"\n"
      "  until = \"2027-03-31\"\n\n"
      "Exit codes: 0 judged, no regression; 1 a regression; 3 nothing could be judged,\n"
      "because every history is too short.");
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {"regress", "Find what became slower, and since when", add, VerbGroup::watch};

}  // namespace assay::cli::regress

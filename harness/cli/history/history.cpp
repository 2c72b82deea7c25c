// assay history: each series of measurements over all runs.
#include <fmt/format.h>

#include <memory>
#include <optional>

#include "harness/cli/common_options.h"
#include "harness/cli/page_file.h"
#include "harness/cli/regress/history_options.h"
#include "harness/cli/regress/text.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "results/regress/page.h"

namespace assay::cli::history {
extern const Verb verb;

namespace {

struct Arguments {
  regress::HistoryChoice choice;
  PageChoice page;
  bool json = false;
};

int run(const Arguments& arguments) {
  std::optional<PageFile> page;
  if (!arguments.page.file.empty()) {
    page.emplace("--html", arguments.page.file, arguments.page.force);
  }
  results::regress::RegressOptions regress;
  const results::regress::Regressions found = regress::judged_history(arguments.choice, regress);
  if (page) {
    page->write(history_html(found, results::regress::HistoryView::series,
                             harness::environment::version_text()));
  }
  if (arguments.json) {
    fmt::print("{}\n", regress::history_json(found).dump(
                           2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  } else if (arguments.page.file != "-") {
    fmt::print("{}", regress::history_text(found, {harness::terminal::terminal_width(),
                                                   harness::terminal::use_colour(), true}));
  }
  return kDone;
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  regress::add_history_options(options, arguments->choice);
  add_json_option(options, arguments->json);
  add_page_options(options, arguments->page,
                   "Also write an HTML page with all series drawn; - prints only the page");
  options.footer(
      "A series is the time of one problem with one implementation in one mode on one\n"
      "kind of device over all runs, measured here and verified. Course: the values\n"
      "over time; ±: the standard deviation between runs since the last change of\n"
      "level. --json has every run of each series.\n\n"
      "Examples:\n"
      "  assay history --operation matmul\n"
      "  assay history --device cpu --json");
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {"history", "Show how measurements changed from run to run", add,
                   VerbGroup::look};

}  // namespace assay::cli::history

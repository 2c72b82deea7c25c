#include "harness/cli/regress/history_options.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "harness/cli/candidates.h"
#include "harness/cli/common.h"
#include "harness/cli/completion.h"
#include "harness/cli/filter_options.h"
#include "harness/terminal/live_line.h"
#include "harness/terminal/quantities.h"
#include "kernels/error.h"

namespace assay::cli {

namespace {

bool is_day(const std::string& text) {
  if (text.size() != 10) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 4 || i == 7;
    if (dash ? text[i] != '-' : (text[i] < '0' || text[i] > '9')) return false;
  }
  return true;
}

bool narrows(const results::store::Filter& filter) {
  return filter.division ||
         !(filter.problem + filter.operation + filter.implementation + filter.device).empty();
}

}  // namespace

std::string today() {
  return results::store::now_utc().substr(0, 10);
}

void add_history_options(CLI::App& app, HistoryChoice& choice) {
  app.add_option("--problem", choice.filter.problem, "Only problems whose text contains this");
  complete_with(app.add_option("--operation", choice.filter.operation, "Only this operation"),
                operation_names);
  app.add_option("--implementation", choice.filter.implementation, "Only such implementations");
  complete_with(add_named_option(app, "--division", choice.filter.division, "Only this division"),
                division_names);
  app.add_option("--device", choice.filter.device, "Only such devices: cpu:0, or part of a name");
  app.add_flag("--per-device", choice.series.per_device,
               "A series for each unit, not for each kind of device");
  app.add_option("--since", choice.since, "Tell only of changes from this day on: 2026-11-01");
  app.add_option("--min-effect", choice.minimum_effect,
                 "Changes shown to be smaller are left out: 2%");
  app.add_option("--db", choice.db, "Store to read");
}

results::regress::Regressions judged_history(const HistoryChoice& choice,
                                             results::regress::RegressOptions& options) {
  if (!choice.since.empty() && !is_day(choice.since)) {
    throw InputError(fmt::format("--since {}: is no day", choice.since), "write it as 2026-11-25");
  }
  options.since = choice.since;
  options.today = today();
  options.findings.minimum_effect =
      harness::terminal::parse_share(choice.minimum_effect, "--min-effect");
  harness::terminal::LiveLine live(isatty(STDERR_FILENO) != 0);
  live.show("reading the store");
  const auto store = open_store(store_address(choice.db), results::store::Access::read);
  auto series =
      results::regress::series_of(store.headlines(choice.filter), store.runs(), choice.series);
  // A night whose results were all wrong, and the first one, leave nothing to judge; no fault.
  if (series.empty() && (narrows(choice.filter) || store.runs().empty())) {
    throw InputError(
        fmt::format("store {}: holds no measured and verified record that was asked for",
                    store.name()),
        "`assay run` measures; `assay show --runs` lists what there is");
  }
  options.progress = [&](std::size_t done, std::size_t all) {
    live.show(fmt::format("{} of {} series judged", done, all));
  };
  return find_regressions(std::move(series), options,
                          [&](const std::string& hash) { return store.environment(hash); });
}

}  // namespace assay::cli

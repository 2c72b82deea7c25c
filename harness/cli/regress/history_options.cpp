#include "harness/cli/regress/history_options.h"

#include <fmt/format.h>

#include <span>
#include <vector>

#include "harness/cli/common.h"
#include "harness/cli/common_options.h"
#include "harness/cli/filter_options.h"
#include "harness/cli/values.h"
#include "harness/terminal/live_line.h"
#include "harness/terminal/telling.h"
#include "kernels/error.h"

namespace assay::cli::regress {

namespace {

bool narrows(const results::store::Filter& filter) {
  return filter.division ||
         !(filter.problem + filter.operation + filter.implementation + filter.device).empty();
}

}  // namespace

std::string today() {
  return results::store::now_utc().substr(0, 10);
}

void add_history_options(Options& options, HistoryChoice& choice) {
  add_measurement_filters(options, choice.filter);
  options.flag("--per-device", choice.series.per_device,
               "One series per device, not per kind of device");
  options.option("--since", choice.since, date(),
                 "Report only changes from this date on, e.g. 2026-11-01");
  options
      .option("--min-effect", choice.minimum_effect, share(), "Leave out changes smaller than this")
      .default_value("2%");
  add_store_option(options, choice.db, "read");
}

results::regress::Regressions judged_history(const HistoryChoice& choice,
                                             results::regress::RegressOptions& options) {
  options.since = choice.since;
  options.today = today();
  options.findings.minimum_effect = choice.minimum_effect;
  harness::terminal::LiveLine live(harness::terminal::draws_status());
  live.show("reading the store");
  const auto store = open_store(store_address(choice.db), results::store::Access::read);
  const std::vector<results::record::Run> runs = store.runs();
  results::regress::SeriesOptions of_series = choice.series;
  results::regress::SeriesCollector nights(runs, of_series);
  of_series.confirmations = true;
  results::regress::SeriesCollector confirmations(runs, of_series);
  store.points(choice.filter, [&](const results::store::Point& point) {
    nights.add(point);
    confirmations.add(point);
  });
  auto series = nights.take();
  options.confirmations = confirmations.take();
  // The first run, or one with only wrong results, leaves nothing to judge; that is no error.
  if (series.empty() && (narrows(choice.filter) || runs.empty())) {
    throw InputError(
        fmt::format("store {}: holds no measured and verified record that fits the filter",
                    store.name()),
        "`assay run` measures; `assay show --runs` lists the runs");
  }
  options.progress = [&](std::size_t done, std::size_t all) {
    live.show(fmt::format("{} of {} series judged", done, all));
  };
  return find_regressions(std::move(series), options,
                          [&](const std::string& hash) { return store.environment(hash); });
}

}  // namespace assay::cli::regress

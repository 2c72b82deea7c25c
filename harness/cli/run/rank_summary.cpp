#include "harness/cli/run/rank_summary.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/cli/run/plan_text.h"
#include "harness/cli/verb.h"
#include "harness/terminal/wrapped.h"
#include "harness/worker/device_worker.h"
#include "results/page/text.h"
#include "results/record/json_library.h"
#include "results/record/listing.h"
#include "results/trust/trust.h"

namespace assay::cli::run {

using harness::ranks::RankReport;
using nlohmann::ordered_json;
using results::record::Record;
using results::record::Status;

namespace {

bool is_lost(const RankReport& rank) {
  return rank.state == RankReport::State::lost;
}

/// Whether its times cannot be true.
bool is_implausible(const Record& record) {
  return ranks(record) && results::trust::implausible(record);
}

bool is_good(const Record& record) {
  return record.status == Status::ok;
}

std::size_t lost_ranks(const RankSummary& summary) {
  return static_cast<std::size_t>(
      std::count_if(summary.ranks.begin(), summary.ranks.end(), is_lost));
}

std::size_t count_of(const RankSummary& summary, bool (*predicate)(const Record&)) {
  return static_cast<std::size_t>(
      std::count_if(summary.records.begin(), summary.records.end(), predicate));
}

}  // namespace

std::string rank_line(const RankReport& rank) {
  std::string text = name(rank);
  if (!rank.device.backend.empty()) text += ", " + results::record::device_key(rank.device);
  if (is_lost(rank)) {
    text += fmt::format(": lost, {}", rank.lost);
    if (rank.measured > 0) {
      text += fmt::format("; {} before that are in the store",
                          results::page::counted(rank.measured, "measurement"));
    }
    return rank.hint.empty() ? text : fmt::format("{} ({})", text, rank.hint);
  }
  text += fmt::format(": {} measured", rank.measured);
  return rank.failed > 0 ? fmt::format("{}, {} failed", text, rank.failed) : text;
}

std::string summary_text(const RankSummary& summary) {
  const std::size_t lost = lost_ranks(summary);
  std::string text = harness::terminal::wrapped(
      fmt::format("{} by {} in {}: {} verified, {} failed{}",
                  results::page::counted(summary.records.size(), "measurement"),
                  results::page::counted(summary.ranks.size(), "rank"),
                  results::page::duration_text(summary.seconds), count_of(summary, is_good),
                  count_of(summary, failed),
                  lost > 0 ? fmt::format("; {} lost", results::page::counted(lost, "rank")) : ""),
      0);
  if (const auto impossible = count_of(summary, is_implausible); impossible > 0) {
    text += harness::terminal::wrapped(
        fmt::format("{} with times that cannot be true, which decide nothing: `assay show` marks "
                    "them",
                    results::page::counted(static_cast<std::size_t>(impossible), "measurement")),
        0);
  }
  const auto planned = std::find_if(summary.ranks.begin(), summary.ranks.end(),
                                    [](const RankReport& rank) { return !is_lost(rank); });
  harness::plan::Plan skipped;
  if (planned != summary.ranks.end()) skipped.skipped = planned->plan.skipped;
  skipped.skipped.insert(skipped.skipped.end(), summary.skipped.begin(), summary.skipped.end());
  text += skipped_text(skipped);
  return text +
         fmt::format("run   {}\nstore {}\nnext  assay fleet {} | assay show | assay report\n",
                     summary.run.substr(0, 8), summary.store, summary.run.substr(0, 8));
}

ordered_json to_json(const RankSummary& summary) {
  ordered_json ranks = ordered_json::array();
  for (const RankReport& rank : summary.ranks) {
    ranks.push_back(
        {{"rank", rank.rank},
         {"host", rank.host},
         {"slot", rank.slot},
         {"device", rank.device.backend.empty() ? "" : results::record::device_key(rank.device)},
         {"measured", rank.measured},
         {"failed", rank.failed},
         {"lost", rank.lost}});
  }
  return {{"run", summary.run},
          {"store", summary.store},
          {"seconds", summary.seconds},
          {"verified", count_of(summary, is_good)},
          {"failed", count_of(summary, failed)},
          {"lost", lost_ranks(summary)},
          {"ranks", ranks}};
}

int exit_code(const RankSummary& summary) {
  if (count_of(summary, failed) > 0 || count_of(summary, is_implausible) > 0 ||
      lost_ranks(summary) > 0)
    return kFinding;
  return count_of(summary, is_good) > 0 ? kDone : kNothingRan;
}

}  // namespace assay::cli::run

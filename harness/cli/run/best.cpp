#include "harness/cli/run/best.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "results/page/figures.h"
#include "results/page/text.h"
#include "results/record/listing.h"
#include "results/trust/beside.h"

namespace assay::cli::run {

using harness::terminal::Style;
using results::record::Attainable;
using results::record::Bound;
using results::record::Record;

namespace {

constexpr std::size_t kMostRows = 12, kBar = 8;

struct Best {
  const Record* record = nullptr;
  Attainable share;
  bool doubtful = false;
};

using Key = std::tuple<std::string, std::string, kernels::DataType, Bound>;

/// The best of each group; of arithmetic first, then the largest shares.
std::vector<Best> best_of(std::span<const Record> records) {
  results::trust::Beside beside(records);
  std::map<Key, Best> groups;
  for (const Record& record : records) {
    const auto share = attainable(record, beside.ceilings(record));
    // A product may be the fastest of all and the ceiling itself; fma and triad are nothing else.
    if (!share || (share->is_roof && measured_roof(record))) continue;
    const results::trust::Trust trust = beside.trust_of(record);
    if (std::ranges::any_of(trust.doubts, results::trust::leaves_no_figure,
                            &results::trust::Doubt::fault)) {
      continue;
    }
    Best& best = groups[{results::record::device_key(record.device), record.operation,
                         record.work.type, share->bound}];
    if (best.record != nullptr && best.share.fraction >= share->fraction) continue;
    best = {&record, *share, !trust.may_decide()};
  }
  std::vector<Best> out;
  out.reserve(groups.size());
  for (const auto& [key, best] : groups) out.push_back(best);
  std::ranges::sort(out, [](const Best& a, const Best& b) {
    return std::tuple(a.share.bound, -a.share.fraction, a.record->problem) <
           std::tuple(b.share.bound, -b.share.fraction, b.record->problem);
  });
  return out;
}

std::string label(const Best& best, bool several_devices) {
  return fmt::format("{}{} {}",
                     several_devices ? results::record::device_key(best.record->device) + " " : "",
                     best.record->operation, name(best.record->work.type));
}

/// Clearly above 1: then the ceiling is none, and a number would say more than is known.
bool is_above(const Attainable& share) {
  return share.interval.lower > 1 || share.fraction > 1.1;
}

std::string share_text(const Attainable& share) {
  if (share.is_roof) return "sets it ";
  if (is_above(share)) return share.bound == Bound::memory ? "mem above*" : "above*";
  return fmt::format("{}{}{}", share.bound == Bound::memory ? "mem " : "",
                     results::page::percent_text(share.fraction),
                     share.roof.doubt.empty() ? " " : "!");
}

}  // namespace

std::string best_text(std::span<const Record> records, std::size_t width, bool colour) {
  const std::vector<Best> all = best_of(records);
  if (all.empty()) return "";
  std::set<std::string> devices;
  for (const Best& best : all) devices.insert(results::record::device_key(best.record->device));
  using harness::terminal::Align;
  harness::terminal::Table table({{"best of each"},
                                  {""},
                                  {"rate", Align::right},
                                  {"±", Align::right},
                                  {"of ceiling", Align::right},
                                  {""}});
  for (std::size_t i = 0; i < std::min(all.size(), kMostRows); ++i) {
    const Best& best = all[i];
    const Style style = best.doubtful ? Style::doubtful : Style::plain;
    table.add(
        {{label(best, devices.size() > 1)},
         {best.record->implementation.name},
         {results::page::rate_text(*best.record)},
         {results::page::half_width_text(best.record->summary, 0) + (best.doubtful ? "!" : " "),
          style},
         {share_text(best.share)},
         {is_above(best.share) ? "" : harness::terminal::bar(best.share.fraction, kBar),
          best.doubtful ? Style::doubtful : Style::good}});
  }
  std::string text = table.text(0, width, colour);
  if (std::ranges::any_of(all, [](const Best& best) { return is_above(best.share); })) {
    text += harness::terminal::wrapped(
        "above*: faster than the ceiling, which this run measured too low, or served by a cache", 0,
        static_cast<int>(width));
  }
  if (all.size() > kMostRows) {
    text += fmt::format("and {} more: assay show\n", all.size() - kMostRows);
  }
  return text;
}

}  // namespace assay::cli::run

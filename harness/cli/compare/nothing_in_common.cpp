#include "harness/cli/compare/nothing_in_common.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "results/compare/unlike_kinds.h"
#include "results/page/text.h"

namespace assay::cli::compare {

namespace {

using results::compare::CompareTable;
using results::compare::LeftOutReason;

/// What makes records that were left out for this reason comparable.
std::string_view next_step(LeftOutReason reason) {
  switch (reason) {
    case LeftOutReason::no_partner:
      return "name runs that measured the same problems";
    case LeftOutReason::not_verified:
      return "`assay show RUN` says what is wrong with its result";
    case LeftOutReason::no_interval:
      return "measure again with a longer --budget, which takes more samples";
    case LeftOutReason::other_mode:
      return "measure both sides with one --mode";
    case LeftOutReason::other_division:
      return "--division names the one to compare";
    case LeftOutReason::other_origin:
      return "--modelled compares them";
    case LeftOutReason::other_device:
      return "name one device of each run: RUN@DEVICE";
    case LeftOutReason::other_operands:
      return "measure both sides with one version of assay";
    case LeftOutReason::implausible:
    case LeftOutReason::suspect:
      return "measure again on a quiet machine";
  }
  return "";
}

/// "threads: A 1, B 2; driver: A 535, B 550", the most frequent ones first; empty if nothing is.
std::string unlike_text(const CompareTable& table) {
  constexpr std::size_t kShown = 6;
  std::string text;
  std::size_t number = 0;
  for (const results::compare::SideComparison& comparison : table.comparisons) {
    for (const auto& kind : results::compare::unlike_kinds_left_out(table, comparison)) {
      if (number++ < kShown) text += (text.empty() ? "" : "; ") + kind.text;
    }
  }
  if (number > kShown) text += fmt::format("; and {} more", number - kShown);
  return text;
}

}  // namespace

std::string why_nothing_in_common(const CompareTable& table) {
  struct Found {
    std::size_t count = 0;
    std::string detail;
  };
  std::map<LeftOutReason, Found> found;
  for (const results::compare::SideComparison& comparison : table.comparisons) {
    for (const results::compare::LeftOut& one : comparison.left_out) {
      Found& of_reason = found[one.reason];
      if (of_reason.count++ == 0) of_reason.detail = one.detail;
    }
  }
  const auto most = std::ranges::max_element(found, {}, [](const auto& one) {
    return std::pair(one.first != LeftOutReason::no_partner, one.second.count);
  });
  if (most == found.end()) return std::string(next_step(LeftOutReason::no_partner));
  const auto& [reason, of_reason] = *most;
  std::string text = fmt::format(
      "of {}: {} ({}{}{})", results::page::counted(of_reason.count, "record"), meaning(reason),
      name(reason), of_reason.detail.empty() ? "" : ": ", of_reason.detail);
  if (const std::string unlike = unlike_text(table); !unlike.empty()) {
    text += fmt::format(". Measured unlike: {}", unlike);
  }
  return fmt::format("{}. Next: {}", text, next_step(reason));
}

}  // namespace assay::cli::compare

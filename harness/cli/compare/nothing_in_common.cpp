#include "harness/cli/compare/nothing_in_common.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "harness/cli/compare/text.h"
#include "results/page/text.h"

namespace assay::cli::compare {

std::string why_nothing_in_common(const results::compare::CompareTable& table) {
  using results::compare::LeftOutReason;
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
  if (most == found.end()) return "name runs that measured the same problems";
  const auto& [reason, of_reason] = *most;
  return fmt::format("of {}: {} ({}{}{})", results::page::counted(of_reason.count, "record"),
                     left_out_meaning(reason), name(reason), of_reason.detail.empty() ? "" : ": ",
                     of_reason.detail);
}

}  // namespace assay::cli::compare

#include "harness/cli/judged_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace assay::cli {

using results::Record;
using results::Run;

JudgedRecords judged_records(const results::Store& store, std::span<const Run> runs) {
  JudgedRecords out;
  std::string from;
  for (const Run& run : runs) {
    auto records = store.records({.run = run.id});
    std::move(records.begin(), records.end(), std::back_inserter(out.records));
    from += fmt::format("{}run {} of {}", from.empty() ? "" : ", ", run.id.substr(0, 8),
                        run.started.substr(0, 10));
  }
  if (runs.empty()) {
    out.records = store.records({});
    from = "all runs";
  }
  std::stable_sort(out.records.begin(), out.records.end(),
                   [](const Record& a, const Record& b) { return a.started < b.started; });
  out.origin = fmt::format("judged from {} record{} of {}", out.records.size(),
                           out.records.size() == 1 ? "" : "s", from);
  out.modelled = static_cast<std::size_t>(
      std::count_if(out.records.begin(), out.records.end(), results::is_modelled));
  if (out.modelled > 0) {
    out.origin += fmt::format(", {} of them modelled, which decide nothing", out.modelled);
  }
  return out;
}

}  // namespace assay::cli

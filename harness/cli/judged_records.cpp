#include "harness/cli/judged_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "results/page/text.h"

namespace assay::cli {

using results::record::Record;
using results::record::Run;

JudgedRecords judged_records(const results::store::Store& store, std::span<const Run> runs) {
  JudgedRecords out;
  std::string from;
  for (const Run& run : runs) {
    auto records = store.records({.run = run.id});
    std::move(records.begin(), records.end(), std::back_inserter(out.records));
    from += fmt::format("{}run {} of {}", from.empty() ? "" : ", ", run.id.substr(0, 8),
                        run.started.substr(0, 10));
  }
  if (runs.empty()) {
    out.records = store.newest();
    from = "all runs, the newest of each kind";
  }
  std::stable_sort(out.records.begin(), out.records.end(),
                   [](const Record& a, const Record& b) { return a.started < b.started; });
  out.origin =
      fmt::format("judged by {} of {}", results::page::counted(out.records.size(), "record"), from);
  out.modelled = static_cast<std::size_t>(
      std::count_if(out.records.begin(), out.records.end(), results::record::is_modelled));
  if (out.modelled > 0) {
    out.origin += fmt::format(", {} of them modelled (these decide nothing)", out.modelled);
  }
  return out;
}

std::vector<results::claims::ContestTable> contests_answering(
    const results::claims::Catalogue& catalogue, std::span<const results::claims::Verdict> verdicts,
    results::claims::EvidenceIndex& evidence) {
  std::vector<results::claims::ContestTable> tables;
  for (const results::claims::Contest& contest : catalogue.contests) {
    const bool answers = std::any_of(
        verdicts.begin(), verdicts.end(),
        [&](const results::claims::Verdict& verdict) { return verdict.claim == contest.claim; });
    if (!answers) continue;
    tables.push_back(contest_table(catalogue, contest, evidence));
  }
  return tables;
}

}  // namespace assay::cli

#include "harness/cli/judged_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

#include "results/page/text.h"
#include "results/record/listing.h"
#include "results/trust/trust.h"

namespace assay::cli {

using results::record::Record;
using results::record::Run;

namespace {

namespace trust = results::trust;

void count_records(JudgedRecords& out) {
  count(out.records, out.basis);
  if (out.basis.modelled > 0) {
    out.basis.origin +=
        fmt::format(", {} of them modelled (these decide nothing)", out.basis.modelled);
  }
}

void sort_by_time(std::vector<Record>& records) {
  std::ranges::stable_sort(records, {}, &Record::started);
}

/// "run 0d9c1a6e of 2026-11-25", "3 runs of this machine, the newest 0d9c1a6e of 2026-11-25".
std::string runs_text(const std::vector<const Run*>& runs) {
  const std::string newest = fmt::format("{} of {}", results::page::short_id(runs.front()->id),
                                         runs.front()->started.substr(0, 10));
  return runs.size() == 1
             ? "run " + newest
             : fmt::format("{} runs of this machine, the newest {}", runs.size(), newest);
}

/// Whether the record can be used, can refute, and how new it is.
std::tuple<bool, std::string_view> rank(const Record& record) {
  return {trust::trust_of(record).may_decide(), record.started};
}

}  // namespace

JudgedRecords judged_records(const results::store::Store& store, std::span<const Run> runs) {
  JudgedRecords out;
  std::string from;
  for (const Run& run : runs) {
    auto records = store.records({.run = run.id});
    std::move(records.begin(), records.end(), std::back_inserter(out.records));
    from += fmt::format("{}run {} of {}", from.empty() ? "" : ", ", run.id.substr(0, 8),
                        run.started.substr(0, 10));
    out.basis.runs.push_back(run.id);
  }
  if (runs.empty()) {
    out.records = store.newest();
    from = "all runs, the newest of each kind";
  }
  sort_by_time(out.records);
  out.basis.origin =
      fmt::format("judged by {} of {}", results::page::counted(out.records.size(), "record"), from);
  count_records(out);
  return out;
}

JudgedRecords best_records(const results::store::Store& store, const std::string& host) {
  JudgedRecords out;
  const std::vector<Run> all = store.runs();
  std::map<std::string, const Run*> of_host;
  for (const Run& run : all) {
    if (run.host == host) of_host.emplace(run.id, &run);
  }
  if (of_host.empty()) {
    out.basis.origin = fmt::format("nothing was measured on this machine ({})", host);
    return out;
  }
  using Series = std::tuple<std::string, std::string, std::string, results::record::Mode, bool>;
  std::map<Series, Record> best;
  for (Record& record : store.headlines({})) {
    if (!of_host.contains(record.run)) continue;
    if (!results::claims::is_evidence(record) && !is_modelled(record)) continue;
    const Series series = {device_key(record.device), record.problem, record.implementation.name,
                           record.settings.mode, is_modelled(record)};
    const auto [slot, fresh] = best.try_emplace(series);
    if (fresh || rank(slot->second) < rank(record)) slot->second = std::move(record);
  }
  std::set<std::string> used;
  for (const auto& [series, headline] : best) {
    used.insert(headline.run);
    if (auto record = store.record(headline.id)) out.records.push_back(std::move(*record));
  }
  sort_by_time(out.records);
  std::vector<const Run*> runs;
  for (const Run& run : all) {
    if (used.contains(run.id)) runs.push_back(&run);
  }
  for (const Run* run : runs) out.basis.runs.push_back(run->id);
  out.basis.origin =
      runs.empty()
          ? "no verified result of this machine"
          : fmt::format("judged by {} of {}", results::page::counted(out.records.size(), "record"),
                        runs_text(runs));
  count_records(out);
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

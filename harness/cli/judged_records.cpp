#include "harness/cli/judged_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <tuple>

#include "kernels/error.h"
#include "results/page/text.h"
#include "results/record/listing.h"

namespace assay::cli {

using results::record::Record;
using results::record::Run;

namespace {

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
std::string runs_text(const std::vector<Run>& runs) {
  const std::string newest = fmt::format("{} of {}", results::page::short_id(runs.front().id),
                                         runs.front().started.substr(0, 10));
  return runs.size() == 1
             ? "run " + newest
             : fmt::format("{} runs of this machine, the newest {}", runs.size(), newest);
}

/// Adds the other repetitions of the runs that the records are from.
void add_repetitions(const results::store::Store& store, std::vector<Record>& records) {
  using Series =
      std::tuple<std::string, std::string, std::string, results::record::Mode, std::string>;
  const auto series_of = [](const Record& record) {
    return Series(record.run, record.problem, record.implementation.name, record.settings.mode,
                  results::record::device_key(record.device));
  };
  std::set<std::string> ids, runs;
  std::set<Series> wanted;
  for (const Record& record : records) {
    ids.insert(record.id);
    runs.insert(record.run);
    wanted.insert(series_of(record));
  }
  for (const std::string& id : runs) {
    if (store.run(id).plan.find("\"repetition\":1") == std::string::npos) continue;
    for (Record& record : store.records({.run = id})) {
      if (wanted.contains(series_of(record)) && ids.insert(record.id).second) {
        records.push_back(std::move(record));
      }
    }
  }
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
    add_repetitions(store, out.records);
    from = "all runs, the newest of each kind";
  }
  sort_by_time(out.records);
  out.basis.origin =
      fmt::format("judged by {} of {}", results::page::counted(out.records.size(), "record"), from);
  count_records(out);
  return out;
}

bool has_runs(const results::store::Store& store) {
  try {
    store.run("last");
    return true;
  } catch (const InputError&) {
    return false;
  }
}

JudgedRecords best_records(const results::store::Store& store, const std::string& host) {
  JudgedRecords out;
  out.records = store.best_evidence(host);
  if (out.records.empty()) {
    const std::vector<Run> all = store.runs();
    out.basis.origin = std::ranges::find(all, host, &Run::host) == all.end()
                           ? fmt::format("nothing was measured on this machine ({})", host)
                           : "no verified result of this machine";
    return out;
  }
  add_repetitions(store, out.records);
  std::set<std::string> used;
  for (const Record& record : out.records) used.insert(record.run);
  std::vector<Run> runs;
  for (const std::string& id : used) runs.push_back(store.run(id));
  std::ranges::stable_sort(runs, std::greater{}, &Run::started);
  for (const Run& run : runs) out.basis.runs.push_back(run.id);
  out.basis.origin = fmt::format(
      "judged by {} of {}", results::page::counted(out.records.size(), "record"), runs_text(runs));
  count_records(out);
  return out;
}

std::vector<results::claims::ContestTable> contests_answering(
    const results::claims::Catalogue& catalogue, std::span<const results::claims::Verdict> verdicts,
    results::claims::Judge& judge) {
  std::vector<results::claims::ContestTable> tables;
  for (const results::claims::Contest& contest : catalogue.contests) {
    const bool answers = std::any_of(
        verdicts.begin(), verdicts.end(),
        [&](const results::claims::Verdict& verdict) { return verdict.claim == contest.claim; });
    if (!answers) continue;
    tables.push_back(contest_table(catalogue, contest, judge.evidence(), judge.findings()));
  }
  return tables;
}

}  // namespace assay::cli

#include "harness/cli/run/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/cli/progress.h"
#include "harness/cli/run/best.h"
#include "harness/cli/run/plan_text.h"
#include "harness/cli/verb.h"
#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "harness/worker/device_worker.h"
#include "results/page/text.h"
#include "results/record/json_library.h"
#include "results/record/listing.h"
#include "results/trust/beside.h"

namespace assay::cli::run {

using nlohmann::ordered_json;
using results::record::Record;
using results::record::Status;

namespace {

template <class Predicate>
long count(const RunSummary& summary, Predicate predicate) {
  return std::count_if(summary.records.begin(), summary.records.end(), predicate);
}

bool verified(const Record& record) {
  return record.status == Status::ok && !is_modelled(record) &&
         record.check.outcome == kernels::Outcome::right;
}

/// Beyond the error bound of right results in one of its checks.
bool suspicious(const Record& record) {
  return record.status == Status::ok && record.check.outcome == kernels::Outcome::suspicious;
}

bool measured_here(const Record& record) {
  return !is_modelled(record);
}

/// A modelled figure; nothing ran.
bool from_model(const Record& record) {
  return record.status == Status::ok && is_modelled(record);
}

/// Of each record, among those of its run.
std::vector<results::trust::Trust> trusts_of(const RunSummary& summary) {
  results::trust::Beside beside(summary.records);
  std::vector<results::trust::Trust> out;
  for (const Record& record : summary.records) out.push_back(beside.trust_of(record));
  return out;
}

results::trust::DoubtCounts doubts_of(const RunSummary& summary) {
  results::trust::DoubtCounts doubts;
  const auto trusts = trusts_of(summary);
  for (std::size_t i = 0; i < trusts.size(); ++i) doubts.add(summary.records[i], trusts[i]);
  return doubts;
}

/// One line for each measurement whose times cannot be true, with the figures.
std::string implausible_text(const RunSummary& summary) {
  std::string text;
  const auto trusts = trusts_of(summary);
  for (std::size_t i = 0; i < trusts.size(); ++i) {
    for (const results::trust::Doubt& doubt : trusts[i].doubts) {
      if (doubt.fault != results::trust::Fault::implausible) continue;
      const Record& record = summary.records[i];
      text += harness::terminal::wrapped(
          fmt::format("{}  {}  {}: {}", results::record::device_key(record.device),
                      results::record::brief_problem(record.problem), record.implementation.name,
                      doubt.text),
          2);
    }
  }
  return text;
}

std::string list_of(const RunSummary& summary, bool (*predicate)(const Record&)) {
  std::set<std::string> devices;
  for (const Record& record : summary.records)
    devices.insert(results::record::device_key(record.device));
  std::string text;
  for (const Record& record : summary.records) {
    if (predicate(record))
      text += harness::terminal::wrapped(record_line(record, devices.size() > 1), 2);
  }
  return text;
}

}  // namespace

bool failed(const Record& record) {
  return record.status != Status::ok && record.status != Status::unsupported;
}

double launch_share(const RunSummary& summary) {
  double inside = 0, total = 0;
  for (const Record& record : summary.records) {
    if (is_modelled(record)) continue;
    inside += record.phases.launches;
    total += record.phases.total;
  }
  return total > 0 ? inside / total : 0;
}

namespace {

/// What was measured; empty if all devices were modelled.
std::string measured_text(const RunSummary& summary) {
  const long measured = count(summary, measured_here);
  if (measured == 0) return "";
  const long suspect = count(summary, suspicious);
  std::set<std::string> problems;
  for (const Record& record : summary.records) {
    if (measured_here(record)) problems.insert(record.problem);
  }
  return fmt::format("{} of {} in {}: {} verified, {}{} failed, {} doubtful\n",
                     results::page::counted(static_cast<std::size_t>(measured), "measurement"),
                     results::page::counted(problems.size(), "problem"),
                     results::page::duration_text(summary.seconds), count(summary, verified),
                     suspect > 0 ? fmt::format("{} suspicious, ", suspect) : "",
                     count(summary, failed), doubts_of(summary).doubtful);
}

/// What the figures are worth, and the remedy.
std::string trust_text(const RunSummary& summary) {
  const results::trust::DoubtCounts doubts = doubts_of(summary);
  if (doubts.records == 0) return "";
  if (doubts.doubtful > 0) return harness::terminal::wrapped("trust !: " + doubts.text(), 0);
  double widest = 0;
  std::optional<double> ours;
  for (const Record& record : summary.records) {
    if (!verified(record)) continue;
    widest = std::max(widest, record.summary.half_width());
    if (const auto share = record.machine_load.own_cpu_share) {
      ours = std::min(ours.value_or(1), *share);
    }
  }
  return harness::terminal::wrapped(
      fmt::format("trust good: all {} may decide a claim; the widest is ±{}{}", doubts.records,
                  results::page::percent_text(widest),
                  ours ? fmt::format(", and other work took at most {} of the busy CPU time",
                                     results::page::percent_text(1 - *ours))
                       : ""),
      0);
}

}  // namespace

std::string summary_text(const RunSummary& summary) {
  std::string text = measured_text(summary);
  const std::string best = best_text(summary.records, harness::terminal::terminal_width(),
                                     harness::terminal::use_colour());
  if (!best.empty()) text += "\n" + best + "\n";
  if (const long modelled = count(summary, from_model); modelled > 0) {
    text += fmt::format(
        "{} modelled from published figures: nothing ran, and they decide no claim\n", modelled);
  }
  if (const std::string list = list_of(summary, failed); !list.empty()) {
    text += "failed:\n" + list;
  }
  if (const std::string list = implausible_text(summary); !list.empty()) {
    text += "times that cannot be true, which decide nothing:\n" + list;
  }
  text += trust_text(summary) + skipped_text(*summary.plan);
  return text + fmt::format(
                    "run   {}\nstore {}\n"
                    "next  assay show     all figures\n"
                    "      assay check    what is claimed of these devices, and whether it holds\n"
                    "      assay report   one page to hand on\n",
                    summary.run.substr(0, 8), summary.store);
}

namespace {

ordered_json json_of(const std::vector<results::record::Note>& notes) {
  ordered_json out = ordered_json::array();
  for (const results::record::Note& note : notes) {
    out.push_back({{"kind", name(note.kind)}, {"text", note.text}, {"figures", note.figures}});
  }
  return out;
}

ordered_json json_of(const std::optional<double>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

}  // namespace

ordered_json to_json(const RunSummary& summary) {
  ordered_json records = ordered_json::array();
  results::trust::Beside beside(summary.records);
  for (const Record& record : summary.records) {
    records.push_back({{"id", record.id},
                       {"problem", record.problem},
                       {"device", results::record::device_key(record.device)},
                       {"implementation", record.implementation.name},
                       {"mode", name(record.settings.mode)},
                       {"origin", name(record.origin)},
                       {"modelled", is_modelled(record)},
                       {"status", name(record.status)},
                       {"reason", record.reason},
                       {"notes", json_of(record.notes)},
                       {"median_seconds", record.summary.median},
                       {"half_width", record.summary.half_width()},
                       {"target_met", record.target_met},
                       {"trust", to_json(beside.trust_of(record))},
                       {"samples", record.summary.count},
                       {"flop_per_second", results::record::flop_rate(record)},
                       {"bytes_per_second", results::record::byte_rate(record)},
                       {"busbw_bytes_per_second", json_of(bus_rate(record))},
                       {"operands_hash", record.operands_hash}});
  }
  ordered_json skipped = ordered_json::array();
  for (const harness::plan::Skip& skip : summary.plan->skipped) {
    skipped.push_back({{"problem", skip.problem.text()},
                       {"device", skip.device},
                       {"implementation", skip.implementation},
                       {"reason", skip.reason}});
  }
  return {{"run", summary.run},
          {"store", summary.store},
          {"seconds", summary.seconds},
          {"launch_share", launch_share(summary)},
          {"verified", count(summary, verified)},
          {"suspicious", count(summary, suspicious)},
          {"failed", count(summary, failed)},
          {"modelled", count(summary, from_model)},
          {"doubtful", doubts_of(summary).doubtful},
          {"records", records},
          {"skipped", skipped}};
}

int exit_code(const RunSummary& summary) {
  const long bad = count(summary, failed) + count(summary, suspicious);
  if (bad > 0 || !implausible_text(summary).empty()) return kFinding;
  return count(summary, verified) + count(summary, from_model) > 0 ? kDone : kNothingRan;
}

}  // namespace assay::cli::run

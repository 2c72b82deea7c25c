#include "harness/cli/run/plan_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "harness/terminal/wrapped.h"
#include "harness/worker/device_worker.h"
#include "results/page/text.h"
#include "results/record/json_library.h"
#include "results/record/listing.h"

namespace assay::cli::run {

using harness::plan::Plan;
using harness::plan::PlanEntry;
using harness::plan::Skip;
using nlohmann::ordered_json;
using results::record::DeviceIdentity;

namespace {

std::set<kernels::Problem> running_problems(const Plan& plan) {
  std::set<kernels::Problem> problems;
  for (const PlanEntry& entry : plan.entries) problems.insert(entry.problem);
  return problems;
}

double largest_memory(const Plan& plan) {
  double most = 0;
  for (const PlanEntry& entry : plan.entries) {
    most = std::max(most, entry.estimate.host_bytes + entry.estimate.device_bytes);
  }
  return most;
}

std::string heading(const PlanEntry& entry) {
  const std::string label = entry.label.empty() ? "" : entry.label + ": ";
  return harness::terminal::wrapped(label + results::record::brief_problem(entry.problem.text()),
                                    0);
}

}  // namespace

std::string skipped_text(const Plan& plan) {
  const std::set<kernels::Problem> running = running_problems(plan);
  std::map<std::string, std::set<std::string>> reasons;
  for (const Skip& skip : plan.skipped) {
    if (running.contains(skip.problem)) continue;
    const std::string who = skip.implementation.empty() ? skip.device : skip.implementation;
    reasons[results::record::brief_problem(skip.problem.text())].insert(who + ": " + skip.reason);
  }
  // The same reasons usually skip several problems.
  std::map<std::set<std::string>, std::vector<std::string>> problems;
  for (const auto& [problem, all] : reasons) problems[all].push_back(problem);
  std::string text;
  for (const auto& [all, skipped] : problems) {
    for (const std::string& problem : skipped)
      text += harness::terminal::wrapped("skipped: " + problem, 2);
    for (const std::string& reason : all) text += harness::terminal::wrapped(reason, 6);
  }
  return text;
}

namespace {

/// A measurement of the plan and how often it is repeated.
struct PlannedRow {
  const PlanEntry* entry = nullptr;
  std::size_t times = 0;
};

/// Each measurement once, in the order of its first repetition; those of one problem together.
std::vector<std::vector<PlannedRow>> rows_by_problem(const Plan& plan) {
  std::vector<std::vector<PlannedRow>> problems;
  std::map<std::tuple<kernels::Problem, std::string>, std::size_t> places;
  for (const PlanEntry& entry : plan.entries) {
    const auto [place, added] = places.try_emplace({entry.problem, entry.label}, problems.size());
    if (added) problems.emplace_back();
    std::vector<PlannedRow>& rows = problems[place->second];
    const auto same = std::ranges::find_if(rows, [&](const PlannedRow& row) {
      return row.entry->device == entry.device &&
             row.entry->implementation == entry.implementation &&
             row.entry->settings.mode == entry.settings.mode;
    });
    if (same == rows.end()) {
      rows.push_back({&entry, 1});
    } else {
      ++same->times;
    }
  }
  return problems;
}

}  // namespace

std::string plan_text(const Plan& plan, const std::vector<DeviceIdentity>& devices) {
  std::string text;
  for (const std::vector<PlannedRow>& rows : rows_by_problem(plan)) {
    text += heading(*rows.front().entry);
    for (const auto& [entry, times] : rows) {
      text += fmt::format("  {:<8} {:<24} {:<5} {:>9} {:>10}{}\n",
                          results::record::device_key(devices[entry->device]),
                          entry->implementation, name(entry->settings.mode),
                          "~" + results::page::duration_text(entry->estimate.seconds),
                          results::page::bytes_text(entry->estimate.device_bytes),
                          times > 1 ? fmt::format("  {} times", times) : "");
    }
  }
  const std::string skipped = skipped_text(plan);
  if (!skipped.empty()) text += "\n" + skipped;
  if (plan.entries.empty()) return text;
  text += "\n" + harness::terminal::wrapped(
                     fmt::format("{} of {}, about {}, at most {} of memory at once",
                                 results::page::counted(plan.entries.size(), "measurement"),
                                 results::page::counted(running_problems(plan).size(), "problem"),
                                 results::page::duration_text(plan.seconds()),
                                 results::page::bytes_text(largest_memory(plan))),
                     0);
  const auto modelled =
      std::count_if(plan.entries.begin(), plan.entries.end(),
                    [&](const PlanEntry& entry) { return devices[entry.device].modelled; });
  if (modelled > 0) text += fmt::format("{} of them modelled: nothing runs\n", modelled);
  return text;
}

ordered_json to_json(const Plan& plan, const std::vector<DeviceIdentity>& devices) {
  ordered_json entries = ordered_json::array(), skipped = ordered_json::array();
  for (const PlanEntry& entry : plan.entries) {
    entries.push_back({{"problem", entry.problem.text()},
                       {"label", entry.label},
                       {"device", results::record::device_key(devices[entry.device])},
                       {"implementation", entry.implementation},
                       {"division", name(entry.division)},
                       {"modelled", devices[entry.device].modelled},
                       {"mode", name(entry.settings.mode)},
                       {"repetition", entry.repetition},
                       {"target", entry.settings.target},
                       {"budget_seconds", entry.settings.budget_seconds},
                       {"burn_seconds", entry.settings.burn_seconds},
                       {"estimated_seconds", entry.estimate.seconds},
                       {"device_bytes", entry.estimate.device_bytes},
                       {"host_bytes", entry.estimate.host_bytes}});
  }
  for (const Skip& skip : plan.skipped) {
    skipped.push_back({{"problem", skip.problem.text()},
                       {"label", skip.label},
                       {"device", skip.device},
                       {"implementation", skip.implementation},
                       {"reason", skip.reason}});
  }
  return {{"entries", entries},
          {"skipped", skipped},
          {"estimated_seconds", plan.seconds()},
          {"largest_memory_bytes", largest_memory(plan)}};
}

}  // namespace assay::cli::run

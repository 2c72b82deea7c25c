#include "results/regress/regress.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <tuple>

namespace assay::results::regress {

namespace {

FindingState state_of(const HistoryFinding& finding, bool accepted) {
  if (finding.kind == FindingKind::noise) {
    return finding.recovered ? FindingState::quieter_since : FindingState::noisier;
  }
  if (!finding.worse()) return FindingState::improvement;
  if (finding.recovered) return FindingState::recovered;
  return accepted ? FindingState::accepted : FindingState::regression;
}

/// Judges each series separately.
std::vector<std::vector<HistoryFinding>> judged(Regressions& all, const RegressOptions& options) {
  std::vector<std::vector<HistoryFinding>> found(all.series.size());
  all.levels.resize(all.series.size());
  std::mutex mutex;
  std::size_t done = 0;
  tbb::parallel_for(std::size_t{0}, all.series.size(), [&](std::size_t i) {
    JudgedHistory history = judge_history(all.series[i].values(), options.findings);
    found[i] = std::move(history.findings);
    all.levels[i] = std::move(history.levels);
    const std::lock_guard lock(mutex);
    ++done;
    if (options.progress) options.progress(done, all.series.size());
  });
  return found;
}

/// The entry about a finding; a valid one takes precedence over an expired one.
const Accepted* entry_for(const Series& series, const HistoryFinding& finding,
                          const RegressOptions& options) {
  const Accepted* expired = nullptr;
  for (const Accepted& entry : options.accepted) {
    if (!applies_to(entry, series, finding)) continue;
    if (is_valid_on(entry, options.today)) return &entry;
    expired = &entry;
  }
  return expired;
}

}  // namespace

std::string_view name(FindingState state) {
  switch (state) {
    case FindingState::regression:
      return "regression";
    case FindingState::recovered:
      return "recovered";
    case FindingState::accepted:
      return "accepted";
    case FindingState::improvement:
      return "improvement";
    case FindingState::noisier:
      return "noisier";
    case FindingState::quieter_since:
      return "noisier for a time";
  }
  return "";
}

std::size_t Regressions::regressions() const {
  return static_cast<std::size_t>(
      std::ranges::count(findings, FindingState::regression, &ReportedFinding::state));
}

Regressions find_regressions(std::vector<Series> series, const RegressOptions& options,
                             const std::function<std::string(const std::string&)>& environment) {
  Regressions out;
  out.series = std::move(series);
  auto found = judged(out, options);
  std::vector<std::size_t> runs;
  for (const Series& one : out.series) {
    runs.push_back(one.runs.size());
    out.short_series += one.runs.size() < kFewestRuns ? 1 : 0;
  }
  control_false_findings(found, runs, options.false_share);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const Series& one = out.series[i];
    for (const HistoryFinding& finding : found[i]) {
      const std::size_t first = std::min(finding.first, one.runs.size() - 1);
      if (one.runs[first].started < options.since) continue;
      ReportedFinding reported{
          i, finding, FindingState::regression, entry_for(one, finding, options), false, {}};
      reported.expired =
          reported.accepted != nullptr && !is_valid_on(*reported.accepted, options.today);
      reported.state = state_of(finding, reported.accepted != nullptr && !reported.expired);
      const HistoryRun& before = one.runs[first > 0 ? first - 1 : 0];
      const HistoryRun& after = one.runs[first];
      if (environment && before.environment != after.environment) {
        reported.environment = record::environment_changes(environment(before.environment),
                                                           environment(after.environment));
      }
      out.findings.push_back(std::move(reported));
    }
  }
  std::ranges::stable_sort(out.findings, [](const ReportedFinding& a, const ReportedFinding& b) {
    return std::tuple(a.state, -std::abs(a.finding.change.value)) <
           std::tuple(b.state, -std::abs(b.finding.change.value));
  });
  for (const Accepted& entry : options.accepted) {
    const bool used = std::ranges::any_of(
        out.findings, [&](const ReportedFinding& reported) { return reported.accepted == &entry; });
    if (!used) out.unused.push_back(&entry);
  }
  return out;
}

}  // namespace assay::results::regress

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

/// Judges each series on its own.
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

/// The entry that means a finding; one that still holds before one that has expired.
const Accepted* entry_for(const Series& series, const HistoryFinding& finding,
                          const RegressOptions& options) {
  const Accepted* expired = nullptr;
  for (const Accepted& entry : options.accepted) {
    if (!means(entry, series, finding)) continue;
    if (holds_on(entry, options.today)) return &entry;
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
  return static_cast<std::size_t>(std::ranges::count(told, FindingState::regression, &Told::state));
}

Regressions find_regressions(std::vector<Series> series, const RegressOptions& options,
                             const std::function<std::string(const std::string&)>& environment) {
  Regressions out;
  out.series = std::move(series);
  auto found = judged(out, options);
  std::vector<std::size_t> nights;
  for (const Series& one : out.series) {
    nights.push_back(one.nights.size());
    out.short_series += one.nights.size() < kFewestNights ? 1 : 0;
  }
  control_false_findings(found, nights, options.false_share);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const Series& one = out.series[i];
    for (const HistoryFinding& finding : found[i]) {
      const std::size_t first = std::min(finding.first, one.nights.size() - 1);
      if (one.nights[first].started < options.since) continue;
      Told told{i, finding, FindingState::regression, entry_for(one, finding, options), false, {}};
      told.expired = told.accepted != nullptr && !holds_on(*told.accepted, options.today);
      told.state = state_of(finding, told.accepted != nullptr && !told.expired);
      const Night& before = one.nights[first > 0 ? first - 1 : 0];
      const Night& after = one.nights[first];
      if (environment && before.environment != after.environment) {
        told.environment = record::environment_changes(environment(before.environment),
                                                       environment(after.environment));
      }
      out.told.push_back(std::move(told));
    }
  }
  std::ranges::stable_sort(out.told, [](const Told& a, const Told& b) {
    return std::tuple(a.state, -std::abs(a.finding.change.value)) <
           std::tuple(b.state, -std::abs(b.finding.change.value));
  });
  for (const Accepted& entry : options.accepted) {
    const bool used =
        std::ranges::any_of(out.told, [&](const Told& told) { return told.accepted == &entry; });
    if (!used) out.idle.push_back(&entry);
  }
  return out;
}

}  // namespace assay::results::regress

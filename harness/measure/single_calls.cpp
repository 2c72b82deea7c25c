#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "harness/measure/challenge.h"
#include "results/statistics/statistics.h"

namespace assay::harness::measure {
namespace {

using kernels::Outcome;
using results::record::ClockSums;

/// So many calls, and if they take longer than this, fewer; of longer launches the fewest.
constexpr std::size_t kSingles = 24, kFewestSingles = 12, kFewestLong = 2;
constexpr double kShortSeconds = 0.05, kLongCall = 10e-3;
/// Other work disturbs some of them: so many of the quickest count, and more calls are made until
/// these take at most this much longer than a launch and one that leads, which long ones do not
/// need, but not longer than for so many seconds or launches.
constexpr std::size_t kQuickest = 6, kMostSingles = 200;
constexpr double kUndisturbedCall = 60e-6, kSinglesSeconds = 0.5, kLongCalls = 4;
/// What a download of a few bytes takes at most on a device near this processor.
constexpr double kDownload = 2.5e-4;
/// So many of those that count are judged.
constexpr std::size_t kJudgedSingles = 2;

ClockSums sum_of(std::span<const ClockSums> calls) {
  ClockSums out;
  for (const ClockSums& one : calls) {
    out.calls += one.calls;
    out.launches += one.launches;
    out.device += one.device;
    out.host += one.host;
    out.wall += one.wall;
    out.largest_excess = std::max(out.largest_excess, one.largest_excess);
  }
  return out;
}

}  // namespace

Challenges::SingleCall Challenges::single_call() {
  double uploads = 0;
  const bool changes = subject_->inputs_may_change();
  if (!changes) uploads += subject_->overwrite_outputs();
  last_ = changes ? Inputs::replaced : Inputs::original;
  last_count_ = 1;
  uploads += subject_->disturb(last_, random_);
  target_.begin_account();
  timed(1, ASSAY_HOT);
  SingleCall out{target_.account(ASSAY_HOT), 0, nullptr};
  if (out.sums.launches == 0) return out;
  out.way_seconds = out.sums.wall + uploads;
  // A module that knows these calls by their number may put the work off until somebody looks.
  look(last_, false);
  if (changes && !failure_) out.judge = subject_->judge_of_parts();
  // Other work delays repeated downloads too: a single one of them could hide it.
  const double again = parts_.again.size() < results::record::kLeastCalls
                           ? parts_.again.back()
                           : results::statistics::median(parts_.again);
  out.sums.wall += std::max(0.0, parts_.first.back() - again);
  out.way_seconds += std::max(0.0, parts_.first.back() - kDownload);
  return out;
}

ClockSums Challenges::single_calls(double launch_seconds) {
  if (subject_ == nullptr) return {};
  const bool is_long = launch_seconds > kLongCall;
  const double most_seconds = std::max(kSinglesSeconds, kLongCalls * launch_seconds);
  const double usual = launch_seconds + std::min(launch_seconds, kLongCall) + kUndisturbedCall;
  std::vector<SingleCall> calls;
  const auto counted = [&] { return std::clamp<std::size_t>(calls.size() / 2, 1, kQuickest); };
  const auto quickest = [&] {
    std::vector<ClockSums> sums;
    std::ranges::sort(calls, {}, [](const SingleCall& one) { return one.sums.wall; });
    for (const SingleCall& one : std::span(calls).first(counted())) sums.push_back(one.sums);
    return sum_of(sums);
  };
  const double begin = now_();
  const auto are_enough = [&] {
    const double passed = now_() - begin;
    if (calls.size() < kFewestLong) return false;
    if (calls.size() >= kMostSingles || passed > most_seconds) return true;
    if (!is_long && calls.size() < kFewestSingles) return false;
    if (!is_long && calls.size() < kSingles && passed <= kShortSeconds) return false;
    const ClockSums sums = quickest();
    return sums.wall <= static_cast<double>(sums.calls) * usual;
  };
  while (!failure_ && !are_enough()) {
    calls.push_back(single_call());
    if (calls.back().sums.launches == 0) return {};
  }
  if (failure_) return {};
  std::vector<double> ways;
  for (const SingleCall& call : calls) ways.push_back(call.way_seconds);
  std::ranges::sort(ways);
  ways.resize(counted());
  way_seconds_ = std::reduce(ways.begin(), ways.end()) / static_cast<double>(ways.size());
  const ClockSums found = quickest();
  calls.resize(found.calls);
  judge_some(std::move(calls));
  return found;
}

void Challenges::judge_some(std::vector<SingleCall> calls) {
  for (std::size_t i = 0; i < kJudgedSingles && !calls.empty() && !failure_; ++i) {
    std::swap(calls[random_() % calls.size()], calls.back());
    if (calls.back().judge) {
      const kernels::Check check = calls.back().judge();
      if (check.outcome == Outcome::wrong) {
        failure_ = Failure{"of a call of one launch with changed inputs: " + check.where, check};
      } else {
        checks_.push_back(check);
      }
    }
    calls.pop_back();
  }
}

}  // namespace assay::harness::measure

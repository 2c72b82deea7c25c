#include "harness/conformance/scaling.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>

#include "harness/conformance/judgement.h"
#include "harness/measure/clock.h"
#include "kernels/error.h"
#include "kernels/operation.h"
#include "results/statistics/statistics.h"

namespace assay::harness::conformance {
namespace {

using measure::seconds_now;

using kernels::Field;
using kernels::FieldKind;
using kernels::Problem;

/// Target time of a launch on the device: far above the resolution of any event clock and the
/// launch overhead.
constexpr double kLaunchSeconds = 2e-4;
/// On the host, the launch overhead alone can take longer than that (a sleeping thread is woken).
/// From this time on, it no longer matters, even if the device claims to need no time at all.
constexpr double kHostSeconds = 5e-3;
constexpr double kMaximumBytes = 64 << 20;
/// What takes so long has little need of a warm-up.
constexpr double kNoWarmUpSeconds = 0.3;
/// Maximum number of launches per run(); fewer if they take long.
constexpr std::uint32_t kLaunches = 10, kSmallLaunches = 50;
constexpr double kRunSeconds = 0.02;
constexpr std::size_t kRounds = 5, kMaximumRounds = 15;
/// If doubling the work adds less than this share of a launch on the host, the launch overhead
/// hides it.
constexpr double kResolved = 0.25;

/// Time in which this thread was ready to run but had no core.
double seconds_waited() {
  std::ifstream stream("/proc/thread-self/schedstat");
  double ran = 0, waited = 0;
  return stream >> ran >> waited ? waited * 1e-9 : 0;
}

double amount(const kernels::Work& work) {
  return work.flop > 0 ? work.flop : work.bytes;
}

/// The problem with one dimension doubled so that its work doubles: the smallest dimension that the
/// implementation accepts, so that problems keep their shape.
std::optional<Problem> doubled(Subject& subject, const Problem& problem,
                               const std::string& implementation) {
  const kernels::Operation& operation = problem.operation();
  const double before = amount(operation.work(problem));
  std::optional<Problem> best;
  std::int64_t least = 0;
  for (const Field& field : operation.fields) {
    if (field.kind != FieldKind::dimension) continue;
    // More ranks are not more work for this device.
    if (operation.collective != nullptr && field.name == "ranks") continue;
    const std::int64_t size = problem.dimension(field.name);
    if (best && size >= least) continue;
    std::map<std::string, std::string> fields;
    for (const Field& other : operation.fields) {
      fields[std::string(other.name)] = problem.field_text(other.name);
    }
    fields[std::string(field.name)] = std::to_string(2 * size);
    try {
      Problem larger = Problem::make(operation.name, fields);
      const kernels::Work work = operation.work(larger);
      const double ratio = amount(work) / before;
      if (!(ratio > 1.9 && ratio < 2.1) || work.bytes > 2 * kMaximumBytes) continue;
      const auto able = subject.able(larger.text());
      if (std::find(able.begin(), able.end(), implementation) == able.end()) continue;
      best = std::move(larger);
      least = size;
    } catch (const InputError&) {
      // A rule of the operation links this dimension to another one.
    }
  }
  return best;
}

Timed time_launches(Subject& subject, const TestProblem& test_problem, std::uint32_t count) {
  subject.alive(test_problem.problem());
  std::vector<assay_launch> launches(count);
  const double waited = seconds_waited(), begin = seconds_now();
  const assay_status status =
      subject.table().run(test_problem.executable(), count, ASSAY_HOT, launches.data());
  Timed timed;
  timed.elapsed = seconds_now() - begin;
  timed.waited = seconds_waited() - waited;
  timed.count = count;
  if (status != ASSAY_OK)
    throw MissingPrerequisite(fmt::format("launching: {}", subject.words(status)));
  std::vector<double> device;
  for (const assay_launch& launch : launches) {
    device.push_back(launch.device_seconds);
    timed.device_sum += launch.device_seconds;
  }
  timed.device = results::statistics::median(device);
  return timed;
}

std::uint32_t launches_for(const Timed& one, std::uint32_t most) {
  const double fit = kRunSeconds / std::max(one.elapsed_each(), 1e-9);
  return static_cast<std::uint32_t>(std::clamp(fit, 1.0, static_cast<double>(most)));
}

/// The fastest of three launches after warm-up: a launch that lost its core would look too long.
Timed warmed(Subject& subject, const TestProblem& test_problem) {
  const Timed first = time_launches(subject, test_problem, 1);
  if (first.elapsed > kNoWarmUpSeconds) return first;
  Timed quickest = time_launches(subject, test_problem, 1);
  for (int again = 0; again < 2; ++again) {
    const Timed timed = time_launches(subject, test_problem, 1);
    if (timed.elapsed < quickest.elapsed) quickest = timed;
  }
  return quickest;
}

/// Whether the work, not the launch overhead, determines the time of a launch.
bool long_enough(const Timed& timed) {
  return timed.elapsed_each() >= kLaunchSeconds &&
         (timed.device >= kLaunchSeconds || timed.elapsed_each() >= kHostSeconds);
}

/// The problem doubled up to three times, as far as possible.
Problem grown(Subject& subject, Problem problem, const std::string& implementation) {
  for (int times = 0; times < 3; ++times) {
    auto larger = doubled(subject, problem, implementation);
    if (!larger || larger->operation().work(*larger).bytes > kMaximumBytes) break;
    problem = std::move(*larger);
  }
  return problem;
}

/// Whether a verdict against the module is close, which could be the effect of a noisy machine.
bool suspect(const Scaling& scaling) {
  return judge_at_least(time_ratios(scaling), kMinimumTime) == Judgement::broken ||
         judge_at_least(accounted_shares(scaling), kMinimumAccounted) == Judgement::broken;
}

Scaling measure(Subject& subject, const Choice& choice) {
  Problem problem = Problem::parse(choice.problem);
  Scaling scaling;
  scaling.implementation = choice.implementation;
  Timed one;
  {
    const TestProblem small(subject, choice);
    one = warmed(subject, small);
    scaling.small = time_launches(subject, small, launches_for(one, kSmallLaunches));
  }
  while (!long_enough(one)) {
    subject.alive(problem.text());
    const Problem larger = grown(subject, problem, choice.implementation);
    if (larger == problem) break;
    problem = larger;
    one = warmed(subject, TestProblem(subject, {problem.text(), choice.implementation}));
  }
  scaling.once = problem.text();
  const auto larger = doubled(subject, problem, choice.implementation);
  if (!larger) return scaling;
  scaling.twice = larger->text();
  const TestProblem once(subject, {scaling.once, choice.implementation});
  const TestProblem twice(subject, {scaling.twice, choice.implementation});
  warmed(subject, once);
  warmed(subject, twice);
  const std::uint32_t count = launches_for(one, kLaunches);
  while (scaling.rounds.size() < kRounds ||
         (scaling.rounds.size() < kMaximumRounds && suspect(scaling))) {
    subject.alive(scaling.text());
    const Timed first = time_launches(subject, once, count);
    scaling.rounds.push_back({first, time_launches(subject, twice, count)});
  }
  return scaling;
}

}  // namespace

std::vector<double> time_ratios(const Scaling& scaling) {
  std::vector<double> ratios;
  for (const Round& round : scaling.rounds)
    ratios.push_back(round.twice.device / round.once.device);
  return ratios;
}

std::vector<double> accounted_shares(const Scaling& scaling) {
  std::vector<double> shares;
  for (const Round& round : scaling.rounds) {
    const double once = round.once.undisturbed_each();
    const double host = round.twice.undisturbed_each() - once;
    if (host < kResolved * once) continue;
    shares.push_back((round.twice.device - round.once.device) / host);
  }
  if (2 * shares.size() <= scaling.rounds.size()) shares.clear();
  return shares;
}

ScalingResults measure_scalings(Subject& subject, double budget) {
  ScalingResults out;
  const double end = seconds_now() + budget;
  for (const Choice& choice : choices(subject)) {
    const Problem problem = Problem::parse(choice.problem);
    if (!doubled(subject, problem, choice.implementation)) continue;
    if (!out.measured.empty() && seconds_now() > end) {
      ++out.left_out;
      continue;
    }
    out.measured.push_back(measure(subject, choice));
  }
  if (out.measured.empty())
    throw MissingPrerequisite("no implementation has work that grows with a dimension");
  return out;
}

}  // namespace assay::harness::conformance

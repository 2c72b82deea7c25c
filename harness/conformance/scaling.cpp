#include "harness/conformance/pace.h"

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

/// Far above the grain of any event clock, and what a launch costs beside.
constexpr double kLaunchSeconds = 2e-4;
constexpr double kMostBytes = 64 << 20;
/// Launches of one run() at most, fewer where they take long.
constexpr std::uint32_t kLaunches = 10, kSmallLaunches = 50;
constexpr double kRunSeconds = 0.02;
constexpr std::size_t kRounds = 5, kMostRounds = 15;
/// Below this share of a launch, what twice the work adds for the host drowns in what launches
/// cost.
constexpr double kResolved = 0.25;

/// For how long this thread was ready to run, and had no core.
double seconds_waited() {
  std::ifstream stream("/proc/thread-self/schedstat");
  double ran = 0, waited = 0;
  return stream >> ran >> waited ? waited * 1e-9 : 0;
}

double amount(const kernels::Work& work) {
  return work.flop > 0 ? work.flop : work.bytes;
}

/// The problem with one dimension doubled, and so its work; the smallest one that the
/// implementation goes along with, so that problems keep their shape.
std::optional<Problem> doubled(Subject& subject, const Problem& problem,
                               const std::string& implementation) {
  const kernels::Operation& operation = problem.operation();
  const double before = amount(operation.work(problem));
  std::optional<Problem> best;
  std::int64_t least = 0;
  for (const Field& field : operation.fields) {
    if (field.kind != FieldKind::dimension) continue;
    // More devices are no more work for this one.
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
      if (!(ratio > 1.9 && ratio < 2.1) || work.bytes > 2 * kMostBytes) continue;
      const auto able = subject.able(larger.text());
      if (std::find(able.begin(), able.end(), implementation) == able.end()) continue;
      best = std::move(larger);
      least = size;
    } catch (const InputError&) {
      // A rule of the operation ties this dimension to another.
    }
  }
  return best;
}

Timed time_launches(Subject& subject, const Specimen& specimen, std::uint32_t count) {
  std::vector<assay_launch> launches(count);
  const double waited = seconds_waited(), begin = seconds_now();
  const assay_status status =
      subject.table().run(specimen.executable(), count, ASSAY_HOT, launches.data());
  Timed timed;
  timed.elapsed = seconds_now() - begin;
  timed.waited = seconds_waited() - waited;
  timed.count = count;
  if (status != ASSAY_OK) throw Unmet(fmt::format("launching: {}", subject.words(status)));
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

/// A launch when warm, the quickest of three: one that lost its core would look like a long one.
Timed warmed(Subject& subject, const Specimen& specimen) {
  time_launches(subject, specimen, 1);
  Timed quickest = time_launches(subject, specimen, 1);
  for (int again = 0; again < 2; ++again) {
    const Timed timed = time_launches(subject, specimen, 1);
    if (timed.elapsed < quickest.elapsed) quickest = timed;
  }
  return quickest;
}

/// Doubled three times, as far as it goes.
Problem grown(Subject& subject, Problem problem, const std::string& implementation) {
  for (int times = 0; times < 3; ++times) {
    auto larger = doubled(subject, problem, implementation);
    if (!larger || larger->operation().work(*larger).bytes > kMostBytes) break;
    problem = std::move(*larger);
  }
  return problem;
}

/// Whether a verdict against the module is near, which a restless machine could bring about.
bool suspect(const Pace& pace) {
  return rule_at_least(time_ratios(pace), kLeastTime) == Ruling::broken ||
         rule_at_least(accounted_shares(pace), kLeastAccounted) == Ruling::broken;
}

Pace measure(Subject& subject, const Choice& choice) {
  Problem problem = Problem::parse(choice.problem);
  Pace pace;
  pace.implementation = choice.implementation;
  Timed one;
  {
    const Specimen small(subject, choice);
    one = warmed(subject, small);
    pace.small = time_launches(subject, small, launches_for(one, kSmallLaunches));
  }
  while (one.elapsed_each() < kLaunchSeconds) {
    subject.alive(problem.text());
    const Problem larger = grown(subject, problem, choice.implementation);
    if (larger == problem) break;
    problem = larger;
    one = warmed(subject, Specimen(subject, {problem.text(), choice.implementation}));
  }
  pace.once = problem.text();
  const auto larger = doubled(subject, problem, choice.implementation);
  if (!larger) return pace;
  pace.twice = larger->text();
  const Specimen once(subject, {pace.once, choice.implementation});
  const Specimen twice(subject, {pace.twice, choice.implementation});
  warmed(subject, once);
  warmed(subject, twice);
  const std::uint32_t count = launches_for(one, kLaunches);
  while (pace.rounds.size() < kRounds || (pace.rounds.size() < kMostRounds && suspect(pace))) {
    subject.alive(pace.text());
    const Timed first = time_launches(subject, once, count);
    pace.rounds.push_back({first, time_launches(subject, twice, count)});
  }
  return pace;
}

}  // namespace

std::vector<double> time_ratios(const Pace& pace) {
  std::vector<double> ratios;
  for (const Round& round : pace.rounds) ratios.push_back(round.twice.device / round.once.device);
  return ratios;
}

std::vector<double> accounted_shares(const Pace& pace) {
  std::vector<double> shares;
  for (const Round& round : pace.rounds) {
    const double once = round.once.undisturbed_each();
    const double host = round.twice.undisturbed_each() - once;
    if (host < kResolved * once) continue;
    shares.push_back((round.twice.device - round.once.device) / host);
  }
  if (2 * shares.size() <= pace.rounds.size()) shares.clear();
  return shares;
}

Paces measure_paces(Subject& subject, double budget) {
  Paces out;
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
  if (out.measured.empty()) throw Unmet("no implementation's work grows with a dimension");
  return out;
}

}  // namespace assay::harness::conformance

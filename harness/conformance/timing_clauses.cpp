// Clauses about times: they must be plausible. No clause requires a certain speed.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "harness/conformance/judgement.h"
#include "harness/conformance/scaling.h"
#include "harness/conformance/test_problem.h"
#include "harness/measure/clock.h"
#include "results/page/quantity_text.h"

namespace assay::harness::conformance {
namespace {

/// Allowed relative difference between two clocks, and the cost of reading the host's clock in
/// seconds per run.
constexpr double kClockShare = 0.02, kClockGrain = 5e-6;
constexpr const char* kNothingTimed = "modelled: no clock ran";
constexpr double kTimingBudget = 15, kQuickTimingBudget = 2;
constexpr std::uint32_t kLooks = 200, kColdLooks = 8;
/// Fewer launches than kLooks where they take longer together: an emulator is slow, not hung.
constexpr double kLookSeconds = 2;

double energy(Subject& subject) {
  if (subject.table().sensors == nullptr) return NAN;
  assay_sensors reading = ASSAY_SENSORS_ABSENT;
  return subject.table().sensors(subject.device(), &reading) == ASSAY_OK ? reading.energy_joules
                                                                         : NAN;
}

void require_forward(double seconds, const char* what, std::size_t launch, std::uint32_t of) {
  require(std::isfinite(seconds) && seconds > 0,
          fmt::format("{} of launch {} of {} is {}", what, launch + 1, of, seconds));
}

/// How many launches to look at: by the time of the second one, since the first may load code.
std::uint32_t looks(Subject& subject, const TestProblem& test_problem) {
  double seconds = 0;
  for (int launch = 0; launch < 2; ++launch) {
    assay_launch one = {};
    const double begin = measure::seconds_now();
    const assay_status status = subject.table().run(test_problem.executable(), 1, ASSAY_HOT, &one);
    seconds = measure::seconds_now() - begin;
    require(status == ASSAY_OK, subject.words(status));
  }
  const double fit = kLookSeconds / std::max(seconds, 1e-6);
  return static_cast<std::uint32_t>(std::clamp<double>(fit, kColdLooks, kLooks));
}

Finding forward(Subject& subject) {
  const bool modelled = subject.modelled();
  const TestProblem test_problem(subject);
  const double energy_before = energy(subject);
  const std::uint32_t hot = looks(subject, test_problem);
  for (const auto& [mode, count] : {std::pair{ASSAY_HOT, hot}, {ASSAY_COLD, kColdLooks}}) {
    subject.alive(test_problem.problem());
    std::vector<assay_launch> launches(count);
    const double begin = measure::seconds_now();
    const assay_status status =
        subject.table().run(test_problem.executable(), count, mode, launches.data());
    const double elapsed = measure::seconds_now() - begin;
    require(status == ASSAY_OK, subject.words(status));
    for (std::size_t i = 0; i < count; ++i) {
      require_forward(launches[i].device_seconds, "device_seconds", i, count);
      require_forward(launches[i].host_seconds, "host_seconds", i, count);
      require(modelled || launches[i].host_seconds <= elapsed * (1 + kClockShare) + kClockGrain,
              fmt::format(
                  "host_seconds of launch {} of {} is {:.3g}, but all of them together took {:.3g}",
                  i + 1, count, launches[i].host_seconds, elapsed));
    }
  }
  const double energy_after = energy(subject);
  require(!(energy_after < energy_before),
          fmt::format("the energy counter ran from {} back to {}", energy_before, energy_after));
  return {};
}

const ScalingResults& scalings(Subject& subject) {
  return subject.kept<ScalingResults>([&] {
    return measure_scalings(subject, subject.options().quick ? kQuickTimingBudget : kTimingBudget);
  });
}

std::string range_text(std::vector<double> ratios) {
  const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
  return fmt::format("{:.2f} to {:.2f}", *least, *most);
}

std::string left_out_text(const ScalingResults& all) {
  return all.left_out == 0 ? "" : fmt::format(", {} left out for lack of time", all.left_out);
}

/// Judges a ratio for the rounds of every implementation. The clause is broken if it is broken for
/// any implementation.
Finding rule(const ScalingResults& all, double least, const std::string& what,
             const std::function<std::vector<double>(const Scaling&)>& ratios_of) {
  std::vector<double> seen;
  std::size_t unclear = 0;
  for (const Scaling& scaling : all.measured) {
    const std::vector<double> ratios = ratios_of(scaling);
    const Judgement judgement = judge_at_least(ratios, least);
    if (judgement == Judgement::broken) {
      throw Violation(fmt::format("{}, {}, and twice the work: {} {} in all {} rounds",
                                  scaling.once, scaling.implementation, what, range_text(ratios),
                                  ratios.size()));
    }
    if (judgement == Judgement::holds) seen.insert(seen.end(), ratios.begin(), ratios.end());
    unclear += judgement == Judgement::unclear ? 1 : 0;
  }
  const std::size_t told = all.measured.size() - unclear;
  if (told == 0)
    throw Inconclusive(fmt::format("{} implementations, undecided for all of them", unclear));
  return {Verdict::fulfilled,
          fmt::format("{} implementations{}{}: {} {}", told,
                      unclear == 0 ? "" : fmt::format(", {} inconclusive", unclear),
                      left_out_text(all), what, range_text(seen))};
}

Finding more_work(Subject& subject) {
  return rule(scalings(subject), kMinimumTime, "times", time_ratios);
}

/// Reports device times of a run that add up to more than the host's time.
std::string excess(const Timed& timed) {
  if (timed.device_sum <= timed.elapsed * (1 + kClockShare) + kClockGrain) return "";
  return fmt::format("{} launches: {} of the device's time within {} of the host's", timed.count,
                     results::page::duration_text(timed.device_sum),
                     results::page::duration_text(timed.elapsed));
}

Finding within_host(Subject& subject) {
  if (subject.modelled()) return {Verdict::absent, kNothingTimed};
  double most = 0;
  std::size_t runs = 0;
  const auto look = [&](const Timed& timed, const std::string& problem, const Scaling& scaling) {
    const std::string found = excess(timed);
    require(found.empty(), fmt::format("{}, {}: {}", problem, scaling.implementation, found));
    most = std::max(most, timed.device_sum / timed.elapsed);
    ++runs;
  };
  for (const Scaling& scaling : scalings(subject).measured) {
    look(scaling.small, "a small problem", scaling);
    for (const Round& round : scaling.rounds) {
      look(round.once, scaling.once, scaling);
      look(round.twice, scaling.twice, scaling);
    }
  }
  return {Verdict::fulfilled,
          fmt::format("{} runs: at most {} of the host's time{}", runs,
                      results::page::percent_text(most), left_out_text(scalings(subject)))};
}

Finding accounted(Subject& subject) {
  if (subject.modelled()) return {Verdict::absent, kNothingTimed};
  return rule(scalings(subject), kMinimumAccounted, "shares", accounted_shares);
}

/// Calls after an upload, and launches in each of them.
constexpr std::uint32_t kCalls = 5, kLaunchesOfCall = 12;
/// A launch at an end of a call, or a download after one, may take this many times as long as
/// others, plus the time in which threads and clocks wake up.
constexpr double kTimesAsLong = 2, kWakingSeconds = 100e-6;

/// How long one call's launches and the download after it took, in seconds.
struct CallTimes {
  double first = 0, last = 0, median = 0, download = 0, again = 0;

  double most_at_ends() const { return kTimesAsLong * median + kWakingSeconds; }
};

CallTimes time_call(Subject& subject, const TestProblem& test, std::vector<std::byte>& output) {
  assay_buffer* const to = test.buffers().back();
  const auto require_ok = [&](assay_status status) {
    require(status == ASSAY_OK, subject.words(status));
  };
  require_ok(subject.table().upload(subject.device(), to, 0, output.data(), output.size()));
  std::vector<assay_launch> launches(kLaunchesOfCall);
  require_ok(subject.table().run(test.executable(), kLaunchesOfCall, ASSAY_HOT, launches.data()));
  const auto download = [&] {
    const double begin = measure::seconds_now();
    require_ok(subject.table().download(subject.device(), to, 0, output.data(), output.size()));
    return measure::seconds_now() - begin;
  };
  CallTimes out;
  out.download = download();
  out.again = download();
  out.first = launches.front().device_seconds;
  out.last = launches.back().device_seconds;
  std::ranges::nth_element(launches, launches.begin() + kLaunchesOfCall / 2, {},
                           &assay_launch::device_seconds);
  out.median = launches[kLaunchesOfCall / 2].device_seconds;
  return out;
}

/// A difference that all calls show is none of chance.
Finding alike(Subject& subject) {
  if (subject.modelled()) return {Verdict::absent, kNothingTimed};
  const kernels::Problem problem = kernels::Problem::parse("copy n=1048576 type=f32");
  const auto names = subject.able(problem.text());
  if (names.empty()) return {Verdict::absent, "no implementation copies"};
  for (const std::string& name : names) {
    const TestProblem test(subject, Choice{problem.text(), name});
    std::vector<std::byte> output(
        static_cast<std::size_t>(problem.operation().operands(problem).back().bytes()));
    std::vector<CallTimes> calls;
    for (std::uint32_t i = 0; i < kCalls; ++i) {
      subject.alive(name);
      calls.push_back(time_call(subject, test, output));
    }
    // timing.forward tells of such times.
    if (std::ranges::any_of(calls, [](const CallTimes& one) { return !(one.median > 0); })) {
      return {Verdict::absent, "times that are not above zero"};
    }
    const auto every_call = [&](auto differs, const char* what) {
      require(!std::ranges::all_of(calls, differs),
              fmt::format("{}, {}: in all {} calls of {} launches {} took more than {} times as "
                          "long as {}",
                          problem.text(), name, kCalls, kLaunchesOfCall, what, kTimesAsLong,
                          results::page::duration_text(calls.front().median)));
    };
    every_call([](const CallTimes& one) { return one.first > one.most_at_ends(); },
               "the first launch");
    every_call([](const CallTimes& one) { return one.last > one.most_at_ends(); },
               "the last launch");
    every_call(
        [](const CallTimes& one) {
          return one.download - kTimesAsLong * one.again > one.most_at_ends();
        },
        "what the first download did beyond a repeated one");
  }
  return {Verdict::fulfilled, fmt::format("{} implementations", names.size())};
}

}  // namespace

void add_timing_clauses(std::vector<Clause>& clauses) {
  const auto add = [&](const char* name, const char* rule, Finding (*examine)(Subject&)) {
    clauses.push_back({"timing", name, rule, examine});
  };
  add("forward", "no clock or energy counter runs backwards", forward);
  add("host", "device times fit into host time to 2% + 5 µs", within_host);
  add("work", "twice the work takes at least 3/4 of the time", more_work);
  add("alike", "no launch and no download does work of other launches", alike);
  add("accounted", "device accounts for 1/4 of added host time", accounted);
}

}  // namespace assay::harness::conformance

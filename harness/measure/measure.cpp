#include "harness/measure/measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <new>
#include <optional>
#include <span>
#include <thread>

#include "harness/measure/burn.h"
#include "harness/measure/challenge.h"
#include "harness/measure/clock.h"
#include "harness/measure/device_access.h"
#include "harness/measure/device_description.h"
#include "harness/measure/energy.h"
#include "harness/measure/entropy.h"
#include "harness/measure/hot_account.h"
#include "harness/measure/sampler.h"
#include "harness/measure/sensor_log.h"
#include "harness/measure/throttle.h"
#include "results/page/quantity_text.h"
#include "results/record/burn.h"

namespace assay::harness::measure {
namespace {

using results::record::kLeastSampledSeconds;
using results::record::Status;

/// The share of the time budget for judging the result of changed inputs.
constexpr double kJudgingShare = 0.08;

/// Samples are given this multiple of the time without which no target is met, whatever the warm-up
/// took, where the budget is that long.
constexpr double kEnoughToSample = 1.1;

/// FLOP or bytes of a launch, whichever the operation's quoted figure counts.
double counted_work(const Task& task) {
  const kernels::Operation& operation = task.problem.operation();
  return results::record::counted_work(operation.name, operation.work(task.problem));
}

void wait_for(double seconds) {
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

void take_energy(EnergyFound readings, const Target& target, Measurement& out) {
  EnergyFound found = of_the_device(std::move(readings), target.power_scope());
  out.energy = std::move(found.energy);
  out.sensors.power_watts = found.watts;
  if (found.note) out.notes.push_back(*std::move(found.note));
}

/// Repeats the problem back to back in either mode, to keep the device busy.
void burn_problem(Target& target, Challenges& challenges, const Task& task,
                  double seconds_per_launch, std::span<const Reading> before, Measurement& out) {
  const PhaseTimer timer(out.phases.burn);
  challenges.only_parts();
  Burnt burnt = burn(
      task.settings.burn_seconds, seconds_per_launch,
      [&](std::uint32_t count) { return challenges.launch(count, ASSAY_HOT); },
      [&] { return target.read_sensors(); }, wait_for, seconds_now);
  out.course = std::move(burnt.course);
  take_energy(energy_of(before, burnt.window, counted_work(task), accuracy_of(target.vendor())),
              target, out);
  out.phases.launches += burnt.launch_seconds;
  const auto trend = results::record::burn_trend(out.course, out.summary);
  if (trend && trend->faded) {
    out.notes.push_back(
        {results::record::NoteKind::boost_faded,
         fmt::format("boost faded: {} from the first to the second half of the burn",
                     results::page::change_text(trend->change)),
         {{"rate_change", trend->change}, {"burn_seconds", task.settings.burn_seconds}}});
  }
}

/// Warm-up and samples. Reads the sensors alongside and repeats launches at a low clock.
WarmUp time_launches(Target& target, Challenges& challenges, const Task& task,
                     const PhaseObserver& begins, SensorLog& sensors, Measurement& out) {
  // Before the first launch, so that a sensor which never changes becomes visible.
  sensors.read();
  ThrottleGuard guard(
      target.sustained_clock_hz(),
      [&]() -> std::optional<double> {
        return sensors.read() ? judged_clock(sensors.readings().back()) : std::nullopt;
      },
      [&](double seconds) {
        wait_for(seconds);
        // The energy of the pause belongs to no launch.
        sensors.begin_window();
      });
  const assay_mode mode = launch_mode(task.settings.mode);
  const auto guarded = [&](std::uint32_t count, const Launcher& launcher) {
    return guard.run(count, [&](std::uint32_t some) {
      auto launches = launcher(some);
      sensors.count(launches);
      return launches;
    });
  };
  WarmUp warm;
  {
    begins("warm up");
    const PhaseTimer timer(out.phases.warm_up);
    sensors.begin_window();
    const Launcher plain = [&](std::uint32_t count) { return target.launch(count, mode); };
    warm = warm_up(
        task.settings, [&](std::uint32_t count) { return guarded(count, plain); }, seconds_now);
  }
  begins("sample");
  const PhaseTimer timer(out.phases.sample);
  const double budget = task.settings.budget_seconds;
  const double left = std::max({budget - out.phases.warm_up, budget / 2,
                                std::min(budget, kEnoughToSample * kLeastSampledSeconds)});
  const Launcher challenged = [&](std::uint32_t count) { return challenges.launch(count, mode); };
  target.begin_account();
  // Challenges take no part of the samples' time.
  Sampled sampled = sample(
      task.settings, left, warm, [&](std::uint32_t count) { return guarded(count, challenged); },
      [&] { return seconds_now() - challenges.seconds(); }, joined_launches(out.details));
  out.clocks.timed = target.account(mode);
  out.summary = sampled.summary;
  out.warm_up_launches = warm.launches + sampled.unsettled_launches;
  out.steady = sampled.steady;
  out.launches_per_sample = sampled.launches_per_sample;
  out.target_met = sampled.target_met;
  if (sampled.missed) out.notes.push_back(*std::move(sampled.missed));
  out.device_seconds = std::move(sampled.device_seconds);
  out.host_seconds = std::move(sampled.host_seconds);
  out.phases.launches = warm.launch_seconds + sampled.launch_seconds;
  // The timer of this phase cannot know which launches were left out.
  out.phases.warm_up += sampled.unsettled_seconds;
  out.phases.sample -= sampled.unsettled_seconds + challenges.seconds();
  out.phases.verify += challenges.seconds();
  out.sensors = sensors.summary();
  out.throttling = guard.outcome();
  if (auto note = throttling_note(out.throttling)) out.notes.push_back(*std::move(note));
  if (auto note = clock_note(sensors.readings())) out.notes.push_back(*std::move(note));
  if (task.settings.burn_seconds <= 0) {
    const LaunchWindow& window = sensors.window();
    const std::span<const Reading> all = sensors.readings();
    take_energy(energy_of(all.first(all.size() - window.readings.size()), window,
                          counted_work(task), accuracy_of(target.vendor())),
                target, out);
  }
  return warm;
}

void measure_steps(Target& target, const Task& task, const PhaseObserver& begins,
                   Measurement& out) {
  target.prepare(out, begins);
  if (out.status != Status::ok) return;
  SensorLog sensors([&] { return target.read_sensors(); }, seconds_now);
  const double first_verify = out.phases.verify;
  Challenges challenges(target, entropy, seconds_now);
  const WarmUp warm = time_launches(target, challenges, task, begins, sensors, out);
  {
    const PhaseTimer timer(out.phases.verify);
    // Ranks agree on each start, which takes longer than many launches.
    if (task.problem.operation().collective == nullptr) {
      out.clocks.single = challenges.single_calls(out.summary.median);
    }
    challenges.make_up(launch_mode(task.settings.mode));
    out.clocks.hot = hot_account(target, out.summary.median, seconds_now);
  }
  if (task.settings.burn_seconds > 0) {
    begins("burn");
    burn_problem(target, challenges, task, warm.seconds_per_launch, sensors.readings(), out);
  }
  {
    const PhaseTimer timer(out.phases.verify);
    challenges.finish(launch_mode(task.settings.mode), first_verify,
                      kJudgingShare * task.settings.budget_seconds, out);
  }
  if (out.status == Status::ok) target.check(out);
}

}  // namespace

void note_failures(Measurement& out, const std::function<void()>& steps) {
  const double begin = seconds_now();
  try {
    steps();
  } catch (const DeviceFailure& failure) {
    out.status = failure.status();
    out.reason = failure.what();
  } catch (const std::bad_alloc&) {
    out.status = Status::out_of_memory;
    out.reason = "the host has too little memory for the operands";
  } catch (const std::exception& error) {
    out.status = Status::error;
    out.reason = error.what();
  }
  out.phases.total += seconds_now() - begin;
}

Measurement measure(Target& target, const Task& task, const PhaseObserver& begins) {
  Measurement out;
  note_failures(out, [&] { measure_steps(target, task, begins, out); });
  return out;
}

}  // namespace assay::harness::measure

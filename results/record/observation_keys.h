// The keys of what is observed beside the times of a measurement: sensors, phases, clocks, energy,
// challenges and the course of a long one. results/record/keys.h has the others.
#pragma once

#include <concepts>
#include <type_traits>

#include "results/record/codec.h"
#include "results/record/record.h"

namespace assay::results::record {

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Sensors>
void keys(Archive& archive, T& sensors) {
  for (const SensorFigure& figure : kSensorFigures) {
    archive(figure.key, sensors.*figure.value, figure.meaning);
  }
  archive("clock_stood_still", sensors.clock_stood_still,
          "Whether the clock sensor gave one value before and during the launches, so that it does "
          "not show that the device kept its clock");
  archive("throttle", sensors.throttle,
          "Reasons why the device lowered its clock; empty if there are none");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Phases>
void keys(Archive& archive, T& phases) {
  archive("generate", phases.generate, "Generating operands, in seconds");
  archive("upload", phases.upload, "Copying them to the device, in seconds");
  archive("prepare", phases.prepare, "Choosing an algorithm, compiling and packing, in seconds");
  archive("verify", phases.verify, "Computing the reference and comparing, in seconds");
  archive("warm_up", phases.warm_up, "Warming up, in seconds");
  archive("sample", phases.sample, "Sampling, including cache flushes and statistics, in seconds");
  archive("launches", phases.launches,
          "Within warm-up and timed launches, without cache flushes, in seconds");
  archive("total", phases.total, "The whole measurement, in seconds");
  archive("burn", phases.burn, "Repeating the problem after the samples, in seconds");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, ClockSums>
void keys(Archive& archive, T& sums) {
  archive("calls", sums.calls, "Calls of the module, each for one or more launches");
  archive("launches", sums.launches,
          "Launches in these calls; 0 if the measuring process kept no clock of its own");
  archive("device", sums.device, "Their time by the device's clock, in seconds");
  archive("host", sums.host, "Their time by the host's clock as the module tells it, in seconds");
  archive("wall", sums.wall,
          "Time that the calls took by the measuring process's own clock, in seconds");
  archive("largest_excess", sums.largest_excess,
          "Largest excess of the host time over the wall time in one call, in seconds");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Clocks>
void keys(Archive& archive, T& clocks) {
  archive("timed", clocks.timed, "The launches from which the samples were taken");
  archive("hot", clocks.hot, "Launches in a row without cache flushes, made after the samples");
  archive("single", clocks.single,
          "The quickest calls of one launch each without cache flushes, with outputs overwritten "
          "before each");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Energy>
void keys(Archive& archive, T& energy) {
  archive("joules_per_launch", energy.joules_per_launch,
          "Energy per launch, including the time until the next launch, in joules");
  archive("joules_lower", energy.joules_lower,
          "Lower end of its interval at 95%, which contains the sensor's accuracy and period, the "
          "variation of the power, and the time between launches");
  archive("joules_upper", energy.joules_upper, "Upper end of this interval");
  archive("rate_per_watt", energy.rate_per_watt,
          "FLOP/s per watt; bytes/s per watt if the problem has no FLOP");
  archive("source", energy.source,
          {"counter: the device's energy counter; power: power readings over time; empty if there "
           "is neither",
           "^(counter|power)?$"});
  archive("window_seconds", energy.window_seconds,
          "Time over which the energy was measured, in seconds");
  archive("sensor_period_seconds", energy.sensor_period_seconds,
          "Time from one update of the sensor to the next, as its readings show it, in seconds");
  archive("sensor_accuracy", energy.sensor_accuracy,
          "The part of the interval that is the sensor's accuracy, relative to the energy; 0.05 if "
          "its maker documents none");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Throttling>
void keys(Archive& archive, T& throttling) {
  archive("discarded_launches", throttling.discarded_launches,
          "Launches at a low clock that were discarded");
  archive("pauses", throttling.pauses, "Number of pauses made to let the device recover");
  archive("paused_seconds", throttling.paused_seconds, "Total length of the pauses, in seconds");
  archive("kept_launches", throttling.kept_launches,
          "Launches at a low clock after the last pause, which were kept");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Challenges>
void keys(Archive& archive, T& challenges) {
  archive("calls", challenges.calls,
          "Calls of launches before which random parts of the outputs were overwritten, and after "
          "which these parts were looked at; 0 for several ranks, and if nothing was timed");
  archive("changed_calls", challenges.changed_calls,
          "Those of them before which random parts of the inputs were changed, too");
  archive("replaced_calls", challenges.replaced_calls,
          "Those of them before which all elements of an input were moved, too");
  archive("whole_looks", challenges.whole_looks,
          "Calls after which the whole outputs were looked at");
  archive("judged", challenges.judged,
          "Outputs that were compared with the FP64 reference after the first one");
  archive("judged_parts", challenges.judged_parts,
          "Calls with changed inputs of which the parts that were looked at were compared with the "
          "FP64 reference");
  archive("first_seconds", challenges.first_seconds,
          "Lower quartile of the first launches of calls, by the device's clock; null with fewer "
          "than 5");
  archive("first_changed_seconds", challenges.first_changed_seconds,
          "The same of calls with changed inputs");
  archive(
      "first_replaced_seconds", challenges.first_replaced_seconds,
      "The same of calls before which all elements of an input were moved; the least of 2 to 4");
  archive("last_seconds", challenges.last_seconds, "The same of the last launches of calls");
  archive("first_undisturbed_seconds", challenges.first_undisturbed_seconds,
          "The same of the first launches of calls before which nothing was overwritten");
  archive("put_off_seconds", challenges.put_off_seconds,
          "Lower quartile of the time that downloading parts of the outputs took right after "
          "launches, less that of downloading them again; may be below 0");
  archive("whole_put_off_seconds", challenges.whole_put_off_seconds,
          "The least time that downloading whole outputs took right after launches, less three "
          "times the least of downloading them again; null with fewer than 2");
  archive("parts_seconds", challenges.parts_seconds,
          "Lower quartile of the time that downloading parts of the outputs took right after "
          "launches");
  archive("whole_seconds", challenges.whole_seconds,
          "The least time that downloading whole outputs took right after launches, with the "
          "original or with other inputs, whichever is longer; null with fewer than 2");
  archive("whole_bytes", challenges.whole_bytes, "Bytes of such a download");
  archive("way_seconds", challenges.way_seconds,
          "The whole way of a launch in a call of its own, by the measuring process's clock: "
          "uploading changed operands, the call, and downloading parts of outputs, less what "
          "sending so many bytes takes; the mean of the quickest");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, CourseSecond>
void keys(Archive& archive, T& second) {
  archive("seconds", second.seconds,
          "Length of this part in seconds; about 1, or more if single launches take longer");
  archive("launches", second.launches, "Number of launches in it");
  archive("launch_seconds", second.launch_seconds,
          "Total time of these launches by the device's own clock, in seconds");
  for (const CourseFigure& figure : kCourseFigures) {
    archive(figure.key, second.*figure.value, figure.meaning);
  }
  archive("throttle", second.throttle,
          "Reasons why the device lowered its clock; empty if there are none");
}

}  // namespace assay::results::record

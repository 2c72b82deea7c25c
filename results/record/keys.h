// The keys of a record's JSON form, once for writing, reading and the published schema, in the
// order in which they are written.
#pragma once

#include <concepts>
#include <type_traits>

#include "results/record/codec.h"
#include "results/record/record.h"

namespace assay::results::record {

template <>
struct Names<kernels::Outcome> {
  static constexpr kernels::Outcome all[] = {kernels::Outcome::right, kernels::Outcome::suspicious,
                                             kernels::Outcome::wrong, kernels::Outcome::unchecked};
};
template <>
struct Names<kernels::DataType> {
  static constexpr auto all = kernels::kDataTypes;
};

inline constexpr const char* kUuidPattern =
    "^[0-9a-f]{8}-[0-9a-f]{4}-[48][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";
inline constexpr const char* kMomentPattern =
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$";
inline constexpr const char* kSha256Pattern = "^([0-9a-f]{64})?$";
inline constexpr const char* kHashPattern = "^[0-9a-f]*$";

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, DeviceIdentity>
void keys(Archive& archive, T& device) {
  archive("backend", device.backend, "Name of the backend: cpu, opencl, ...");
  archive("index", device.index, "Number of the device within its backend");
  archive("name", device.name, "Name of the device's model");
  archive("vendor", device.vendor, "Who made it");
  archive("kind", device.kind, "cpu, gpu, npu, ...");
  archive("unique_id", device.unique_id, "Serial number or UUID of this very device");
  archive("bus_id", device.bus_id, "Address on its bus");
  archive("driver", device.driver, "Name and version of the driver");
  archive("types", device.types, "Element types that it computes with, separated by spaces");
  archive("memory_bytes", device.memory_bytes, "Size of its memory, in bytes");
  archive("cache_bytes", device.cache_bytes, "Size of its last-level cache, in bytes");
  archive("compute_units", device.compute_units, "Cores, streaming multiprocessors, AI cores");
  archive("clock_hz", device.clock_hz, "Nominal clock, in hertz");
  archive("modelled", device.modelled,
          "A pretended device, made of published figures: nothing runs on it. True whatever the "
          "origin, an import's too");
  archive("properties", device.properties, "Whatever else it tells, name to text");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, ImplementationIdentity>
void keys(Archive& archive, T& implementation) {
  archive("name", implementation.name, "Division and name: library/onednn");
  archive("division", implementation.division, "How the implementation came about");
  archive("details", implementation.details,
          "What the backend chose: algorithm, threads, packing, source hash; name to text");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Settings>
void keys(Archive& archive, T& settings) {
  archive("mode", settings.mode, "The state of the caches");
  archive("target", settings.target,
          "Half-width of the median's interval to reach, relative to the median");
  archive("budget_seconds", settings.budget_seconds,
          "Time for warm-up and samples together, in seconds");
  archive("confidence", settings.confidence,
          {"Confidence asked of the median's interval, from 0 to 1", nullptr, 1});
  archive("minimum_samples", settings.minimum_samples, "Samples to take at the least");
  archive("order_seed", settings.order_seed, "Seed with which the run's order was shuffled");
  archive("burn_seconds", settings.burn_seconds,
          "Time for which the problem is repeated after the samples, in seconds; 0: not at all");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, kernels::Work>
void keys(Archive& archive, T& work) {
  archive("flop", work.flop, "Useful floating-point or integer operations, a multiply-add as two");
  archive("bytes", work.bytes, "Compulsory traffic, each operand once, in bytes");
  archive("type", work.type, "Operand type whose arithmetic peak bounds the rate");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, statistics::Interval>
void keys(Archive& archive, T& interval) {
  archive("lower", interval.lower, "Lower bound, in seconds");
  archive("upper", interval.upper, "Upper bound, in seconds");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, statistics::Summary>
void keys(Archive& archive, T& summary) {
  archive("count", summary.count, "Number of samples");
  archive("median", summary.median, "Median, in seconds");
  archive("interval", summary.interval,
          "Interval that holds the true median with the confidence below");
  archive(
      "confidence", summary.confidence,
      {"Confidence that the interval reaches, from 0 to 1; below the asked where samples are few",
       nullptr, 1});
  archive("mean", summary.mean, "Arithmetic mean, in seconds");
  archive("standard_deviation", summary.standard_deviation,
          "Standard deviation, with n - 1, in seconds");
  archive("minimum", summary.minimum, "Shortest, in seconds");
  archive("maximum", summary.maximum, "Longest, in seconds");
  archive("percentile_5", summary.percentile_5, "5th percentile, in seconds");
  archive("percentile_95", summary.percentile_95, "95th percentile, in seconds");
  archive("effective_count", summary.effective_count,
          "Independent samples that the correlated ones are worth");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, kernels::Check>
void keys(Archive& archive, T& check) {
  archive("outcome", check.outcome,
          "right: within the probabilistic error bound; suspicious: beyond it, within the "
          "worst-case bound; wrong: beyond that, unwritten, not finite, or not bit-exact where "
          "that is owed; unchecked: the device is modelled, so nothing ran that could be checked");
  archive("method", check.method, "How it was checked; empty where it was not");
  archive("worst", check.worst,
          "Largest error as a multiple of the accepted bound; null where it is not finite");
  archive("where", check.where, "Place of the worst or first wrong element; empty when right");
  archive("elements", check.elements, "Output elements compared one by one with the reference");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Sensors>
void keys(Archive& archive, T& sensors) {
  archive("power_watts", sensors.power_watts, "Mean power, in watts");
  archive("energy_joules", sensors.energy_joules, "Energy, in joules");
  archive("clock_hz_minimum", sensors.clock_hz_minimum, "Lowest clock, in hertz");
  archive("clock_hz_median", sensors.clock_hz_median, "Median clock, in hertz");
  archive("memory_clock_hz_median", sensors.memory_clock_hz_median,
          "Median clock of the memory, in hertz");
  archive("temperature_celsius_maximum", sensors.temperature_celsius_maximum,
          "Highest temperature, in degrees Celsius");
  archive("throttle", sensors.throttle,
          "Reasons for which the device lowered its clock; empty where none");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Phases>
void keys(Archive& archive, T& phases) {
  archive("generate", phases.generate, "Making operands, in seconds");
  archive("upload", phases.upload, "Copying them to the device, in seconds");
  archive("prepare", phases.prepare, "Choosing, compiling and packing, in seconds");
  archive("verify", phases.verify, "Computing the reference and comparing, in seconds");
  archive("warm_up", phases.warm_up, "Warming up, in seconds");
  archive("sample", phases.sample, "Sampling, cache flushes and statistics included, in seconds");
  archive("launches", phases.launches,
          "Inside warm-up and timed launches alone, cache flushes left out, in seconds");
  archive("total", phases.total, "All of it, in seconds");
  archive("burn", phases.burn, "Repeating the problem after the samples, in seconds");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Energy>
void keys(Archive& archive, T& energy) {
  archive("joules_per_launch", energy.joules_per_launch,
          "Energy of a launch with what passes until the next, in joules");
  archive("rate_per_watt", energy.rate_per_watt,
          "FLOP/s per watt; bytes/s per watt where the problem has no FLOP");
  archive("source", energy.source,
          {"counter: of energy; power: readings over time; empty where there is none",
           "^(counter|power)?$"});
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Throttling>
void keys(Archive& archive, T& throttling) {
  archive("discarded_launches", throttling.discarded_launches,
          "Launches at such a clock that do not count");
  archive("pauses", throttling.pauses, "Pauses made to let the device recover");
  archive("paused_seconds", throttling.paused_seconds, "Their length together, in seconds");
  archive("kept_launches", throttling.kept_launches,
          "Launches at such a clock after the last pause, which count");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, CourseSecond>
void keys(Archive& archive, T& second) {
  archive("seconds", second.seconds, "Its length, in seconds; longer where single launches are");
  archive("launches", second.launches, "Launches in it");
  archive("launch_seconds", second.launch_seconds,
          "Inside them, by the device's own clock, in seconds");
  archive("clock_hz", second.clock_hz, "Mean clock, in hertz");
  archive("power_watts", second.power_watts, "Mean power, in watts");
  archive("temperature_celsius", second.temperature_celsius,
          "Highest temperature, in degrees Celsius");
  archive("throttle", second.throttle,
          "Reasons for which the device lowered its clock; empty where none");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, ImportedFrom>
void keys(Archive& archive, T& from) {
  archive("format", from.format, "Name of the format: google-benchmark, nccl-tests, ...");
  archive("file", from.file, "The file's name, without folders");
  archive("sha256", from.sha256, {"Of the file, hexadecimal", kSha256Pattern});
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Note>
void keys(Archive& archive, T& note) {
  archive("kind", note.kind, "What it is about");
  archive("text", note.text, "The same in words, for people");
  archive("figures", note.figures,
          "Its numbers by name, with the unit in the name: half_width, samples, seconds");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, MachineLoad>
void keys(Archive& archive, T& load) {
  archive("psi_cpu_some", load.psi_cpu_some,
          "Share of the time, from 0 to 1, in which at least one task waited for a CPU");
  archive("psi_memory_some", load.psi_memory_some, "The same for memory");
  archive("psi_io_some", load.psi_io_some, "The same for disks");
  archive("steal_share", load.steal_share,
          "Share of all CPUs' time that the hypervisor gave to other machines");
  archive("idle_share", load.idle_share, "Share of all CPUs' time without work");
  archive(
      "own_cpu_share", load.own_cpu_share,
      "Of the time in which the machine's CPUs worked, the share that the measuring process used");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Record>
void keys(Archive& archive, T& record) {
  archive("schema", record.schema,
          "Version of this schema. Any change of keys or meanings raises it.");
  archive("id", record.id,
          {"UUID, version 4, of this record; version 8 where it was derived from an imported file "
           "that gives none",
           kUuidPattern});
  archive("run", record.run,
          {"UUID, version 4 or 8 likewise, of the run it belongs to", kUuidPattern});
  archive(
      "started", record.started,
      {"Moment at which the measurement began: UTC, ISO 8601, to the millisecond", kMomentPattern});
  archive("origin", record.origin,
          "Where the figure comes from. A modelled record neither ranks, nor supports a claim, nor "
          "serves as a baseline or a ceiling");
  archive("imported_from", record.imported_from,
          "The file that an imported record came from; all empty where it was measured here");
  archive("status", record.status,
          "Anything but ok neither ranks, nor supports a claim, nor serves as a baseline");
  archive("reason", record.reason, "Why the status is not ok; empty where it is ok");
  archive("notes", record.notes,
          "What else is worth knowing of the measurement, such as a target that was missed; none "
          "of it changes the status");
  archive("problem", record.problem,
          {"Canonical text of the problem. Two records are comparable when these are equal, and "
           "only then",
           "."});
  archive("operation", record.operation,
          {"The problem's operation: matmul, attention, copy, ...", "."});
  archive("device", record.device,
          "The device, as its backend describes it; a text is empty and a number 0 where it does "
          "not tell");
  archive("implementation", record.implementation, "How the problem was solved");
  archive("settings", record.settings, "How it was to be measured");
  archive("work", record.work, "What one launch must do");
  archive("device_seconds", record.device_seconds,
          "Time of each timed launch by the device's own clock, in order, in seconds");
  archive("host_seconds", record.host_seconds,
          "The same by the host's clock, with what it takes to launch and to wait, in seconds");
  archive("warm_up_launches", record.warm_up_launches, "Launches before the first timed one");
  archive("steady", record.steady, "Whether warm-up ended because times had settled");
  archive("target_met", record.target_met,
          "Whether the median's interval became as narrow as asked");
  archive("summary", record.summary,
          "Statistics of device_seconds; all 0 where nothing was timed. Of a modelled record: no "
          "samples, its one figure as the median, the rest null");
  archive("check", record.check, "Comparison of the output with the FP64 reference, before timing");
  archive("output_hash", record.output_hash,
          {"Of the verified output, hexadecimal; empty where there is none. FNV-1a 64 over 64-bit "
           "words: see kernels/hash.h",
           kHashPattern});
  archive("operands_hash", record.operands_hash,
          {"The same of the inputs, as the device gave them back before the first launch: equal "
           "wherever the problem is equal, whatever the device",
           kHashPattern});
  archive(
      "sensors", record.sensors,
      "Readings of the record's device during the measurement, which of a collective is that of "
      "rank 0 alone; null where the device does not tell");
  archive(
      "energy", record.energy,
      "What a launch costs on the record's device, which of a collective is that of rank 0 alone; "
      "from its burn or from samples that followed each other closely; null where the device "
      "tells neither energy nor power");
  archive("throttling", record.throttling,
          "What was done about a clock below 0.75 of the device's highest");
  archive("course", record.course, "The burn, about a second each; empty where there was none");
  archive("phases", record.phases, "Where the wall time of the measurement went, in seconds");
  archive("machine_load", record.machine_load,
          "How busy the machine was during the measurement; null where it does not tell");
  archive(
      "environment", record.environment,
      {"SHA-256 of the environment's canonical JSON, hexadecimal; empty where it was not captured",
       kSha256Pattern});
}

}  // namespace assay::results::record

// The keys of a record's JSON form, in the order in which they are written. Writing, reading and
// the published schema all use these definitions.
#pragma once

#include <concepts>
#include <type_traits>

#include "results/record/codec.h"
#include "results/record/observation_keys.h"
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
  archive("name", device.name, "Model name of the device");
  archive("vendor", device.vendor, "Manufacturer of the device");
  archive("kind", device.kind, "Kind of device: cpu, gpu, npu, ...");
  archive("unique_id", device.unique_id, "Serial number or UUID of this individual device");
  archive("bus_id", device.bus_id, "Address on the bus");
  archive("driver", device.driver, "Name and version of the driver");
  archive("types", device.types,
          "Element types that the device computes with, separated by spaces");
  archive("memory_bytes", device.memory_bytes, "Size of the device's memory, in bytes");
  archive("cache_bytes", device.cache_bytes, "Size of the last-level cache, in bytes");
  archive("compute_units", device.compute_units,
          "Number of cores, streaming multiprocessors or AI cores");
  archive("clock_hz", device.clock_hz, "Nominal clock, in hertz");
  archive("modelled", device.modelled,
          "Whether the device is a model made of published figures, on which nothing runs. Stays "
          "true when the record is imported");
  archive("properties", device.properties, "Other properties that the device reports, by name");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, ImplementationIdentity>
void keys(Archive& archive, T& implementation) {
  archive("name", implementation.name, "Division and name: library/onednn");
  archive("division", implementation.division,
          "Who wrote the implementation and how general it is");
  archive("details", implementation.details,
          "The backend's choices by name: algorithm, threads, packing, source hash");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Settings>
void keys(Archive& archive, T& settings) {
  archive("mode", settings.mode, "State of the caches before each launch");
  archive("target", settings.target,
          "Requested half-width of the median's interval, relative to the median");
  archive("budget_seconds", settings.budget_seconds,
          "Time limit for warm-up and samples together, in seconds");
  archive("confidence", settings.confidence,
          {"Requested confidence of the median's interval, from 0 to 1", nullptr, 1});
  archive("minimum_samples", settings.minimum_samples, "Minimum number of samples");
  archive("order_seed", settings.order_seed, "Seed that shuffled the order of the run");
  archive("burn_seconds", settings.burn_seconds,
          "How long the problem is repeated after the samples, in seconds; 0: no burn");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, kernels::Work>
void keys(Archive& archive, T& work) {
  archive("flop", work.flop,
          "Useful floating-point or integer operations; a multiply-add counts as two");
  archive("bytes", work.bytes, "Compulsory traffic in bytes; each operand counts once");
  archive("type", work.type, "Operand type whose arithmetic peak limits the rate");
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
          "Interval that contains the true median with the confidence of the next key");
  archive(
      "confidence", summary.confidence,
      {"Confidence that the interval reaches, from 0 to 1; lower than requested if samples are few",
       nullptr, 1});
  archive("mean", summary.mean, "Arithmetic mean, in seconds");
  archive("standard_deviation", summary.standard_deviation,
          "Standard deviation (divisor n - 1), in seconds");
  archive("minimum", summary.minimum, "Shortest sample, in seconds");
  archive("maximum", summary.maximum, "Longest sample, in seconds");
  archive("percentile_5", summary.percentile_5, "5th percentile, in seconds");
  archive("percentile_95", summary.percentile_95, "95th percentile, in seconds");
  archive("effective_count", summary.effective_count,
          "Number of independent samples with the same information as these correlated ones");
  archive("tick", summary.tick,
          "Step of the clock that gave the times, in seconds; half of it is the least half-width");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, kernels::Check>
void keys(Archive& archive, T& check) {
  archive("outcome", check.outcome,
          "right: within the probabilistic error bound; suspicious: beyond it, which "
          "right kernels never were; wrong: far beyond it, unwritten, not finite, or not bit-exact "
          "although the problem requires it; unchecked: the device is modelled, so nothing ran "
          "that could be checked");
  archive("method", check.method, "How the output was checked; empty if it was not");
  archive("worst", check.worst,
          "Largest error as a multiple of the accepted bound; null if it is not finite");
  archive("where", check.where,
          "Position of the worst or first wrong element; empty if the output is right");
  archive("elements", check.elements,
          "Number of output elements compared one by one with the reference");
  archive(
      "seed", check.seed,
      "Drew the probe vectors and sampled rows, after the outputs had been downloaded; 0 if there "
      "was no check");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, ImportedFrom>
void keys(Archive& archive, T& from) {
  archive("format", from.format, "Name of the format: google-benchmark, nccl-tests, ...");
  archive("file", from.file, "The file's name, without folders");
  archive("sha256", from.sha256, {"SHA-256 of the file, hexadecimal", kSha256Pattern});
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Note>
void keys(Archive& archive, T& note) {
  archive("kind", note.kind, "Subject of the note");
  archive("text", note.text, "The note as text for people");
  archive("figures", note.figures,
          "The note's numbers by name; the name contains the unit: half_width, samples, seconds");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, MachineLoad>
void keys(Archive& archive, T& load) {
  archive("psi_cpu_some", load.psi_cpu_some,
          "Share of the time, from 0 to 1, in which at least one task waited for a CPU");
  archive("psi_memory_some", load.psi_memory_some, "The same for memory");
  archive("psi_io_some", load.psi_io_some, "The same for disks");
  archive("steal_share", load.steal_share,
          "Share of all CPU time that the hypervisor gave to other machines");
  archive("idle_share", load.idle_share, "Share of all CPU time without work");
  archive("own_cpu_share", load.own_cpu_share,
          "Share of the machine's busy CPU time that the measuring process used");
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Record>
void keys(Archive& archive, T& record) {
  archive(
      "schema", record.schema,
      "Version of this schema. Every further key increases it; a record has the keys of its own.");
  // A further key raises kRecordSchema (record.h), and has `.since_schema(kRecordSchema)`.
  archive("id", record.id,
          {"UUID of this record: version 4, or version 8 if it was derived from an imported file "
           "that contains no id",
           kUuidPattern});
  archive("run", record.run,
          {"UUID of the run that the record belongs to, version 4 or 8 as for id", kUuidPattern});
  archive(
      "started", record.started,
      {"Time at which the measurement began: UTC, ISO 8601, to the millisecond", kMomentPattern});
  archive("origin", record.origin,
          "Where the figure comes from. A modelled record does not rank, does not support a claim "
          "and does not serve as a baseline or a ceiling");
  archive("imported_from", record.imported_from,
          "The file that an imported record came from; all empty if it was measured here");
  archive("status", record.status,
          "A record with another status than ok does not rank, does not support a claim and does "
          "not serve as a baseline");
  archive("reason", record.reason, "Why the status is not ok; empty if it is ok");
  archive("notes", record.notes,
          "Further information about the measurement, for example that it missed its target; notes "
          "do not change the status");
  archive("problem", record.problem,
          {"Canonical text of the problem. Two records are comparable if and only if these texts "
           "are equal",
           "."});
  archive("operation", record.operation,
          {"The problem's operation: matmul, attention, copy, ...", "."});
  archive("device", record.device,
          "The device as its backend describes it; a text is empty and a number is 0 if the "
          "backend does not report it");
  archive("implementation", record.implementation, "How the problem was solved");
  archive("settings", record.settings, "Settings of the measurement");
  archive(
      "repetition", record.repetition,
      "Number of this measurement among the repetitions of its run, from 0; each repetition has "
      "processes of its own");
  archive("work", record.work, "Work of one launch");
  archive("device_seconds", record.device_seconds,
          "Time of each timed launch by the device's own clock, in order, in seconds");
  archive(
      "host_seconds", record.host_seconds,
      "Time of each timed launch by the host's clock, including launching and waiting, in seconds");
  archive("launches_per_sample", record.launches_per_sample,
          "Number of launches whose mean time is one sample; above 1 for very short launches");
  archive("warm_up_launches", record.warm_up_launches, "Launches before the first timed one");
  archive("steady", record.steady, "Whether the times had settled before the first sample");
  archive("target_met", record.target_met,
          "Whether the median's interval became as narrow as requested");
  archive("summary", record.summary,
          "Statistics of device_seconds; all 0 if nothing was timed. A modelled record has no "
          "samples: its one figure is the median, and the other statistics are null");
  archive("check", record.check, "Comparison of the output with the FP64 reference, before timing");
  archive("output_hash", record.output_hash,
          {"Hash of the verified output, hexadecimal; empty if there is none. FNV-1a 64 over "
           "64-bit words: see kernels/hash.h",
           kHashPattern});
  archive("operands_hash", record.operands_hash,
          {"The same hash of the inputs, read back from the device before the first launch. Equal "
           "problems have equal hashes on every device",
           kHashPattern});
  archive("sensors", record.sensors,
          "Sensor readings of the device during the measurement; for a collective, of rank 0's "
          "device only; null if the device does not report them");
  archive("energy", record.energy,
          "Energy of a launch on the device (for a collective, on rank 0's device only), from the "
          "burn or from samples that followed each other closely for long enough; null if the "
          "device reports neither energy nor power, or if a note says why there is none");
  archive(
      "throttling", record.throttling,
      "Launches at a clock below 0.75 of the device's highest clock, and the pauses made for them");
  archive(
      "challenges", record.challenges,
      "Launches among the timed ones whose results were looked at, with outputs and inputs that "
      "were overwritten at moments drawn from the system's entropy");
  archive("course", record.course,
          "The burn in parts of about a second each; empty if there was none");
  archive("phases", record.phases, "Where the wall time of the measurement went, in seconds");
  archive("clocks", record.clocks,
          "The launches by three clocks, which must agree: the device's, the host's as the module "
          "tells it, and the measuring process's own");
  archive(
      "machine_load", record.machine_load,
      "How busy the machine was during the measurement; null if the machine does not report it");
  archive("environment", record.environment,
          {"SHA-256 of the environment's canonical JSON, hexadecimal; empty if it was not captured",
           kSha256Pattern});
  if constexpr (requires { archive.derived("", ""); }) {
    archive.derived("trust",
                    "How far the measurement may be trusted, as far as a program told it that "
                    "printed the record: `trusted`, and `doubts` with `fault`, `text` and "
                    "`figures`. It follows from the other keys and is not read");
  }
}

}  // namespace assay::results::record

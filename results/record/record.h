// One Measurement in its Environment: what was run, where, how, what came out. Immutable once
// stored; the JSON form is published in results/schema/record.schema.json.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/operation.h"
#include "results/record/enums.h"
#include "results/statistics/statistics.h"

namespace assay::results::record {

inline constexpr int kRecordSchema = 1;

using Properties = std::map<std::string, std::string>;

struct DeviceIdentity {
  std::string backend;  ///< "cpu"
  std::uint32_t index = 0;
  std::string name, vendor, kind, unique_id, bus_id, driver, types;
  std::uint64_t memory_bytes = 0;
  std::uint64_t cache_bytes = 0;
  std::uint32_t compute_units = 0;
  double clock_hz = 0;
  Properties properties;
  /// A pretended device: nothing runs on it. Unlike Record::origin it stays true of an imported
  /// record.
  bool modelled = false;
};

struct ImplementationIdentity {
  std::string name;  ///< "library/onednn"
  Division division = Division::unknown;
  Properties details;  ///< what the backend chose: algorithm, threads, packing, source hash
};

struct Settings {
  Mode mode = Mode::cold;
  double target = 0.01;       ///< relative half-width of the median's interval to reach
  double budget_seconds = 2;  ///< for warm-up and samples together
  double confidence = 0.95;
  std::uint32_t minimum_samples = 10;
  std::uint64_t order_seed = 1;  ///< of the run's shuffled plan
  double burn_seconds = 0;       ///< for which the problem is repeated after the samples; 0: not
};

/// Sensor readings during the measurement; absent where the device does not tell. Of a collective,
/// those of the device of rank 0.
struct Sensors {
  std::optional<double> power_watts, energy_joules, clock_hz_minimum, clock_hz_median,
      memory_clock_hz_median, temperature_celsius_maximum;
  std::string throttle;
};

/// What a launch costs; absent where the device tells neither energy nor power, or where launches
/// did not follow each other closely.
struct Energy {
  std::optional<double> joules_per_launch;
  /// FLOP/s per watt, equal to FLOP per joule; of bytes where the problem has no FLOP.
  std::optional<double> rate_per_watt;
  std::string source;  ///< "counter" of energy, or "power" over time; empty where absent
};

/// What was done about a device whose clock had fallen below 0.75 of its highest.
struct Throttling {
  std::uint32_t discarded_launches = 0, pauses = 0;
  double paused_seconds = 0;
  std::uint32_t kept_launches = 0;  ///< at such a clock, after the last pause
};

/// About a second of a burn.
struct CourseSecond {
  double seconds = 0;                           ///< its length; longer where single launches are
  double launches = 0;                          ///< in it
  double launch_seconds = 0;                    ///< inside them, by the device's clock
  std::optional<double> clock_hz, power_watts;  ///< means
  std::optional<double> temperature_celsius;    ///< highest
  std::string throttle;                         ///< reasons; empty where none
};

/// Where the wall time of one measurement went, in seconds.
struct Phases {
  double generate = 0, upload = 0, prepare = 0, verify = 0, warm_up = 0, sample = 0;
  double launches = 0;  ///< inside warm-up and timed launches alone, cache flushes left out
  double total = 0;
  double burn = 0;
};

/// Where an imported record came from; all empty where it was measured here.
struct ImportedFrom {
  std::string format;  ///< "google-benchmark"
  std::string file;    ///< its name, without folders
  std::string sha256;  ///< of the file
};

/// What else is worth knowing of a measurement; unlike Record::reason it does not change the
/// status.
struct Note {
  NoteKind kind = NoteKind::target_missed;
  std::string text;                       ///< for people
  std::map<std::string, double> figures;  ///< by name, with the unit in the name: "seconds"
};

/// How busy the machine was during the measurement: shares from 0 to 1, absent where the machine
/// does not tell. It changes by the minute and is therefore not part of the environment.
struct MachineLoad {
  /// Of the wall time: how long at least one task waited for a CPU, for memory, for disks (Linux'
  /// pressure stall information).
  std::optional<double> psi_cpu_some, psi_memory_some, psi_io_some;
  std::optional<double> steal_share;  ///< of all CPUs' time, given to other machines
  std::optional<double> idle_share;   ///< of all CPUs' time, without work
  /// Of the time in which the machine's CPUs worked, what the measuring process used: near 1 on a
  /// quiet machine.
  std::optional<double> own_cpu_share;
};

struct Record {
  int schema = kRecordSchema;
  std::string id;       ///< UUIDv4; UUIDv8 where it was derived from a file that gives none
  std::string run;      ///< UUIDv4 of the run
  std::string started;  ///< UTC, ISO 8601, to the millisecond
  Origin origin = Origin::measured;
  ImportedFrom imported_from;
  Status status = Status::ok;
  std::string reason;  ///< why the status is not `ok`, with a hint where there is one; else empty
  std::vector<Note> notes;
  std::string problem;  ///< canonical text
  std::string operation;
  DeviceIdentity device;
  ImplementationIdentity implementation;
  Settings settings;
  kernels::Work work;
  std::vector<double> device_seconds;  ///< one a timed launch, in order
  std::vector<double> host_seconds;
  std::uint32_t warm_up_launches = 0;
  bool steady = false;  ///< warm-up ended because times settled
  bool target_met = false;
  statistics::Summary summary;  ///< of device_seconds; of a model, which has none, summary_of_model
  kernels::Check check;
  /// Of the verified output, hexadecimal: combined_hash of the outputs' array_hash
  /// (kernels/hash.h).
  std::string output_hash;
  /// The same of the inputs, as the device gave them back before the first launch: equal wherever
  /// the problem is equal.
  std::string operands_hash;
  Sensors sensors;
  Energy energy;
  Throttling throttling;
  std::vector<CourseSecond> course;  ///< of the burn
  Phases phases;
  MachineLoad machine_load;
  std::string environment;  ///< SHA-256 of the environment's canonical JSON
};

/// Whether the figure comes from a model and not from a launch. Such a record neither ranks, nor is
/// evidence, nor a ceiling, nor part of any statistic, and whatever shows it says so.
bool is_modelled(const Record& record);

/// Whether the record was imported from a file that says nothing of right and wrong.
bool is_unverified(const Record& record);

/// Rates at the median; 0 where nothing was timed.
double flop_rate(const Record& record);
double byte_rate(const Record& record);
/// Of a collective, what crosses a link: byte_rate() is nccl-tests' algbw, this its busbw. None for
/// other operations.
std::optional<double> bus_rate(const Record& record);
/// What is quoted of an operation. Of one that is not known here (imported): operations where the
/// work has any, else bytes.
kernels::Figure figure_of(std::string_view operation, const kernels::Work& work);
kernels::Figure figure_of(const Record& record);
/// The amount of work that the figure counts in one launch: FLOP or bytes; bytes for a time.
double counted_work(std::string_view operation, const kernels::Work& work);
/// What limits its rate, and which roof of the device it measures; arithmetic and none where the
/// operation is not known.
kernels::Roof roof_of(const Record& record);
std::optional<kernels::Roof> measured_roof(const Record& record);
/// FLOP per byte of compulsory traffic.
double intensity(const Record& record);

/// The notes in words, one after the other; empty where there are none.
std::string notes_text(const Record& record);

/// JSON text (one object, keys in the schema's order), and back. from_json throws InputError that
/// names the key, or the schema where it is another one than kRecordSchema.
std::string to_json(const Record& record, int indent = -1);
/// Appends what to_json() gives. Without samples, device_seconds and host_seconds are left empty,
/// as a store keeps them elsewhere.
enum class Samples { all, none };
void append_text(std::string& out, const Record& record, Samples samples);
Record record_from_json(std::string_view text);

/// The invocation a record belongs to.
struct Run {
  std::string id;
  std::string started, ended;  ///< UTC, ISO 8601; `ended` empty while running or interrupted
  std::string suite;           ///< name, or "" for single problems
  std::string command;         ///< as typed
  std::string host;
  std::string assay_version;
  std::string plan;         ///< JSON array of {problem, device, implementation, mode}, in order
  std::string environment;  ///< SHA-256 as in Record
};

}  // namespace assay::results::record

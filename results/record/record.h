// One Measurement in its Environment: what ran, where and how, and the result. Records do not
// change after they are stored. The JSON form is published in results/schema/record.schema.json.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/operation.h"
#include "results/record/challenges.h"
#include "results/record/enums.h"
#include "results/record/sensors.h"
#include "results/statistics/statistics.h"

namespace assay::results::record {

/// Raised whenever a key is added. Records of earlier schemas stay readable: a key says since which
/// schema it is there (codec.h), and keys are not removed and do not change their meaning.
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
  /// A modelled device: nothing runs on it. Unlike Record::origin, this stays true for an imported
  /// record.
  bool modelled = false;
};

struct ImplementationIdentity {
  std::string name;  ///< "library/onednn"
  Division division = Division::unknown;
  Properties details;  ///< the backend's choices: algorithm, threads, packing, source hash
};

/// What must stand behind a met target: launches over this many seconds, because times can drift
/// slowly, and this many independent samples, because a correlation cannot be seen in fewer.
inline constexpr double kLeastSampledSeconds = 0.5;
inline constexpr double kLeastEffectiveCount = 30;

struct Settings {
  Mode mode = Mode::cold;
  double target = 0.01;       ///< relative half-width of the median's interval to reach
  double budget_seconds = 2;  ///< for warm-up and samples together
  double confidence = 0.95;
  std::uint32_t minimum_samples = 10;
  std::uint64_t order_seed = 1;  ///< seed of the run's shuffled plan
  double burn_seconds = 0;       ///< how long the problem is repeated after the samples; 0: no burn
};

/// Energy per launch. Absent if the device reports neither energy nor power, if launches did not
/// follow each other closely, or if they did not last long enough for the sensor; a note of the
/// record says which.
struct Energy {
  std::optional<double> joules_per_launch;
  /// Contains the energy of a launch at 95%: the sensor's accuracy and period, the variation of the
  /// power, and the time between launches.
  std::optional<double> joules_lower, joules_upper;
  /// FLOP/s per watt, which equals FLOP per joule; bytes/s per watt if the problem has no FLOP.
  std::optional<double> rate_per_watt;
  std::string source;  ///< "counter" (energy) or "power" (readings over time); empty if absent
  std::optional<double> window_seconds;         ///< time over which the energy was measured
  std::optional<double> sensor_period_seconds;  ///< from one update of the sensor to the next
  std::optional<double> sensor_accuracy;        ///< its relative part of the interval

  /// max(upper - value, value - lower) / value; absent if there is no energy.
  std::optional<double> half_width() const;
};

/// Launches while the device's clock was below 0.75 of its highest clock.
struct Throttling {
  std::uint32_t discarded_launches = 0, pauses = 0;
  double paused_seconds = 0;
  std::uint32_t kept_launches = 0;  ///< at such a clock after the last pause
};

/// Where the wall time of one measurement went, in seconds.
struct Phases {
  double generate = 0, upload = 0, prepare = 0, verify = 0, warm_up = 0, sample = 0;
  double launches = 0;  ///< time within warm-up and timed launches, without cache flushes
  double total = 0;
  double burn = 0;
};

/// Launches of one kind by three clocks, in seconds: the device's own and the host's, as the module
/// tells them, and the measuring process's own around each call of the module.
struct ClockSums {
  std::uint64_t calls = 0;     ///< of the module, each for one or more launches
  std::uint64_t launches = 0;  ///< 0 if the measuring process did not keep its clock
  double device = 0, host = 0, wall = 0;
  double largest_excess =
      0;  ///< of the host time that the module told over the wall time of a call
};

struct Clocks {
  ClockSums timed;  ///< the launches from which the samples were taken
  /// Launches in a row without cache flushes after the samples, for which the module must account
  /// in full.
  ClockSums hot;
  /// The quickest of calls of one launch each, before each of which the outputs were overwritten.
  ClockSums single;
};

/// Where an imported record came from; all empty if it was measured here.
struct ImportedFrom {
  std::string format;  ///< "google-benchmark"
  std::string file;    ///< its name, without folders
  std::string sha256;  ///< of the file's bytes
};

/// Further information about a measurement. Unlike Record::reason, it does not explain a status
/// other than ok.
struct Note {
  NoteKind kind = NoteKind::target_missed;
  std::string text;                       ///< for people
  std::map<std::string, double> figures;  ///< by name; the name contains the unit: "seconds"
};

/// How busy the machine was during the measurement: shares from 0 to 1, absent if the machine does
/// not report them or the measurement was too short for them. They change by the minute and are
/// therefore not part of the environment.
struct MachineLoad {
  /// Share of the wall time in which at least one task waited for a CPU, for memory or for disks
  /// (Linux pressure stall information).
  std::optional<double> psi_cpu_some, psi_memory_some, psi_io_some;
  std::optional<double>
      steal_share;  ///< share of all CPU time that the hypervisor gave to other machines
  std::optional<double> idle_share;  ///< share of all CPU time without work
  /// Share of the machine's busy CPU time that the measuring process used: near 1 on a quiet
  /// machine.
  std::optional<double> own_cpu_share;
};

struct Record {
  int schema = kRecordSchema;
  std::string id;       ///< UUIDv4; UUIDv8 if derived from an imported file without ids
  std::string run;      ///< UUIDv4 of the run
  std::string started;  ///< UTC, ISO 8601, to the millisecond
  Origin origin = Origin::measured;
  ImportedFrom imported_from;
  Status status = Status::ok;
  std::string reason;  ///< why the status is not `ok`, with a hint if there is one; else empty
  std::vector<Note> notes;
  std::string problem;  ///< canonical text
  std::string operation;
  DeviceIdentity device;
  ImplementationIdentity implementation;
  Settings settings;
  /// Number of this measurement among the repetitions of its run, from 0. Each repetition has
  /// processes of its own.
  std::uint32_t repetition = 0;
  kernels::Work work;
  std::vector<double> device_seconds;     ///< the samples: seconds of a launch, in order
  std::vector<double> host_seconds;       ///< the same by the host's clock
  std::uint32_t launches_per_sample = 1;  ///< above 1, a sample is the mean of that many launches
  std::uint32_t warm_up_launches = 0;
  bool steady = false;  ///< the times had settled before the first sample
  bool target_met = false;
  statistics::Summary summary;  ///< of device_seconds; for a model, summary_of_model()
  kernels::Check check;
  /// Hash of the verified output in hexadecimal: combined_hash of the outputs' array_hash
  /// (kernels/hash.h).
  std::string output_hash;
  /// The same hash of the inputs, read back from the device before the first launch. Equal problems
  /// have equal hashes.
  std::string operands_hash;
  Sensors sensors;
  Energy energy;
  Throttling throttling;
  Challenges challenges;
  std::vector<CourseSecond> course;  ///< the burn, second by second
  Phases phases;
  Clocks clocks;
  MachineLoad machine_load;
  std::string environment;  ///< SHA-256 of the environment's canonical JSON
};

/// Whether the figure comes from a model and not from a launch. Such a record does not rank, is no
/// evidence, no ceiling and not part of any statistic, and every view marks it as modelled.
bool is_modelled(const Record& record);

/// Whether a record can support or refute a claim: measured here, status ok, output right, by the
/// vendor's best routine or one tuned for the device. A modelled record cannot: its figures follow
/// from the published ones that a claim is about.
bool is_evidence(const Record& record);

/// Whether the record was imported from a file that does not say whether results were verified.
bool is_unverified(const Record& record);

/// Rates at the median time; 0 if nothing was timed, or if the operation's figure is a time
/// (launch).
double flop_rate(const Record& record);
double byte_rate(const Record& record);
/// The rate that every view quotes for the record, by figure_of(): FLOP/s or B/s; 0 for a time.
double quoted_rate(const Record& record);
/// For a collective, the rate on a link: byte_rate() is the algbw of nccl-tests, and this is its
/// busbw. nullopt for other operations.
std::optional<double> bus_rate(const Record& record);
/// The figure that is quoted for an operation. For an unknown (imported) operation: FLOP/s if the
/// work has any FLOP, else B/s.
kernels::Figure figure_of(std::string_view operation, const kernels::Work& work);
kernels::Figure figure_of(const Record& record);
/// The work per launch that the figure counts: FLOP or bytes. Bytes if the figure is a time.
double counted_work(std::string_view operation, const kernels::Work& work);
/// The roof that limits the record's rate, and the roof of the device that the operation measures.
/// For an unknown operation: arithmetic, and none.
kernels::Roof roof_of(const Record& record);
std::optional<kernels::Roof> measured_roof(const Record& record);
/// The interval of Energy::rate_per_watt; absent if there is no energy.
std::optional<statistics::Interval> rate_per_watt_interval(const Record& record);
/// FLOP per byte of compulsory traffic.
double intensity(const Record& record);

/// The texts of all notes, one after another; empty if there are none.
std::string notes_text(const Record& record);

/// JSON text (one object, the keys of the record's schema in their order), and back.
/// record_from_json throws InputError that names the key, or the schema number if it is above
/// kRecordSchema.
std::string to_json(const Record& record, int indent = -1);
/// Appends the text of to_json(). With Samples::none, device_seconds and host_seconds are empty
/// arrays; a store keeps the samples in columns of their own.
enum class Samples { all, none };
void append_text(std::string& out, const Record& record, Samples samples);
Record record_from_json(std::string_view text);

/// The invocation of the program that a record belongs to.
struct Run {
  std::string id;
  std::string started, ended;  ///< UTC, ISO 8601; `ended` is empty while running or if interrupted
  std::string suite;           ///< name; empty for single problems
  std::string command;         ///< as typed
  std::string host;
  std::string assay_version;
  std::string plan;         ///< JSON array of {problem, device, implementation, mode}, in order
  std::string environment;  ///< SHA-256 as in Record
};

}  // namespace assay::results::record

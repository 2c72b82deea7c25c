// What the parent and its workers say to each other: one JSON object a line, whose one key is the
// kind of the message, {"launch":{"count":5,"mode":"hot"}}. Each request is answered once; before
// that answer a worker may tell the phase it is in. A line that is no request is answered with
// Failed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "backends/assay_backend.h"
#include "harness/measure/device_description.h"
#include "harness/measure/task.h"
#include "kernels/error.h"
#include "results/record/record.h"

namespace assay::harness::worker {

// Requests.

/// Which implementations solve the problem? Answered with Offers.
struct Implementations {
  static constexpr const char* kKind = "implementations";
  kernels::Problem problem;
};
/// Measure all of it. Answered with Measured.
struct Measure {
  static constexpr const char* kKind = "measure";
  measure::Task task;
};
/// Prepare and verify, for Launch and Check to come; what was prepared before is dropped. Answered
/// with Measured: what is known so far.
struct Hold {
  static constexpr const char* kKind = "hold";
  measure::Task task;
};
/// Launch what is held. Answered with Launches.
struct Launch {
  static constexpr const char* kKind = "launch";
  std::uint32_t count = 0;
  results::record::Mode mode = results::record::Mode::cold;
};
/// Read the sensors of the device that holds something. Answered with SensorReading.
struct ReadSensors {
  static constexpr const char* kKind = "read_sensors";
};
/// Compare the output of the last launch with the verified one. Answered with Measured: what this
/// check found, and nothing else.
struct Check {
  static constexpr const char* kKind = "check";
};
/// What do other ranks need to find this device? Answered with UniqueId.
struct GetUniqueId {
  static constexpr const char* kKind = "get_unique_id";
};
/// Become a rank. Answered with Joined, when all have joined.
struct Join {
  static constexpr const char* kKind = "join";
  std::vector<std::byte> id;
  std::uint32_t ranks = 0, rank = 0;
};
/// Leave the other ranks, and end. Answered with Left.
struct Leave {
  static constexpr const char* kKind = "leave";
};
using Request = std::variant<Implementations, Measure, Hold, Launch, ReadSensors, Check,
                             GetUniqueId, Join, Leave>;

// Answers.

/// The device is open; said once, before any request.
struct Ready {
  static constexpr const char* kKind = "ready";
};
struct Phase {
  static constexpr const char* kKind = "phase";
  std::string name;  ///< "warm up"
};
struct Offers {
  static constexpr const char* kKind = "offers";
  std::vector<measure::Offer> offers;
};
struct Measured {
  static constexpr const char* kKind = "measured";
  measure::Measurement measurement;
};
struct Launches {
  static constexpr const char* kKind = "launches";
  std::vector<double> device_seconds, host_seconds;  ///< of each launch
};
struct SensorReading {
  static constexpr const char* kKind = "sensor_reading";
  bool present = false;  ///< false: the device has no sensors
  measure::Reading reading;
};
struct UniqueId {
  static constexpr const char* kKind = "unique_id";
  std::vector<std::byte> id;
};
struct Joined {
  static constexpr const char* kKind = "joined";
  results::record::DeviceIdentity device;
};
struct Left {
  static constexpr const char* kKind = "left";
};
/// What a module found when it looked for its devices.
struct ModuleReport {
  static constexpr const char* kKind = "probed";
  std::string name, path, version, description;
  std::string summary, hint;
  results::record::Properties details;
  std::vector<results::record::DeviceIdentity> devices;
  /// Why the module could not be asked: it is damaged, crashed or hung. Empty where it answered.
  std::string failure;
  bool pretends = false;                       ///< makes pretended devices of published systems
  std::map<std::string, std::string> refused;  ///< of those it was to pretend: why not, by id
  /// Environment variables that it and its libraries read: names, or beginnings followed by `*`.
  std::vector<std::string> environment_variables;
};
struct Failed {
  static constexpr const char* kKind = "failed";
  std::string reason, hint;
  bool device_lost = false;  ///< the worker ends itself
};
using Answer = std::variant<Ready, Phase, Offers, Measured, Launches, SensorReading, UniqueId,
                            Joined, Left, ModuleReport, Failed>;

std::string line_of(const Request& request);
std::string line_of(const Answer& answer);
/// Throw InputError for a line that is no message of these.
Request request_in(std::string_view line);
Answer answer_in(std::string_view line);

Failed failed(const Error& error);
std::vector<assay_launch> launches_in(const Launches& launches);
Launches launches_of(const std::vector<assay_launch>& launches);

/// A report as JSON text, for a person's programs.
std::string json_of(const ModuleReport& report);

/// Bytes as two digits each, and back; throws Error where they are none.
std::string hex(const std::vector<std::byte>& bytes);
std::vector<std::byte> from_hex(const std::string& digits);

}  // namespace assay::harness::worker

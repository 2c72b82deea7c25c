// The messages between the parent and its workers: one JSON object per line with a single key, the
// kind of the message: {"launch":{"count":5,"mode":"hot"}}. Each request has one answer; before it,
// a worker may send Phase messages. The answer to a line that is not a request is Failed. A request
// may begin with a number, which its answer and phases then repeat: 7 {"launch":…}.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
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

/// Asks which implementations can solve the problem. The answer is Offers.
struct Implementations {
  static constexpr const char* kKind = "implementations";
  kernels::Problem problem;
};
/// Asks for a complete measurement. The answer is Measured.
struct Measure {
  static constexpr const char* kKind = "measure";
  measure::Task task;
};
/// Asks to prepare and verify a task for later Launch and Check requests; releases what was
/// prepared before. The answer is Measured with the results so far.
struct Prepare {
  static constexpr const char* kKind = "prepare";
  measure::Task task;
};
/// Asks to launch the prepared task. The answer is Launches.
struct Launch {
  static constexpr const char* kKind = "launch";
  std::uint32_t count = 0;
  results::record::Mode mode = results::record::Mode::cold;
};
/// Asks to read the sensors of the device with the prepared task. The answer is SensorReading.
struct ReadSensors {
  static constexpr const char* kKind = "read_sensors";
};
/// Asks to compare the output of the last launch with the verified one. The answer is Measured with
/// only the result of this check.
struct Check {
  static constexpr const char* kKind = "check";
};
/// Asks for the bytes that other ranks need to find this device. The answer is UniqueId.
struct GetUniqueId {
  static constexpr const char* kKind = "get_unique_id";
};
/// Asks to join the other ranks. The answer is Joined, sent when all have joined.
struct Join {
  static constexpr const char* kKind = "join";
  std::vector<std::byte> id;
  std::uint32_t ranks = 0, rank = 0;
};
/// Asks to leave the other ranks and end. The answer is Left.
struct Leave {
  static constexpr const char* kKind = "leave";
};
using Request = std::variant<Implementations, Measure, Prepare, Launch, ReadSensors, Check,
                             GetUniqueId, Join, Leave>;

// Answers.

/// The device is open; sent once, before any request.
struct Ready {
  static constexpr const char* kKind = "ready";
  results::record::DeviceIdentity device;
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
  std::string problem, implementation;  ///< what was measured, prepared or checked
  measure::Measurement measurement;
};
struct Launches {
  static constexpr const char* kKind = "launches";
  std::vector<double> device_seconds, host_seconds;  ///< one per launch
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
/// The result of probing a module for devices.
struct ModuleReport {
  static constexpr const char* kKind = "probed";
  std::string name, path, version, description;
  std::string summary, hint;
  results::record::Properties details;
  std::vector<results::record::DeviceIdentity> devices;
  /// Why the module did not answer: it is damaged, crashed or hung. Empty if it answered.
  std::string failure;
  bool pretends = false;  ///< can create modelled devices from published systems
  std::map<std::string, std::string> refused;  ///< systems that it cannot model: the reason by id
  /// Environment variables that it and its libraries read: names, or prefixes followed by `*`.
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
/// These throw InputError if the line is not such a message.
Request request_in(std::string_view line);
Answer answer_in(std::string_view line);

/// The line with the number before it, if there is one.
std::string numbered(std::optional<std::uint64_t> number, const std::string& line);
/// Removes the number from the beginning of a line; nullopt if there is none.
std::optional<std::uint64_t> take_number(std::string& line);

Failed failed(const Error& error);
std::vector<assay_launch> launches_in(const Launches& launches);
Launches launches_of(const std::vector<assay_launch>& launches);

/// A report as JSON text, for the user's programs.
std::string json_of(const ModuleReport& report);

/// Bytes as two hexadecimal digits each, and back; from_hex throws Error for other texts.
std::string hex(const std::vector<std::byte>& bytes);
std::vector<std::byte> from_hex(const std::string& digits);

}  // namespace assay::harness::worker

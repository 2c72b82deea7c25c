// The messages between the parent and its workers: one JSON object per line with a single key, the
// kind of the message: {"launch":{"count":5,"mode":"hot"}}. Each request has one answer. The answer
// to a line that is not a request is Failed. A request may begin with a number, which its answer
// then repeats: 7 {"launch":…}.
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
#include "harness/measure/device_access.h"
#include "harness/measure/device_description.h"
#include "harness/measure/reading.h"
#include "harness/measure/task.h"
#include "harness/worker/published.h"
#include "kernels/error.h"
#include "results/record/record.h"

namespace assay::harness::worker {

// Requests.

/// Asks which implementations can solve the problem. The answer is Offers.
struct Implementations {
  static constexpr const char* kKind = "implementations";
  kernels::Problem problem;
};
/// Asks for the figure of a modelled device. The answer is Measured.
struct Model {
  static constexpr const char* kKind = "model";
  measure::Task task;
};
/// Asks for buffers for the operands of a problem; releases those from before and what was
/// prepared. Two descriptors come with it: the memory of the inputs, which can only be read, and
/// that of the outputs. Both have the layout of measure::layout_of(). The answer is Done.
struct Allocate {
  static constexpr const char* kKind = "allocate";
  kernels::Problem problem;
};
/// Asks to upload the inputs from the shared memory and to read them back. The answer is Uploaded.
struct UploadInputs {
  static constexpr const char* kKind = "upload_inputs";
};
/// Asks to upload parts of operands from the shared memory. The answer is Done.
struct Upload {
  static constexpr const char* kKind = "upload";
  std::vector<measure::OperandPart> parts;
};
/// Asks to download parts of outputs to the shared memory. The answer is Done.
struct Download {
  static constexpr const char* kKind = "download";
  std::vector<measure::OperandPart> parts;
};
/// Asks to prepare the task with the allocated buffers. The answer is Done.
struct Prepare {
  static constexpr const char* kKind = "prepare";
  measure::Task task;
};
/// Asks for the choices of the prepared implementation. The answer is Details.
struct Describe {
  static constexpr const char* kKind = "describe";
};
/// Asks to release what was prepared, and the buffers. The answer is Done.
struct Release {
  static constexpr const char* kKind = "release";
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
using Request =
    std::variant<Implementations, Model, Allocate, UploadInputs, Upload, Download, Prepare,
                 Describe, Release, Launch, ReadSensors, GetUniqueId, Join, Leave>;

// Answers.

/// The device is open; sent once, before any request.
struct Ready {
  static constexpr const char* kKind = "ready";
  results::record::DeviceIdentity device;
};
/// What was asked for has been done.
struct Done {
  static constexpr const char* kKind = "done";
};
/// The hash of the inputs that were read back.
struct Uploaded {
  static constexpr const char* kKind = "uploaded";
  std::uint64_t hash = 0;
};
struct Details {
  static constexpr const char* kKind = "details";
  results::record::Properties details;
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
  /// What a measurement that needed the answer ends with.
  results::record::Status status = results::record::Status::error;
};
using Answer = std::variant<Ready, Done, Uploaded, Details, Offers, Measured, Launches,
                            SensorReading, UniqueId, Joined, Left, ModuleReport, Failed>;

/// How a worker starts: the first line that it is sent, as JSON. Its keys are in message_keys.h.
struct WorkerOptions {
  std::string module;  ///< path of the module's file
  bool probe = false;  ///< only probe for devices, report them and end
  std::uint32_t device = 0;
  unsigned threads = 0;              ///< host threads that the device may use; 0: all
  bool tune = false;                 ///< try several parameters of kernels that have them
  std::vector<Published> pretended;  ///< systems that the module is to model
};

std::string json_of(const WorkerOptions& options);
/// Throws InputError if the text is no such JSON.
WorkerOptions worker_options_in(std::string_view json);

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

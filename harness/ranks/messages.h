// The messages between ranks and their coordinator, in the form of harness/worker/messages.h. After
// an Order, the next message is the request for the rank's device, and the rank answers like a
// worker. A rank answers Failed to what is not a message; rank 0 ignores it and reports it.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "harness/measure/target.h"
#include "harness/plan/plan.h"
#include "harness/worker/message_keys.h"

namespace assay::harness::ranks {

using harness::AnyOf;

// Messages of a rank.

/// The first message of a rank.
struct Hello {
  static constexpr const char* kKind = "hello";
  std::uint32_t rank = 0, slot = 0;
  std::string host, version;
};
/// The measurements that the rank will make.
struct Planned {
  static constexpr const char* kKind = "planned";
  results::record::DeviceIdentity device;
  std::vector<plan::StoredEntry> plan;
  std::vector<std::string> collective;  ///< modules on whose devices it can measure collectives
  double memory_bytes = 0;              ///< free memory on its host
  std::string environment;              ///< JSON
};
/// Why the rank can measure nothing.
struct Unable {
  static constexpr const char* kKind = "unable";
  std::string reason, hint;
};
struct Begins {
  static constexpr const char* kKind = "begins";
  std::size_t index = 0;  ///< into its plan
};
struct Alive {
  static constexpr const char* kKind = "alive";
};
struct Made {
  static constexpr const char* kKind = "record";
  results::record::Record record;
};
struct Done {
  static constexpr const char* kKind = "done";
};
/// The answer to OverwriteOutputs.
struct Overwritten {
  static constexpr const char* kKind = "overwritten";
};
/// The answer to LookAtOutputs.
struct OutputsSeen {
  static constexpr const char* kKind = "outputs_seen";
  measure::Seen seen;
};
/// What a rank answers to a request for its device.
using RankAnswer = std::variant<worker::Offers, worker::Measured, worker::Launches,
                                worker::SensorReading, worker::UniqueId, worker::Joined,
                                worker::Left, Overwritten, OutputsSeen, worker::Failed>;
using FromRank =
    std::variant<Hello, Planned, Unable, Begins, Alive, Made, Done, worker::Offers,
                 worker::Measured, worker::Launches, worker::SensorReading, worker::UniqueId,
                 worker::Joined, worker::Left, Overwritten, OutputsSeen, worker::Failed>;

// Messages of the coordinator.

struct Welcome {
  static constexpr const char* kKind = "welcome";
  std::string run;  ///< id
};
/// Rank 0 takes nothing more from this process.
struct Refused {
  static constexpr const char* kKind = "refused";
  std::string reason, hint;
};
/// Tells the rank to measure its plan.
struct Go {
  static constexpr const char* kKind = "go";
};
/// The run has ended.
struct End {
  static constexpr const char* kKind = "end";
};
/// Tells the rank that a device of this module must answer the request in the next message.
struct Order {
  static constexpr const char* kKind = "order";
  std::string module;
  double timeout_seconds = 0;
};
using ToRank = std::variant<Welcome, Refused, Go, End, Order>;

// Requests for a rank's device.

/// Asks to prepare and verify a task for later Launch and CheckOutput requests; releases what was
/// prepared before. The answer is Measured with the results so far.
struct PrepareTask {
  static constexpr const char* kKind = "prepare_task";
  measure::Task task;
};
/// Asks to compare the output of the last launch with the verified one. The answer is Measured with
/// only the result of this check.
struct CheckOutput {
  static constexpr const char* kKind = "check_output";
};
/// Asks to overwrite parts of the rank's outputs that only this rank's parent process knows. The
/// answer is Overwritten.
struct OverwriteOutputs {
  static constexpr const char* kKind = "overwrite_outputs";
};
/// Asks to download and compare the parts last overwritten, or the whole outputs. The answer is
/// OutputsSeen.
struct LookAtOutputs {
  static constexpr const char* kKind = "look_at_outputs";
  bool whole = false;
  bool again = false;  ///< to download whole outputs twice
};
/// Asks to judge the outputs of the last look at whole ones, by few samples if `brief`. The answer
/// is Measured with only the check.
struct JudgeOutputs {
  static constexpr const char* kKind = "judge_outputs";
  bool brief = false;
};
using DeviceRequest =
    std::variant<worker::Implementations, PrepareTask, worker::Launch, worker::ReadSensors,
                 OverwriteOutputs, LookAtOutputs, JudgeOutputs, CheckOutput, worker::GetUniqueId,
                 worker::Join, worker::Leave>;

template <typename Archive,
          AnyOf<Alive, Done, Go, End, CheckOutput, Overwritten, OverwriteOutputs> T>
void keys(Archive&, T&) {}

template <typename Archive, AnyOf<OutputsSeen> T>
void keys(Archive& archive, T& message) {
  archive("first_seconds", message.seen.first_seconds);
  archive("again_seconds", message.seen.again_seconds);
  archive("wrong", message.seen.wrong);
  archive("as_verified", message.seen.as_verified);
}

template <typename Archive, AnyOf<LookAtOutputs> T>
void keys(Archive& archive, T& message) {
  archive("whole", message.whole);
  archive("again", message.again);
}

template <typename Archive, AnyOf<JudgeOutputs> T>
void keys(Archive& archive, T& message) {
  archive("brief", message.brief);
}

template <typename Archive, AnyOf<Hello> T>
void keys(Archive& archive, T& message) {
  archive("rank", message.rank);
  archive("slot", message.slot);
  archive("host", message.host);
  archive("version", message.version);
}

template <typename Archive, AnyOf<Planned> T>
void keys(Archive& archive, T& message) {
  archive("device", message.device);
  archive("plan", message.plan);
  archive("collective", message.collective);
  archive("memory_bytes", message.memory_bytes);
  archive("environment", message.environment);
}

template <typename Archive, AnyOf<Unable, Refused> T>
void keys(Archive& archive, T& message) {
  archive("reason", message.reason);
  archive("hint", message.hint);
}

template <typename Archive, AnyOf<Begins> T>
void keys(Archive& archive, T& message) {
  archive("index", message.index);
}

template <typename Archive, AnyOf<Made> T>
void keys(Archive& archive, T& message) {
  keys(archive, message.record);
}

template <typename Archive, AnyOf<Welcome> T>
void keys(Archive& archive, T& message) {
  archive("run", message.run);
}

template <typename Archive, AnyOf<Order> T>
void keys(Archive& archive, T& message) {
  archive("module", message.module);
  archive("timeout_seconds", message.timeout_seconds);
}

template <typename Archive, AnyOf<PrepareTask> T>
void keys(Archive& archive, T& message) {
  keys(archive, message.task);
}

inline std::string line_of(const FromRank& message) {
  return worker::message_line(message);
}
inline std::string line_of(const ToRank& message) {
  return worker::message_line(message);
}
inline std::string line_of(const DeviceRequest& request) {
  return worker::message_line(request);
}

}  // namespace assay::harness::ranks

// The keys of the messages' JSON form, for writing and reading (like results/record/keys.h for
// records), and the conversion of a message to a line.
#pragma once

#include <fmt/format.h>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "harness/worker/messages.h"
#include "kernels/error.h"
// The codec: encode(value), decode_into(value, text, what).
#include "results/record/codec.h"
#include "results/record/keys.h"

namespace assay::harness {

template <typename T, typename... Others>
concept AnyOf = (std::same_as<std::remove_const_t<T>, Others> || ...);

/// A key for a value that is text in JSON.
template <typename Archive, typename T, typename ToText, typename FromText>
void text_key(Archive& archive, const char* key, T& value, const ToText& to_text,
              const FromText& from_text) {
  if constexpr (std::is_const_v<T>) {
    archive(key, to_text(value));
  } else {
    std::string text;
    archive(key, text);
    value = from_text(text);
  }
}

template <typename Archive, typename T>
void problem_key(Archive& archive, T& problem) {
  text_key(
      archive, "problem", problem, [](const kernels::Problem& one) { return one.text(); },
      kernels::Problem::parse);
}

namespace measure {

template <typename Archive, AnyOf<Task> T>
void keys(Archive& archive, T& task) {
  problem_key(archive, task.problem);
  archive("implementation", task.implementation);
  archive("settings", task.settings);
}

template <typename Archive, AnyOf<Measurement> T>
void keys(Archive& archive, T& measurement) {
  archive("status", measurement.status);
  archive("reason", measurement.reason);
  archive("notes", measurement.notes);
  archive("details", measurement.details);
  archive("device_seconds", measurement.device_seconds);
  archive("host_seconds", measurement.host_seconds);
  archive("launches_per_sample", measurement.launches_per_sample);
  archive("warm_up_launches", measurement.warm_up_launches);
  archive("steady", measurement.steady);
  archive("target_met", measurement.target_met);
  archive("summary", measurement.summary);
  archive("check", measurement.check);
  archive("output_hash", measurement.output_hash);
  archive("operands_hash", measurement.operands_hash);
  archive("sensors", measurement.sensors);
  archive("energy", measurement.energy);
  archive("throttling", measurement.throttling);
  archive("challenges", measurement.challenges);
  archive("course", measurement.course);
  archive("phases", measurement.phases);
  archive("clocks", measurement.clocks);
  archive("machine_load", measurement.machine_load);
}

template <typename Archive, AnyOf<Reading> T>
void keys(Archive& archive, T& reading) {
  archive("at", reading.at);
  for (const SensorQuantity& quantity : kSensorQuantities) {
    archive(quantity.key, reading.*quantity.value);
  }
  archive("throttle", reading.throttle);
}

template <typename Archive, AnyOf<OperandPart> T>
void keys(Archive& archive, T& part) {
  archive("operand", part.operand);
  archive("offset", part.offset);
  archive("bytes", part.bytes);
  archive("from", part.from);
}

template <typename Archive, AnyOf<Offer> T>
void keys(Archive& archive, T& offer) {
  archive("name", offer.name);
  archive("division", offer.division);
  archive("reason", offer.reason);
}

}  // namespace measure

namespace worker {

template <typename Archive, AnyOf<Published> T>
void keys(Archive& archive, T& system) {
  archive("id", system.id);
  archive("name", system.name);
  archive("vendor", system.vendor);
  archive("kind", system.kind);
  archive("figures", system.figures);
}

template <typename Archive, AnyOf<WorkerOptions> T>
void keys(Archive& archive, T& options) {
  archive("module", options.module);
  archive("probe", options.probe);
  archive("device", options.device);
  archive("threads", options.threads);
  archive("tune", options.tune);
  archive("pretended", options.pretended);
}

/// Messages without contents.
template <typename Archive,
          AnyOf<UploadInputs, Describe, Release, ReadSensors, GetUniqueId, Leave, Done, Left> T>
void keys(Archive&, T&) {}

template <typename Archive, AnyOf<Implementations, Allocate> T>
void keys(Archive& archive, T& message) {
  problem_key(archive, message.problem);
}

template <typename Archive, AnyOf<Model, Prepare> T>
void keys(Archive& archive, T& message) {
  keys(archive, message.task);
}

template <typename Archive, AnyOf<Launch> T>
void keys(Archive& archive, T& message) {
  archive("count", message.count);
  archive("mode", message.mode);
}

template <typename Archive, typename T>
void id_key(Archive& archive, T& id) {
  text_key(archive, "id", id, hex, from_hex);
}

template <typename Archive, AnyOf<Join> T>
void keys(Archive& archive, T& message) {
  id_key(archive, message.id);
  archive("ranks", message.ranks);
  archive("rank", message.rank);
}

template <typename Archive, AnyOf<UniqueId> T>
void keys(Archive& archive, T& message) {
  id_key(archive, message.id);
}

template <typename Archive, AnyOf<Upload, Download> T>
void keys(Archive& archive, T& message) {
  archive("parts", message.parts);
}

template <typename Archive, AnyOf<Uploaded> T>
void keys(Archive& archive, T& message) {
  archive("hash", message.hash);
}

template <typename Archive, AnyOf<Details> T>
void keys(Archive& archive, T& message) {
  archive("details", message.details);
}

template <typename Archive, AnyOf<Offers> T>
void keys(Archive& archive, T& message) {
  archive("offers", message.offers);
}

template <typename Archive, AnyOf<Measured> T>
void keys(Archive& archive, T& message) {
  keys(archive, message.measurement);
}

template <typename Archive, AnyOf<Launches> T>
void keys(Archive& archive, T& message) {
  archive("device_seconds", message.device_seconds);
  archive("host_seconds", message.host_seconds);
}

template <typename Archive, AnyOf<SensorReading> T>
void keys(Archive& archive, T& message) {
  archive("present", message.present);
  archive("reading", message.reading);
}

template <typename Archive, AnyOf<Joined, Ready> T>
void keys(Archive& archive, T& message) {
  archive("device", message.device);
}

template <typename Archive, AnyOf<ModuleReport> T>
void keys(Archive& archive, T& report) {
  archive("module", report.name);
  archive("path", report.path);
  archive("version", report.version);
  archive("description", report.description);
  archive("summary", report.summary);
  archive("hint", report.hint);
  archive("failure", report.failure);
  archive("details", report.details);
  archive("devices", report.devices);
  archive("pretends", report.pretends);
  archive("refused", report.refused);
  archive("environment_variables", report.environment_variables);
}

template <typename Archive, AnyOf<Failed> T>
void keys(Archive& archive, T& message) {
  archive("reason", message.reason);
  archive("hint", message.hint);
  archive("device_lost", message.device_lost);
  archive("status", message.status);
}

/// An object to read a message into. A Problem cannot be empty, so messages with a Problem start
/// with an arbitrary one, which reading replaces.
template <typename T>
T blank_message() {
  const auto any = [] { return kernels::Problem::parse("copy n=1 type=f32"); };
  if constexpr (requires(T message) { message.task; }) {
    return T{{any(), {}, {}}};
  } else if constexpr (AnyOf<T, Implementations, Allocate>) {
    return T{any()};
  } else {
    return T{};
  }
}

/// The line {"KIND":{…}}.
template <typename... Kinds>
std::string message_line(const std::variant<Kinds...>& message) {
  return std::visit(
      [](const auto& body) {
        return fmt::format("{{\"{}\":{}}}", body.kKind, results::record::encode(body));
      },
      message);
}

/// Parses such a line. Throws InputError if it is not one of the messages of `Message`, a
/// std::variant.
template <typename Message>
Message message_in(std::string_view line) {
  constexpr std::string_view begin = "{\"", middle = "\":";
  const std::size_t kind_end = line.find(middle, begin.size());
  if (!line.starts_with(begin) || !line.ends_with('}') || kind_end == line.npos) {
    throw InputError(fmt::format("not a message: {:.200}", line));
  }
  const std::string_view kind = line.substr(begin.size(), kind_end - begin.size());
  std::string_view body = line.substr(kind_end + middle.size());
  body.remove_suffix(1);
  return [&]<typename... Kinds>(std::variant<Kinds...>*) {
    std::optional<std::variant<Kinds...>> out;
    const auto read_if_it_is = [&]<typename Kind>(Kind*) {
      if (kind != Kind::kKind) return;
      Kind message = blank_message<Kind>();
      results::record::decode_into(message, body, kind);
      out.emplace(std::move(message));
    };
    (read_if_it_is(static_cast<Kinds*>(nullptr)), ...);
    if (!out) throw InputError(fmt::format("unknown kind of message: \"{:.100}\"", kind));
    return std::move(*out);
  }(static_cast<Message*>(nullptr));
}

}  // namespace worker
}  // namespace assay::harness

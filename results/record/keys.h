// The keys of a record's JSON form, once for writing and reading, in the order in which they are
// written; results/schema/record.schema.json gives their units.
#pragma once

#include <concepts>
#include <type_traits>

#include "results/record/record.h"

namespace assay::results::record {

/// The values of an enumeration whose `name` is what JSON holds.
template <typename Enum>
struct Names;
template <>
struct Names<Status> {
  static constexpr Status all[] = {
      Status::ok,    Status::wrong,   Status::unsupported, Status::out_of_memory,
      Status::error, Status::crashed, Status::timeout};
};
template <>
struct Names<Origin> {
  static constexpr Origin all[] = {Origin::measured, Origin::imported, Origin::modelled};
};
template <>
struct Names<kernels::Outcome> {
  static constexpr kernels::Outcome all[] = {kernels::Outcome::right, kernels::Outcome::suspicious,
                                             kernels::Outcome::wrong, kernels::Outcome::unchecked};
};
template <>
struct Names<kernels::DataType> {
  static constexpr auto all = kernels::kDataTypes;
};
template <typename Enum>
concept Named = requires {
  Names<Enum>::all;
};

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, DeviceIdentity>
void keys(Archive& archive, T& device) {
  archive("backend", device.backend);
  archive("index", device.index);
  archive("name", device.name);
  archive("vendor", device.vendor);
  archive("kind", device.kind);
  archive("unique_id", device.unique_id);
  archive("bus_id", device.bus_id);
  archive("driver", device.driver);
  archive("types", device.types);
  archive("memory_bytes", device.memory_bytes);
  archive("cache_bytes", device.cache_bytes);
  archive("compute_units", device.compute_units);
  archive("clock_hz", device.clock_hz);
  archive("modelled", device.modelled);
  archive("properties", device.properties);
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, ImplementationIdentity>
void keys(Archive& archive, T& implementation) {
  archive("name", implementation.name);
  archive("division", implementation.division);
  archive("details", implementation.details);
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Settings>
void keys(Archive& archive, T& settings) {
  archive("mode", settings.mode);
  archive("target", settings.target);
  archive("budget_seconds", settings.budget_seconds);
  archive("confidence", settings.confidence);
  archive("minimum_samples", settings.minimum_samples);
  archive("order_seed", settings.order_seed);
  archive("burn_seconds", settings.burn_seconds);
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, kernels::Work>
void keys(Archive& archive, T& work) {
  archive("flop", work.flop);
  archive("bytes", work.bytes);
  archive("type", work.type);
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, statistics::Interval>
void keys(Archive& archive, T& interval) {
  archive("lower", interval.lower);
  archive("upper", interval.upper);
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, statistics::Summary>
void keys(Archive& archive, T& summary) {
  archive("count", summary.count);
  archive("median", summary.median);
  archive("interval", summary.interval);
  archive("confidence", summary.confidence);
  archive("mean", summary.mean);
  archive("standard_deviation", summary.standard_deviation);
  archive("minimum", summary.minimum);
  archive("maximum", summary.maximum);
  archive("percentile_5", summary.percentile_5);
  archive("percentile_95", summary.percentile_95);
  archive("effective_count", summary.effective_count);
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, kernels::Check>
void keys(Archive& archive, T& check) {
  archive("outcome", check.outcome);
  archive("method", check.method);
  archive("worst", check.worst);
  archive("where", check.where);
  archive("elements", check.elements);
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Sensors>
void keys(Archive& archive, T& sensors) {
  archive("power_watts", sensors.power_watts);
  archive("energy_joules", sensors.energy_joules);
  archive("clock_hz_minimum", sensors.clock_hz_minimum);
  archive("clock_hz_median", sensors.clock_hz_median);
  archive("temperature_celsius_maximum", sensors.temperature_celsius_maximum);
  archive("throttle", sensors.throttle);
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Phases>
void keys(Archive& archive, T& phases) {
  archive("generate", phases.generate);
  archive("upload", phases.upload);
  archive("prepare", phases.prepare);
  archive("verify", phases.verify);
  archive("warm_up", phases.warm_up);
  archive("sample", phases.sample);
  archive("launches", phases.launches);
  archive("total", phases.total);
  archive("burn", phases.burn);
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Energy>
void keys(Archive& archive, T& energy) {
  archive("joules_a_launch", energy.joules_a_launch);
  archive("rate_per_watt", energy.rate_per_watt);
  archive("source", energy.source);
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Throttling>
void keys(Archive& archive, T& throttling) {
  archive("discarded_launches", throttling.discarded_launches);
  archive("pauses", throttling.pauses);
  archive("paused_seconds", throttling.paused_seconds);
  archive("kept_launches", throttling.kept_launches);
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, CourseSecond>
void keys(Archive& archive, T& second) {
  archive("seconds", second.seconds);
  archive("launches", second.launches);
  archive("launch_seconds", second.launch_seconds);
  archive("clock_hz", second.clock_hz);
  archive("power_watts", second.power_watts);
  archive("temperature_celsius", second.temperature_celsius);
  archive("throttle", second.throttle);
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, ImportedFrom>
void keys(Archive& archive, T& from) {
  archive("format", from.format);
  archive("file", from.file);
  archive("sha256", from.sha256);
}

template <typename Archive, typename T>
requires std::same_as<std::remove_const_t<T>, Record>
void keys(Archive& archive, T& record) {
  archive("schema", record.schema);
  archive("id", record.id);
  archive("run", record.run);
  archive("started", record.started);
  archive("origin", record.origin);
  archive("imported_from", record.imported_from);
  archive("status", record.status);
  archive("reason", record.reason);
  archive("problem", record.problem);
  archive("operation", record.operation);
  archive("device", record.device);
  archive("implementation", record.implementation);
  archive("settings", record.settings);
  archive("work", record.work);
  archive("device_seconds", record.device_seconds);
  archive("host_seconds", record.host_seconds);
  archive("warm_up_launches", record.warm_up_launches);
  archive("steady", record.steady);
  archive("target_met", record.target_met);
  archive("summary", record.summary);
  archive("check", record.check);
  archive("output_hash", record.output_hash);
  archive("operands_hash", record.operands_hash);
  archive("sensors", record.sensors);
  archive("energy", record.energy);
  archive("throttling", record.throttling);
  archive("course", record.course);
  archive("phases", record.phases);
  archive("environment", record.environment);
}

}  // namespace assay::results::record

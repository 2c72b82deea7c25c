#include "harness/worker/answer_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "harness/measure/foreign_text.h"
#include "harness/worker/message_keys.h"

namespace assay::harness::worker {
namespace {

using results::record::DeviceIdentity;
using results::record::Status;

constexpr std::size_t kMostEntries = 4096, kMostNumbers = 100000, kMostNotes = 100;
/// Times beyond this are no times of launches, and figures beyond the other one no physical ones.
constexpr double kLongestSeconds = 1e7, kLargestFigure = 1e30;

[[noreturn]] void refuse(const std::string& key, const std::string& why) {
  throw WrongAnswer(fmt::format("{} {}", key, why));
}

/// Goes through all values of a message by its keys.
class Bounds {
 public:
  explicit Bounds(std::string path) : path_(std::move(path)) {}

  template <typename T>
  void operator()(const char* key, const T& value, const results::record::Description& = {}) {
    const std::size_t above = path_.size();
    path_ += fmt::format(".{}", key);
    look(value);
    path_.resize(above);
  }

 private:
  template <typename T>
  void look(const T& value) {
    if constexpr (results::record::Named<T> || std::integral<T>) {
      return;
    } else if constexpr (std::floating_point<T>) {
      look_at_number(value);
    } else if constexpr (std::convertible_to<T, std::string_view>) {
      look_at_text(value);
    } else if constexpr (results::record::kIsOptional<T>) {
      if (value) look(*value);
    } else if constexpr (results::record::kIsVector<T>) {
      require_at_most(value.size(),
                      sizeof value[0] == sizeof(double) ? kMostNumbers : kMostEntries);
      each(value);
    } else if constexpr (results::record::kIsMap<T>) {
      require_at_most(value.size(), kMostEntries);
      for (const auto& [key, one] : value) {
        look_at_text(key);
        (*this)(key.c_str(), one);
      }
    } else {
      // Some of them belong to types of other rooms.
      using results::record::keys;
      keys(*this, value);
    }
  }

  template <typename T>
  void each(const std::vector<T>& values) {
    const std::size_t above = path_.size();
    for (std::size_t i = 0; i < values.size(); ++i) {
      path_ += fmt::format("[{}]", i);
      look(values[i]);
      path_.resize(above);
    }
  }

  void look_at_number(double value) const {
    // The error of an output that is far off or not finite, and figures of a note may be any.
    if (path_.ends_with(".worst") || path_.find(".figures.") != path_.npos) return;
    // Statistics of a model are unknown.
    if (std::isnan(value) && path_.find(".summary.") != path_.npos) return;
    if (!(std::abs(value) <= kLargestFigure)) refuse(path_, fmt::format("is {:g}", value));
  }

  void look_at_text(std::string_view text) const {
    // The identity of a device that others need to find it is longer than any text.
    constexpr std::size_t kMost = 8 * measure::kLongestText;
    if (text.size() > kMost) {
      refuse(path_, fmt::format("has {} bytes, at most {} are read", text.size(), kMost));
    }
    if (measure::foreign_text(text, kMost + 1) != text) refuse(path_, "has control characters");
  }

  void require_at_most(std::size_t count, std::size_t most) const {
    if (count > most)
      refuse(path_, fmt::format("has {} entries, at most {} are read", count, most));
  }

  std::string path_;
};

void require_time(const char* key, std::size_t index, double seconds) {
  if (seconds > 0 && seconds <= kLongestSeconds) return;
  refuse(fmt::format("{}[{}]", key, index), fmt::format("is {:g} s", seconds));
}

void require_times(const std::vector<double>& device, const std::vector<double>& host) {
  if (device.size() != host.size()) {
    refuse("host_seconds",
           fmt::format("has {} times, device_seconds has {}", host.size(), device.size()));
  }
  for (std::size_t i = 0; i < device.size(); ++i) {
    require_time("device_seconds", i, device[i]);
    require_time("host_seconds", i, host[i]);
  }
}

void require_equal(const char* key, const std::string& told, const std::string& asked) {
  if (told == asked) return;
  refuse(key, fmt::format("is \"{:.120}\", asked was \"{:.120}\"", told, asked));
}

/// Equal up to rounding; unknown is equal to unknown.
bool agree(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

void require_summary(const measure::Measurement& told, const measure::Task& task) {
  using results::statistics::Summary;
  const Summary& summary = told.summary;
  if (!(summary.tick >= 0 && summary.tick <= kLongestSeconds)) {
    refuse("summary.tick", fmt::format("is {:g} s", summary.tick));
  }
  const Summary own =
      results::statistics::summarize(told.device_seconds, task.settings.confidence, summary.tick);
  if (summary.count != own.count) {
    refuse("summary.count",
           fmt::format("is {}, but there are {} samples", summary.count, own.count));
  }
  const std::tuple<const char*, double, double> all[] = {
      {"median", summary.median, own.median},
      {"interval.lower", summary.interval.lower, own.interval.lower},
      {"interval.upper", summary.interval.upper, own.interval.upper},
      {"confidence", summary.confidence, own.confidence},
      {"mean", summary.mean, own.mean},
      {"minimum", summary.minimum, own.minimum},
      {"maximum", summary.maximum, own.maximum},
      {"percentile_5", summary.percentile_5, own.percentile_5},
      {"percentile_95", summary.percentile_95, own.percentile_95}};
  for (const auto& [key, given, follows] : all) {
    if (agree(given, follows)) continue;
    refuse(fmt::format("summary.{}", key),
           fmt::format("is {:g}, but {:g} follows from the samples", given, follows));
  }
  if (told.target_met && !(own.half_width() <= task.settings.target * (1 + 1e-9))) {
    refuse("target_met", fmt::format("is true, but the half-width is {:g} and the target {:g}",
                                     own.half_width(), task.settings.target));
  }
}

void require_samples(const measure::Measurement& told, const measure::Task& task) {
  if (told.device_seconds.empty()) refuse("device_seconds", "is empty");
  if (told.launches_per_sample == 0) refuse("launches_per_sample", "is 0");
  require_summary(told, task);
  if (told.check.outcome == kernels::Outcome::wrong ||
      told.check.outcome == kernels::Outcome::unchecked) {
    refuse("check.outcome", fmt::format("is {}, but the status is ok", name(told.check.outcome)));
  }
}

void require_model(const measure::Measurement& told) {
  if (!told.device_seconds.empty()) refuse("device_seconds", "are those of a model");
  require_time("summary.median", 0, told.summary.median);
  if (told.check.outcome != kernels::Outcome::unchecked) {
    refuse("check.outcome", "is one of a check, but nothing ran");
  }
}

void require_within(const char* key, const std::optional<double>& value, double least,
                    double most) {
  if (!value || (*value >= least && *value <= most)) return;
  refuse(key, fmt::format("is {:g}, which no device can have", *value));
}

void require_hash(const char* key, const std::string& hash) {
  if (hash.size() > 128 || hash.find_first_not_of("0123456789abcdef") != hash.npos) {
    refuse(key, "is no hash in hexadecimal digits");
  }
}

void require_figures(const measure::Measurement& told, const measure::Task& task) {
  require_within("sensors.power_watts", told.sensors.power_watts, 0, 1e7);
  require_within("sensors.clock_hz_minimum", told.sensors.clock_hz_minimum, 0, 1e12);
  require_within("sensors.clock_hz_median", told.sensors.clock_hz_median, 0, 1e12);
  require_within("sensors.memory_clock_hz_median", told.sensors.memory_clock_hz_median, 0, 1e12);
  require_within("sensors.temperature_celsius_maximum", told.sensors.temperature_celsius_maximum,
                 -274, 1e4);
  require_within("energy.joules_per_launch", told.energy.joules_per_launch, 0, 1e15);
  if (told.notes.size() > kMostNotes) {
    refuse("notes", fmt::format("has {} entries", told.notes.size()));
  }
  if (static_cast<double>(told.course.size()) > 2 * task.settings.burn_seconds + 10) {
    refuse("course", fmt::format("has {} parts, the burn {:g} s", told.course.size(),
                                 task.settings.burn_seconds));
  }
  require_hash("output_hash", told.output_hash);
  require_hash("operands_hash", told.operands_hash);
}

}  // namespace

void require_bounded(const Answer& answer) {
  std::visit(
      [](const auto& body) {
        Bounds bounds(body.kKind);
        keys(bounds, body);
      },
      answer);
}

void require_answers(const Measured& measured, const Request& request, const measure::Task& task,
                     const DeviceIdentity& device) {
  const measure::Measurement& told = measured.measurement;
  require_equal("problem", measured.problem, task.problem.text());
  require_equal("implementation", measured.implementation, task.implementation);
  require_times(told.device_seconds, told.host_seconds);
  require_figures(told, task);
  if (told.status != Status::ok && told.reason.empty()) refuse("reason", "is empty");
  if (told.status != Status::ok) return;
  if (device.modelled) return require_model(told);
  if (std::holds_alternative<Measure>(request)) return require_samples(told, task);
  if (!told.device_seconds.empty()) refuse("device_seconds", "has times, but none were asked for");
}

void require_answers(const Launches& launches, std::uint32_t count) {
  require_times(launches.device_seconds, launches.host_seconds);
  if (launches.device_seconds.size() != count) {
    refuse("device_seconds",
           fmt::format("has {} times, asked were {}", launches.device_seconds.size(), count));
  }
}

void require_answers(const Offers& offers, const DeviceIdentity& device) {
  std::set<std::string> names;
  for (const measure::Offer& offer : offers.offers) {
    if (offer.name.empty()) refuse("offers", "has an implementation without a name");
    if (offer.name.size() > measure::kLongestLine || offer.name.find('\n') != std::string::npos) {
      refuse("offers", "has a name that is too long or has several lines");
    }
    if (!names.insert(offer.name).second) {
      refuse("offers", fmt::format("has two implementations {}", offer.name));
    }
    using results::record::Division;
    const bool own = offer.division != Division::unknown &&
                     (device.modelled || offer.division != Division::modelled);
    if (!own) {
      refuse("offers", fmt::format("has {} with the division {}", offer.name,
                                   results::record::name(offer.division)));
    }
  }
}

void require_same(const DeviceIdentity& told, const DeviceIdentity& listed) {
  require_equal("device.backend", told.backend, listed.backend);
  require_equal("device.index", std::to_string(told.index), std::to_string(listed.index));
  require_equal("device.name", told.name, listed.name);
  require_equal("device.unique_id", told.unique_id, listed.unique_id);
  require_equal("device.bus_id", told.bus_id, listed.bus_id);
}

void require_answers(const ModuleReport& report, const backends::ModuleFile& file) {
  require_equal("module", report.name, file.name);
  std::set<std::uint32_t> indices;
  for (const DeviceIdentity& device : report.devices) {
    require_equal("devices.backend", device.backend, file.name);
    if (device.name.empty()) refuse("devices.name", "is empty");
    require_within("devices.clock_hz", device.clock_hz, 0, 1e12);
    if (!indices.insert(device.index).second) {
      refuse("devices.index", fmt::format("is {} twice", device.index));
    }
  }
}

}  // namespace assay::harness::worker

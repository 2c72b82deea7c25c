#include "harness/worker/answer_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "harness/measure/foreign_text.h"
#include "harness/measure/reading.h"
#include "harness/worker/message_keys.h"

namespace assay::harness::worker {
namespace {

using results::record::DeviceIdentity;
using results::record::Status;

constexpr std::size_t kMostEntries = 4096, kMostNumbers = 100000;
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

void require_within(const char* key, const std::optional<double>& value, double least,
                    double most) {
  if (!value || (*value >= least && *value <= most)) return;
  refuse(key, fmt::format("is {:g}, which no device can have", *value));
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

void require_model(const Measured& measured) {
  const measure::Measurement& told = measured.measurement;
  if (told.status != Status::ok) {
    if (told.reason.empty()) refuse("reason", "is empty");
    return;
  }
  if (!told.device_seconds.empty()) refuse("device_seconds", "are those of a model");
  require_time("summary.median", 0, told.summary.median);
  if (told.check.outcome != kernels::Outcome::unchecked) {
    refuse("check.outcome", "is one of a check, but nothing ran");
  }
}

void require_answers(const SensorReading& reading) {
  for (const measure::SensorQuantity& quantity : measure::kSensorQuantities) {
    require_within(quantity.key, reading.reading.*quantity.value, quantity.least, quantity.most);
  }
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

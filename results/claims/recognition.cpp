#include "results/claims/recognition.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "kernels/error.h"
#include "results/claims/system_names.h"
#include "results/claims/units.h"
#include "results/record/pattern.h"

namespace assay::results::claims {
namespace {

std::string attribute(const record::DeviceIdentity& device, const std::string& key) {
  if (key == "name") return device.name;
  if (key == "vendor") return device.vendor;
  if (key == "kind") return device.kind;
  if (key == "backend") return device.backend;
  const auto found = device.properties.find(key);
  return found == device.properties.end() ? std::string() : found->second;
}

/// A number that identifies a variant, with its unit.
struct NumericKey {
  std::string_view key, unit;
  double (*of)(const record::DeviceIdentity& device);
};

constexpr NumericKey kNumericKeys[] = {
    {"memory", "B",
     [](const record::DeviceIdentity& device) { return static_cast<double>(device.memory_bytes); }},
    {"clock", "Hz", [](const record::DeviceIdentity& device) { return device.clock_hz; }},
    {"compute_units", "",
     [](const record::DeviceIdentity& device) {
       return static_cast<double>(device.compute_units);
     }},
};

const NumericKey* numeric(std::string_view key) {
  const auto found = std::ranges::find(kNumericKeys, key, &NumericKey::key);
  return found == std::end(kNumericKeys) ? nullptr : found;
}

/// "79 GB to 86 GB", or one value.
statistics::Interval parse_range(const NumericKey& key, const std::string& text) {
  const auto value = [&](const std::string& part) {
    const Quantity quantity = parse_quantity(part);
    if (quantity.dimension != parse_unit(key.unit).dimension) {
      throw InputError(fmt::format("{}: `{}` is not in {}", key.key, part,
                                   key.unit.empty() ? "a plain number" : key.unit));
    }
    return quantity.value;
  };
  const std::size_t to = text.find(" to ");
  if (to == std::string::npos) return {value(text), value(text)};
  const statistics::Interval range = {value(text.substr(0, to)), value(text.substr(to + 4))};
  if (range.lower > range.upper) {
    throw InputError(fmt::format("{}: the range `{}` is upside down", key.key, text),
                     "write the smaller value first");
  }
  return range;
}

}  // namespace

void check_match(std::string_view key, const std::string& pattern) {
  if (pattern.empty()) {
    throw InputError(fmt::format("`{}` is empty and would match every device", key),
                     "write a pattern, or leave it out");
  }
  if (const NumericKey* number = numeric(key)) {
    parse_range(*number, pattern);
    return;
  }
  bool any = false;
  try {
    const record::Pattern check(pattern, record::Letters::any_case);
    // No device has such a name.
    any = check.found_in("qzxjw vkq") || check.found_in("?");
  } catch (const std::invalid_argument&) {
    throw InputError(fmt::format("`{}` of {} is not a regular expression", pattern, key),
                     "write \\\\( for a parenthesis, and the same for . [ ] { } * + ? ^ $ |");
  }
  if (any) {
    throw InputError(fmt::format("`{}` of {} would match every device", pattern, key),
                     "write words of the name that only this system has");
  }
}

bool matches(const System& system, const record::DeviceIdentity& device) {
  if (device.modelled) return device.unique_id == system.id;
  if (system.match.empty()) return false;
  return std::ranges::all_of(system.match, [&](const auto& entry) {
    const auto& [key, text] = entry;
    if (const NumericKey* number = numeric(key)) {
      const statistics::Interval range = parse_range(*number, text);
      const double value = number->of(device);
      return value >= range.lower && value <= range.upper;
    }
    return record::Pattern(text, record::Letters::any_case).found_in(attribute(device, key));
  });
}

Recognition::Recognition(const Catalogue& catalogue, std::vector<std::string> told)
    : catalogue_(catalogue), told_(std::move(told)) {
  for (std::string& id : told_) id = named_system(catalogue_, id).id;
}

std::vector<const System*> Recognition::candidates(const System& system,
                                                   const record::DeviceIdentity& device) const {
  std::vector<const System*> out;
  if (!matches(system, device)) return out;
  for (const auto& [id, other] : catalogue_.systems) {
    if (other.kind == system.kind && (id == system.id || matches(other, device))) {
      out.push_back(&other);
    }
  }
  const auto is_told = [&](const System* one) {
    return std::ranges::find(told_, one->id) != told_.end();
  };
  if (std::ranges::any_of(out, is_told)) {
    std::erase_if(out, [&](const System* one) { return !is_told(one); });
  }
  return out;
}

bool Recognition::is(const System& system, const record::DeviceIdentity& device) const {
  const auto all = candidates(system, device);
  return all.size() == 1 && all.front()->id == system.id;
}

}  // namespace assay::results::claims

#include "results/compare/price.h"

#include <fmt/format.h>

#include <set>

#include "kernels/error.h"
#include "results/claims/evidence.h"
#include "results/claims/recognition.h"
#include "results/claims/units.h"
#include "results/record/listing.h"

namespace assay::results::compare {

namespace {

bool single_device(const claims::System& system) {
  return system.kind == "die" || system.kind == "chip" || system.kind == "cpu";
}

const claims::System* system_of(const claims::Catalogue& catalogue,
                                const record::DeviceIdentity& device, const char* quantity) {
  for (const auto& [id, system] : catalogue.systems) {
    if (single_device(system) && system.figure(quantity) != nullptr && matches(system, device)) {
      return &system;
    }
  }
  return nullptr;
}

/// The system that all devices are; null if there is no such system.
const claims::System* common_system(const claims::Catalogue& catalogue,
                                    std::span<const record::Record> records, const char* quantity) {
  const claims::System* common = nullptr;
  std::set<std::string> seen;
  for (const record::Record& record : records) {
    if (!seen.insert(device_title(record)).second) continue;
    const claims::System* system = system_of(catalogue, record.device, quantity);
    if (system == nullptr || (common != nullptr && common != system)) return nullptr;
    common = system;
  }
  return common;
}

/// A figure of one device, given or published.
struct Stated {
  double value = 0;
  statistics::Interval range;
  std::string text;
};

Stated parse_stated(std::string_view text, std::string_view place, const char* unit,
                    std::string_view what, const char* hint) {
  const std::size_t end = text.find_first_not_of("0123456789.,eE+-");
  std::string spaced(text);
  if (end != std::string_view::npos && end > 0 && text[end] != ' ') spaced.insert(end, " ");
  std::optional<claims::Quantity> quantity;
  try {
    quantity = claims::parse_quantity(spaced);
  } catch (const InputError&) {
    quantity.reset();
  }
  if (!quantity || quantity->dimension != claims::parse_unit(unit).dimension ||
      !(quantity->value > 0)) {
    throw InputError(fmt::format("{}: `{}` is not a {}", place, text, what), hint);
  }
  return {quantity->value, {quantity->value, quantity->value}, spaced};
}

/// `devices`: the number of devices as which a driver shows the system.
std::optional<Stated> stated_of(const claims::System& system, const char* quantity,
                                const char* unit, double devices) {
  const claims::Property* figure = system.figure(quantity);
  // Currencies are not converted.
  if (figure == nullptr || !(figure->value > 0) || !(figure->range.lower > 0) ||
      figure->dimension != claims::parse_unit(unit).dimension) {
    return std::nullopt;
  }
  return Stated{figure->value / devices,
                {figure->range.lower / devices, figure->range.upper / devices},
                fmt::format("{}{} ({}, {})", claims::format_in(figure->value, figure->unit),
                            devices == 1 ? "" : fmt::format(" / {} dies", devices), system.name,
                            name(figure->standing))};
}

std::optional<Stated> published(const claims::Catalogue& catalogue,
                                std::span<const record::Record> records, const char* quantity,
                                const char* unit) {
  const claims::System* system = common_system(catalogue, records, quantity);
  if (system == nullptr) return std::nullopt;
  const claims::Property* dies =
      system->figure(quantity)->scope == "die" ? nullptr : system->figure("dies");
  return stated_of(*system, quantity, unit, dies == nullptr ? 1 : dies->value);
}

std::optional<Price> as_price(const std::optional<Stated>& stated) {
  if (!stated) return std::nullopt;
  return Price{stated->value, stated->range, stated->text};
}
std::optional<Power> as_power(const std::optional<Stated>& stated) {
  if (!stated) return std::nullopt;
  return Power{stated->value, stated->range, stated->text};
}

statistics::Ratio per(const statistics::Ratio& speed, double a, const statistics::Interval& range_a,
                      double b, const statistics::Interval& range_b) {
  return {speed.value * a / b,
          {speed.interval.lower * range_a.lower / range_b.upper,
           speed.interval.upper * range_a.upper / range_b.lower}};
}

}  // namespace

Price parse_price(std::string_view text, std::string_view place) {
  const Stated stated =
      parse_stated(text, place, "USD", "price", "write for example A=30000USD or A=30kUSD");
  return {stated.value, stated.range, stated.text};
}

Power parse_power(std::string_view text, std::string_view place) {
  const Stated stated =
      parse_stated(text, place, "W", "power", "write for example A=700W or A=0.7kW");
  return {stated.value, stated.range, stated.text};
}

std::optional<Price> published_price(const claims::Catalogue& catalogue,
                                     std::span<const record::Record> records) {
  return as_price(published(catalogue, records, "price", "USD"));
}
std::optional<Power> published_power(const claims::Catalogue& catalogue,
                                     std::span<const record::Record> records) {
  return as_power(published(catalogue, records, "power", "W"));
}

std::optional<Price> price_of(const claims::System& system) {
  return as_price(stated_of(system, "price", "USD", 1));
}
std::optional<Power> power_of(const claims::System& system) {
  return as_power(stated_of(system, "power", "W", 1));
}

statistics::Ratio per_dollar(const statistics::Ratio& speed, const Price& baseline,
                             const Price& other) {
  return per(speed, baseline.dollars, baseline.range, other.dollars, other.range);
}

statistics::Ratio per_watt(const statistics::Ratio& speed, const Power& baseline,
                           const Power& other) {
  return per(speed, baseline.watts, baseline.range, other.watts, other.range);
}

}  // namespace assay::results::compare

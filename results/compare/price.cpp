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
                                const record::DeviceIdentity& device) {
  for (const auto& [id, system] : catalogue.systems) {
    if (single_device(system) && system.figure("price") != nullptr && matches(system, device)) {
      return &system;
    }
  }
  return nullptr;
}

/// The system that all devices are; null if there is no such system.
const claims::System* common_system(const claims::Catalogue& catalogue,
                                    std::span<const record::Record> records) {
  const claims::System* common = nullptr;
  std::set<std::string> seen;
  for (const record::Record& record : records) {
    if (!seen.insert(device_title(record)).second) continue;
    const claims::System* system = system_of(catalogue, record.device);
    if (system == nullptr || (common != nullptr && common != system)) return nullptr;
    common = system;
  }
  return common;
}

}  // namespace

Price parse_price(std::string_view text, std::string_view place) {
  const std::size_t end = text.find_first_not_of("0123456789.,eE+-");
  std::string spaced(text);
  if (end != std::string_view::npos && end > 0 && text[end] != ' ') spaced.insert(end, " ");
  std::optional<claims::Quantity> quantity;
  try {
    quantity = claims::parse_quantity(spaced);
  } catch (const InputError&) {
    quantity.reset();
  }
  if (!quantity || quantity->dimension != claims::parse_unit("USD").dimension ||
      !(quantity->value > 0)) {
    throw InputError(fmt::format("{}: `{}` is not a price", place, text),
                     "write for example A=30000USD or A=30kUSD");
  }
  return {quantity->value, {quantity->value, quantity->value}, spaced};
}

std::optional<Price> published_price(const claims::Catalogue& catalogue,
                                     std::span<const record::Record> records) {
  const claims::System* system = common_system(catalogue, records);
  if (system == nullptr) return std::nullopt;
  const claims::Property& price = *system->figure("price");
  const claims::Property* dies = price.scope == "die" ? nullptr : system->figure("dies");
  const double devices = dies == nullptr ? 1 : dies->value;
  if (!(price.value > 0) || !(price.range.lower > 0)) return std::nullopt;
  // Currencies are not converted.
  if (price.dimension != claims::parse_unit("USD").dimension) return std::nullopt;
  return Price{price.value / devices,
               {price.range.lower / devices, price.range.upper / devices},
               fmt::format("{}{} ({}, {})", claims::format_in(price.value, price.unit),
                           devices == 1 ? "" : fmt::format(" / {} dies", devices), system->name,
                           name(price.standing))};
}

statistics::Ratio per_dollar(const statistics::Ratio& speed, const Price& baseline,
                             const Price& other) {
  return {speed.value * baseline.dollars / other.dollars,
          {speed.interval.lower * baseline.range.lower / other.range.upper,
           speed.interval.upper * baseline.range.upper / other.range.lower}};
}

}  // namespace assay::results::compare

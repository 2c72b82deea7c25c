#include "results/claims/quantity_kind.h"

#include <initializer_list>
#include <map>

namespace assay::results::claims {
namespace {

/// All kinds of quantities. A longer name takes precedence over a shorter one.
const std::map<std::string, QuantityKind, std::less<>>& quantities() {
  static const std::map<std::string, QuantityKind, std::less<>> all = [] {
    std::map<std::string, QuantityKind, std::less<>> out;
    const auto add = [&out](std::string_view unit, bool of_workload,
                            std::initializer_list<std::string_view> names) {
      for (const std::string_view name : names) {
        out[std::string(name)] = {std::string(name), std::string(unit), of_workload};
      }
    };
    // Of a system.
    add("FLOP/s", false, {"peak"});
    add("B", false, {"memory.capacity", "memory.weights", "cache"});
    add("B/s", false, {"memory.bandwidth", "link.bandwidth", "link.rate"});
    add("W", false, {"power"});
    add("Hz", false, {"clock"});
    add("°C", false, {"temperature"});
    add("USD", false, {"price"});
    add("USD/h", false, {"price.hour"});
    add("USD/day", false, {"price.day"});
    add("USD/GPU/h", false, {"price.device-hour"});
    add("1", false,
        {"chips", "dies", "nodes", "hosts", "racks", "boards", "transceivers", "links",
         "parameters", "sequences", "switches", "units", "fma"});
    // Of what runs on it.
    add("FLOP/s", true, {"achieved.flop"});
    add("B/s", true, {"achieved.byte"});
    add("1", true, {"ratio", "utilisation", "accuracy"});
    add("s", true, {"latency", "time"});
    add("GPU·h", true, {"time.device"});
    add("token/s", true, {"rate.token"});
    add("query/s", true, {"rate.query"});
    add("image/s", true, {"rate.image"});
    add("sample/s", true, {"rate.sample"});
    add("token/FLOP", true, {"efficiency.token"});
    add("token/s/W", true, {"efficiency.watt.token"});
    add("token/s/USD", true, {"efficiency.price.token"});
    add("FLOP/s/W", true, {"efficiency.watt"});
    add("FLOP/token", true, {"work.token"});
    add("J", true, {"energy"});
    add("J/token", true, {"energy.token"});
    add("J/query", true, {"energy.query"});
    add("J/image", true, {"energy.image"});
    add("USD", true, {"price.training"});
    add("USD/token", true, {"price.token"});
    add("USD/query", true, {"price.query"});
    add("USD/image", true, {"price.image"});
    return out;
  }();
  return all;
}

}  // namespace

const QuantityKind* kind_of(std::string_view quantity) {
  for (std::string_view name = quantity;;) {
    if (const auto found = quantities().find(name); found != quantities().end()) {
      return &found->second;
    }
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos) return nullptr;
    name = name.substr(0, dot);
  }
}

std::optional<Dimension> dimension_of(std::string_view quantity) {
  const QuantityKind* kind = kind_of(quantity);
  if (kind == nullptr) return std::nullopt;
  return parse_unit(kind->unit).dimension;
}

std::vector<std::string> quantity_names() {
  std::vector<std::string> names;
  for (const auto& [name, kind] : quantities()) names.push_back(name);
  return names;
}

}  // namespace assay::results::claims

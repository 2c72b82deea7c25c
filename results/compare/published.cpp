#include "results/compare/published.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "kernels/error.h"
#include "results/page/quantity_text.h"

namespace assay::results::compare {

namespace {

constexpr const char* kBandwidth = "memory.bandwidth";

/// Published figures do not distinguish the two 8-bit floating types.
std::string peak_name(kernels::DataType type) {
  const bool eight = type == kernels::DataType::f8e4m3 || type == kernels::DataType::f8e5m2;
  return fmt::format("peak.{}", eight ? "f8" : name(type));
}

/// 0 if it is not published.
double figure_of(const claims::System& system, const std::string& quantity) {
  const claims::Property* figure = system.figure(quantity);
  return figure == nullptr || !(figure->value > 0) ? 0 : figure->value;
}

/// The least time of a launch in seconds; 0 if the figures do not give one.
double least_seconds(const claims::System& system, const record::Record& like) {
  if (roof_of(like) == kernels::Roof::link || figure_of(like) == kernels::Figure::time) return 0;
  const double moving = like.work.bytes / figure_of(system, kBandwidth);
  if (!(like.work.flop > 0)) return moving;
  const double peak = figure_of(system, peak_name(like.work.type));
  return peak > 0 ? std::max(moving, like.work.flop / peak) : 0;
}

record::Record modelled(const claims::System& system, const record::Record& like, double seconds) {
  record::Record out;
  out.id = fmt::format("published-{}-{}-{}", system.id, name(like.settings.mode), like.problem);
  out.origin = record::Origin::modelled;
  out.problem = like.problem;
  out.operation = like.operation;
  out.device.backend = "datasheet";
  out.device.name = system.name;
  out.device.vendor = system.vendor;
  out.device.kind = system.kind;
  out.device.unique_id = system.id;
  out.device.modelled = true;
  out.implementation = {"modelled/roofline",
                        record::Division::modelled,
                        {{"model", "roofline of published figures; nothing ran"}}};
  out.settings.mode = like.settings.mode;
  out.work = like.work;
  out.summary = statistics::summary_of_model(seconds);
  return out;
}

}  // namespace

Side side_of_system(const claims::System& system, std::span<const Side> others) {
  const bool single = system.kind == "chip" || system.kind == "die" || system.kind == "cpu";
  if (!single || !(figure_of(system, kBandwidth) > 0)) {
    throw InputError(
        single ? fmt::format("{}: states no {}, so that it cannot be compared with measurements",
                             system.id, kBandwidth)
               : fmt::format("{}: a {} is several devices and is compared only with other systems",
                             system.id, system.kind),
        "name only systems, or a single chip beside runs");
  }
  Side side;
  side.name = system.id;
  side.is_published = true;
  side.price = price_of(system);
  std::set<std::tuple<std::string, record::Mode>> seen;
  for (const Side& other : others) {
    for (const record::Record& record : other.records) {
      if (is_modelled(record) || !seen.insert({record.problem, record.settings.mode}).second) {
        continue;
      }
      const double seconds = least_seconds(system, record);
      if (seconds > 0) side.records.push_back(modelled(system, record, seconds));
    }
  }
  const claims::Property& bandwidth = *system.figure(kBandwidth);
  side.origin = fmt::format(
      "published system {}, what its peaks allow at best: nothing was measured; bandwidth {} ({}, "
      "{})",
      system.name, page::scaled_text(bandwidth.value, "B/s"), name(bandwidth.standing),
      bandwidth.source.voice());
  return side;
}

}  // namespace assay::results::compare

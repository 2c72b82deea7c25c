#include "results/record/ceilings.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace assay::results::record {

namespace {

constexpr double kLowIntensity = 0.5;  // FLOP/B

bool exceeds_cache(const Record& record, double times) {
  return record.work.bytes >= times * static_cast<double>(record.device.cache_bytes);
}

/// Whether the record's operation is limited by the device's arithmetic or memory.
bool is_under_roofs(const Record& record) {
  const kernels::Roof roof = roof_of(record);
  return roof == kernels::Roof::arithmetic || roof == kernels::Roof::memory;
}

Roof roof_by(const Record& record, double rate) {
  return {rate,
          record.id,
          record.operation,
          record.summary,
          record.settings.confidence,
          "",
          record.implementation.division};
}

Attainable under(const Record& record, Bound bound, const Roof& roof, bool cached) {
  Attainable out;
  out.bound = bound;
  out.rate = roof.rate;
  out.fraction = (bound == Bound::memory ? byte_rate(record) : flop_rate(record)) / roof.rate;
  out.roof = roof;
  out.is_roof = roof.record == record.id;
  out.cached = cached;
  if (out.is_roof) {
    out.interval = {out.fraction, out.fraction};
  } else if (has_interval(roof.summary) && has_interval(record.summary)) {
    // The roof's time over the record's; the work of both is exact.
    const statistics::Ratio speed = ratio_of_medians(roof.summary, record.summary);
    out.interval = scaled(speed, out.fraction / speed.value).interval;
  } else {
    constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
    out.interval = {kUnknown, kUnknown};
  }
  return out;
}

}  // namespace

bool ranks(const Record& record) {
  return !is_modelled(record) && record.status == Status::ok &&
         record.check.outcome == kernels::Outcome::right && record.summary.median > 0;
}

bool same_device(const Record& a, const Record& b) {
  return a.device.backend == b.device.backend && a.device.index == b.device.index &&
         a.device.name == b.device.name && a.device.unique_id == b.device.unique_id &&
         a.origin == b.origin && is_modelled(a) == is_modelled(b);
}

std::string device_text(const Record& record) {
  const DeviceIdentity& device = record.device;
  std::string text;
  // With their lengths, since the names are a module's and may contain anything.
  for (const std::string* part : {&device.backend, &device.name, &device.unique_id}) {
    text += std::to_string(part->size()) + ' ' + *part;
  }
  for (const int part : {static_cast<int>(device.index), static_cast<int>(record.origin),
                         static_cast<int>(is_modelled(record))}) {
    text += std::to_string(part) + ' ';
  }
  return text;
}

Ceilings measured_ceilings(std::span<const Record> records, const Record& like,
                           bool (*trusted)(const Record&)) {
  std::map<std::string, bool> known;  // by record, so that each is judged once
  const auto is_trusted = [&](const Record& record) {
    const auto [slot, fresh] = known.try_emplace(record.id);
    if (fresh) slot->second = trusted(record);
    return slot->second;
  };
  Ceilings out;
  std::map<std::string, bool> trust_of_roof;  // by place of the roof
  const auto raise = [&](const std::string& place, Roof& roof, double rate, const Record& record) {
    const bool good = is_trusted(record);
    const auto [slot, fresh] = trust_of_roof.try_emplace(place, good);
    if (!fresh && std::pair(good, rate) <= std::pair(slot->second, roof.rate)) return;
    slot->second = good;
    roof = roof_by(record, rate);
  };
  for (const Record& record : records) {
    if (!ranks(record) || !same_device(record, like)) continue;
    const auto measured = measured_roof(record);
    if (measured == kernels::Roof::arithmetic) {
      raise(std::string(kernels::name(record.work.type)), out.arithmetic[record.work.type],
            flop_rate(record), record);
    } else if (measured == kernels::Roof::memory && exceeds_cache(record, kBeyondCache)) {
      if (!out.memory) out.memory.emplace();
      raise("", *out.memory, byte_rate(record), record);
    }
  }
  return out;
}

bool is_dense_product(const Record& record) {
  const Division division = record.implementation.division;
  const bool tuned = division == Division::library || division == Division::native;
  return tuned && record.operation == "matmul" && ranks(record) &&
         record.work.flop >= kProductIntensity * record.work.bytes;
}

void raise_by_products(Ceilings& ceilings, std::span<const Record> records, const Record& like,
                       const std::function<bool(const Record&)>& usable) {
  const Ceilings by_fma = ceilings;
  if (by_fma.arithmetic.empty()) return;
  for (const Record& record : records) {
    if (!is_dense_product(record) || !same_device(record, like)) continue;
    const bool has_fma = by_fma.arithmetic.contains(record.work.type);
    if (!has_fma && record.summary.median < kLongProduct) continue;
    const auto known = ceilings.arithmetic.find(record.work.type);
    const double rate = flop_rate(record);
    const bool is_higher = known == ceilings.arithmetic.end() || rate > known->second.rate;
    if (is_higher && usable(record)) ceilings.arithmetic[record.work.type] = roof_by(record, rate);
  }
}

double Attainable::half_width() const {
  return std::max(interval.upper / fraction - 1, 1 - interval.lower / fraction);
}

std::optional<Attainable> attainable(const Record& record, const Ceilings& ceilings) {
  if (!ranks(record) || !is_under_roofs(record)) return std::nullopt;
  const bool hot = record.settings.mode == Mode::hot;
  const bool resident = hot && !exceeds_cache(record, 1);
  const bool cached = hot && !exceeds_cache(record, kBeyondCache);
  const auto found = ceilings.arithmetic.find(record.work.type);
  const bool of_memory = roof_of(record) == kernels::Roof::memory;
  const bool has_peak = !of_memory && record.work.flop > 0 && found != ceilings.arithmetic.end();
  if (has_peak) {
    const double peak = found->second.rate;
    const bool memory_bounds = ceilings.memory && !resident && record.work.bytes > 0 &&
                               intensity(record) * ceilings.memory->rate < peak;
    if (!memory_bounds) return under(record, Bound::arithmetic, found->second, cached);
  } else if (!ceilings.memory || record.work.bytes <= 0 ||
             (!of_memory && intensity(record) >= kLowIntensity)) {
    return std::nullopt;
  }
  return under(record, Bound::memory, *ceilings.memory, cached);
}

}  // namespace assay::results::record

#include "results/record/ceilings.h"

namespace assay::results::record {

namespace {

constexpr double kBeyondCache = 4;
constexpr double kLowIntensity = 0.5;  // FLOP/B

bool exceeds_cache(const Record& record, double times) {
  return record.work.bytes >= times * static_cast<double>(record.device.cache_bytes);
}

/// Whether the record's operation is limited by the device's arithmetic or memory.
bool is_under_roofs(const Record& record) {
  const kernels::Roof roof = roof_of(record);
  return roof == kernels::Roof::arithmetic || roof == kernels::Roof::memory;
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

Ceilings measured_ceilings(std::span<const Record> records, const Record& like) {
  Ceilings out;
  for (const Record& record : records) {
    if (!ranks(record) || !same_device(record, like)) continue;
    const auto measured = measured_roof(record);
    if (measured == kernels::Roof::arithmetic) {
      Roof& roof = out.arithmetic[record.work.type];
      const double rate = flop_rate(record);
      if (rate > roof.rate) roof = {rate, record.id, record.operation};
    } else if (measured == kernels::Roof::memory && exceeds_cache(record, kBeyondCache)) {
      const double rate = byte_rate(record);
      if (!out.memory || rate > out.memory->rate)
        out.memory = Roof{rate, record.id, record.operation};
    }
  }
  return out;
}

std::optional<Attainable> attainable(const Record& record, const Ceilings& ceilings) {
  if (!ranks(record) || !is_under_roofs(record)) return std::nullopt;
  const bool hot = record.settings.mode == Mode::hot;
  const bool resident = hot && !exceeds_cache(record, 1);
  const bool cached = hot && !exceeds_cache(record, kBeyondCache);
  const auto found = ceilings.arithmetic.find(record.work.type);
  const bool of_memory = roof_of(record) == kernels::Roof::memory;
  const bool has_peak = !of_memory && record.work.flop > 0 && found != ceilings.arithmetic.end();
  const double flops = flop_rate(record), bytes = byte_rate(record);
  if (has_peak) {
    const double peak = found->second.rate;
    const bool memory_bounds = ceilings.memory && !resident && record.work.bytes > 0 &&
                               intensity(record) * ceilings.memory->rate < peak;
    if (!memory_bounds) return Attainable{Bound::arithmetic, peak, flops / peak, cached};
  } else if (!ceilings.memory || record.work.bytes <= 0 ||
             (!of_memory && intensity(record) >= kLowIntensity)) {
    return std::nullopt;
  }
  const double bandwidth = ceilings.memory->rate;
  return Attainable{Bound::memory, bandwidth, bytes / bandwidth, cached};
}

}  // namespace assay::results::record

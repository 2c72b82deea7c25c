#include "results/trust/beside.h"

#include <utility>

#include "results/record/listing.h"
#include "results/trust/clocks.h"

namespace assay::results::trust {

Beside::Beside(std::span<const record::Record> records) {
  for (const record::Record& record : records) {
    if (ranks(record) && measured_roof(record)) roofs_[record.run].push_back(record);
  }
}

const record::Ceilings& Beside::ceilings(const record::Record& like) {
  std::string key = like.run + "\n" + device_key(like.device) + "\n" + like.device.unique_id;
  const auto [slot, fresh] = known_.try_emplace(std::move(key));
  if (!fresh) return slot->second;
  const auto found = roofs_.find(like.run);
  if (found != roofs_.end()) slot->second = ceilings_of(found->second, like);
  return slot->second;
}

std::optional<Doubt> Beside::above_ceiling(const record::Record& record) {
  return trust::above_ceiling(record, ceilings(record));
}

Trust Beside::trust_of(const record::Record& record) {
  Trust trust = trust::trust_of(record);
  if (!ranks(record) || trust.has(Fault::implausible)) return trust;
  if (auto found = above_ceiling(record)) {
    trust.doubts.insert(trust.doubts.begin(), std::move(*found));
  }
  return trust;
}

}  // namespace assay::results::trust

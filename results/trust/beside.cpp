#include "results/trust/beside.h"

#include <utility>

#include "results/trust/clocks.h"
#include "results/trust/products.h"

namespace assay::results::trust {

namespace {

std::string place_of(const record::Record& record) {
  return record.run + "\n" + device_text(record);
}

}  // namespace

Beside::Beside(std::span<const record::Record> records) {
  for (const record::Record& record : records) {
    const bool is_roof = ranks(record) && measured_roof(record);
    if (is_roof || is_dense_product(record)) judges_[place_of(record)].push_back(record);
  }
}

const Beside::Known& Beside::known(const record::Record& like) {
  std::string place = place_of(like);
  const auto found = judges_.find(place);
  const auto [slot, fresh] = known_.try_emplace(std::move(place));
  if (fresh && found != judges_.end()) {
    slot->second = {own_ceilings_of(found->second, like), ceilings_of(found->second, like)};
  }
  return slot->second;
}

const record::Ceilings& Beside::ceilings(const record::Record& like) {
  return known(like).raised;
}

std::optional<Doubt> Beside::above_ceiling(const record::Record& record) {
  return trust::above_ceiling(record, known(record).own);
}

std::optional<Doubt> Beside::above_products(const record::Record& record) const {
  const auto found = judges_.find(place_of(record));
  if (found == judges_.end()) return std::nullopt;
  return trust::above_products(record, found->second);
}

Trust Beside::trust_of(const record::Record& record) {
  Trust trust = trust::trust_of(record);
  if (!ranks(record) || trust.has(Fault::implausible)) return trust;
  std::optional<Doubt> found = above_ceiling(record);
  if (!found) found = above_products(record);
  if (found) trust.doubts.insert(trust.doubts.begin(), std::move(*found));
  return trust;
}

}  // namespace assay::results::trust

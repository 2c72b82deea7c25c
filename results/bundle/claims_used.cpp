#include "results/bundle/claims_used.h"

#include <set>

#include "results/claims/evidence.h"
#include "results/record/json_library.h"

namespace assay::results::bundle {

namespace {

using nlohmann::ordered_json;

ordered_json value_json(const claims::Claim& claim) {
  if (!claim.value) return nullptr;
  return {{"comparison", name(claim.comparison)},
          {"value", claim.value->written},
          {"unit", claim.value->unit},
          {"value_in_base_units", claim.value->value},
          {"tolerance", claim.tolerance}};
}

ordered_json source_json(const claims::Claim& claim) {
  return {{"title", claim.source.title},
          {"url", claim.source.url},
          {"section", claim.source.section},
          {"date", claim.source.date},
          {"standing", name(claim.standing)}};
}

ordered_json claim_json(const claims::Claim& claim, const std::set<std::string>& records) {
  return {{"id", claim.id},
          {"statement", claim.statement},
          {"quote", claim.quote},
          {"sets", claim.sets},
          {"system", claim.system},
          {"quantity", claim.quantity},
          {"claimed", value_json(claim)},
          {"conditions", claim.conditions},
          {"source", source_json(claim)},
          {"test", {{"quantity", claim.test->quantity}, {"problems", claim.test->problems}}},
          {"records", records}};
}

}  // namespace

std::string claims_used(const claims::Catalogue& catalogue,
                        std::span<const record::Record> records) {
  ordered_json claims = ordered_json::array();
  claims::EvidenceIndex evidence(catalogue, records);
  for (const claims::Claim& claim : catalogue.claims) {
    const auto system = catalogue.systems.find(claim.system);
    if (!claim.test || system == catalogue.systems.end()) continue;
    std::set<std::string> used;
    for (const claims::Measured& measured : evidence.measured(*claim.test, system->second)) {
      used.insert(measured.records.begin(), measured.records.end());
    }
    if (!used.empty()) claims.push_back(claim_json(claim, used));
  }
  const ordered_json out = {{"catalogue", catalogue.sha256}, {"claims", claims}};
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace assay::results::bundle

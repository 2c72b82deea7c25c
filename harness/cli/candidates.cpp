#include "harness/cli/candidates.h"

#include <cstdlib>

#include "harness/plan/suite.h"
#include "kernels/error.h"
#include "kernels/operation.h"
#include "results/exchange/format.h"
#include "results/record/enums.h"
#include "results/store/store.h"

namespace assay::cli {

Names suite_names() {
  Names names;
  for (const EmbeddedFile& file : harness::plan::suite_files()) {
    names.emplace_back(file.name.substr(0, file.name.rfind('.')));
  }
  return names;
}

Names operation_names() {
  Names names;
  for (const kernels::Operation* operation : kernels::operations()) {
    names.emplace_back(operation->name);
  }
  return names;
}

Names set_ids() {
  Names ids;
  for (const auto& [id, set] : results::claims::built_in_catalogue().sets) ids.push_back(id);
  return ids;
}

Names set_and_claim_ids(const results::claims::Catalogue& catalogue) {
  Names ids;
  for (const auto& [id, set] : catalogue.sets) ids.push_back(id);
  for (const results::claims::Claim& claim : catalogue.claims) ids.push_back(claim.id);
  return ids;
}

Names claim_ids() {
  return set_and_claim_ids(results::claims::built_in_catalogue());
}

Names system_ids() {
  Names ids;
  for (const auto& [id, system] : results::claims::built_in_catalogue().systems) ids.push_back(id);
  return ids;
}

Names exporter_names() {
  Names names;
  for (const results::exchange::Exporter* exporter : results::exchange::exporters())
    names.emplace_back(exporter->name);
  return names;
}

Names importer_names() {
  Names names;
  for (const results::exchange::Importer* importer : results::exchange::importers())
    names.emplace_back(importer->name);
  return names;
}

Names run_ids() {
  Names ids = {"last"};
  // Completion must be quick: do not wait long for a server.
  setenv("PGCONNECT_TIMEOUT", "2", 0);
  try {
    const auto store =
        results::store::Store::open(results::store::default_store(), results::store::Access::read);
    for (const results::record::Run& run : store.runs()) ids.push_back(run.id.substr(0, 8));
  } catch (const Error&) {
    // Without a store there is nothing to complete.
  }
  return ids;
}

}  // namespace assay::cli

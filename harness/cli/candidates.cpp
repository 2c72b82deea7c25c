#include "harness/cli/candidates.h"

#include <cstdlib>

#include "harness/suite.h"
#include "kernels/error.h"
#include "kernels/operation.h"
#include "results/claims/catalogue.h"
#include "results/exchange/format.h"
#include "results/record_keys.h"
#include "results/store.h"

namespace assay::cli {

Names suite_names() {
  Names names;
  for (const EmbeddedFile& file : harness::suite_files()) {
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

Names division_names() {
  const auto all = harness::divisions();
  return {all.begin(), all.end()};
}

Names mode_names() {
  return {"cold", "hot"};
}

Names set_ids() {
  Names ids;
  for (const auto& [id, set] : results::built_in_catalogue().sets) ids.push_back(id);
  return ids;
}

Names claim_ids() {
  Names ids = set_ids();
  for (const results::Claim& claim : results::built_in_catalogue().claims) ids.push_back(claim.id);
  return ids;
}

Names system_ids() {
  Names ids;
  for (const auto& [id, system] : results::built_in_catalogue().systems) ids.push_back(id);
  return ids;
}

Names status_names() {
  Names names;
  for (const results::Status status : results::Names<results::Status>::all) {
    names.emplace_back(name(status));
  }
  return names;
}

Names exporter_names() {
  Names names;
  for (const results::Exporter* exporter : results::exporters()) names.emplace_back(exporter->name);
  return names;
}

Names importer_names() {
  Names names;
  for (const results::Importer* importer : results::importers()) names.emplace_back(importer->name);
  return names;
}

Names run_ids() {
  Names ids = {"last"};
  // Nobody waits long for a server between two keys.
  setenv("PGCONNECT_TIMEOUT", "2", 0);
  try {
    const auto store = results::Store::open(results::default_store(), results::Access::read);
    for (const results::Run& run : store.runs()) ids.push_back(run.id.substr(0, 8));
  } catch (const Error&) {
    // No store is no reason to fail while a person types.
  }
  return ids;
}

}  // namespace assay::cli

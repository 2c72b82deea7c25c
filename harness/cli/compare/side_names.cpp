#include "harness/cli/compare/side_names.h"

#include "harness/cli/common.h"
#include "kernels/error.h"
#include "results/claims/system_names.h"

namespace assay::cli::compare {

namespace {

bool is_run(const std::string& text, const results::store::StoreAddress& store) {
  if (store.is_missing()) return false;
  try {
    open_store(store, results::store::Access::read).run(text);
    return true;
  } catch (const InputError&) {
    return false;
  }
}

}  // namespace

std::string side_with_id(const std::string& side, const results::claims::Catalogue& catalogue,
                         const results::store::StoreAddress& store) {
  if (catalogue.systems.contains(side)) return side;
  // Of files, devices, joined runs and last~N.
  if (side.find_first_of("/.:@+~") != std::string::npos) return side;
  // The store is asked only where the text may be a system: "a100" may begin the id of a run.
  try {
    const auto* system = results::claims::system_as_written(catalogue, side);
    return system == nullptr || is_run(side, store) ? side : system->id;
  } catch (const InputError&) {
    if (is_run(side, store)) return side;
    throw;
  }
}

}  // namespace assay::cli::compare

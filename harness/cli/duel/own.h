// Sides that this program's own workers measure.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/cli/duel/contest.h"
#include "harness/worker/messages.h"

namespace assay::cli::duel {

/// The modules that were asked for their devices, each folder once.
class Modules {
 public:
  /// Those in `folder`; empty: the usual ones.
  const std::vector<harness::worker::ModuleReport>& in(const std::string& folder);

 private:
  std::vector<std::pair<std::string, std::vector<harness::worker::ModuleReport>>> known_;
};

/// What this program plans for the side. Each measurement is made by a new worker process.
std::vector<Entry> entries_of_workers(const SideChoice& side, Modules& modules,
                                      const Session& session);

}  // namespace assay::cli::duel

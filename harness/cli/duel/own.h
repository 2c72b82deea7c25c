// Sides that this program's own workers measure.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/cli/duel/contest.h"
#include "harness/worker/messages.h"

namespace assay::cli::duel {

/// The modules that were asked for their devices, each folder once for each choice of devices.
class Modules {
 public:
  /// Those in `folder`; empty: the usual ones of these devices.
  const std::vector<harness::worker::ModuleReport>& in(const std::string& folder,
                                                       const std::vector<std::string>& devices);

 private:
  using Asked = std::pair<std::string, std::vector<std::string>>;
  std::map<Asked, std::vector<harness::worker::ModuleReport>> known_;
};

/// What this program plans for the side. Each measurement is made by a new worker process.
std::vector<Entry> entries_of_workers(const SideChoice& side, Modules& modules,
                                      const Session& session);

}  // namespace assay::cli::duel

// What a process that starts ranks tells each of them.
#pragma once

#include <optional>
#include <vector>

#include "harness/ranks/job_secret.h"
#include "harness/worker/child.h"
#include "harness/worker/messages.h"

namespace assay::harness::ranks {

struct Briefing {
  JobSecret secret;
  /// The modules of this host. They were probed once for all of its ranks, since that many
  /// processes at the same time would keep each other from answering.
  std::vector<worker::ModuleReport> modules;
};

/// Tells a rank, through its channel and not through its environment, which other processes would
/// inherit.
void brief(worker::Child& rank, const Briefing& briefing);

/// What the process that started this one tells it; nullopt if it tells nothing.
std::optional<Briefing> briefing_from_parent();

}  // namespace assay::harness::ranks

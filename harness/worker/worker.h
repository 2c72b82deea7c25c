// The worker process, which uses one device, or probes a module for its devices.
#pragma once

#include "harness/worker/conversation.h"
#include "harness/worker/messages.h"

namespace assay::harness::worker {

/// Serves requests of the parent until it closes the channel. Returns the process's exit code.
int serve(const WorkerOptions& options, ParentChannel& parent);

}  // namespace assay::harness::worker

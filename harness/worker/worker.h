// The worker process, which uses one device, or probes a module for its devices.
#pragma once

#include "harness/worker/messages.h"

namespace assay::harness::worker {

/// Serves requests from kWorkerDescriptor until it closes. Returns the process's exit code.
int serve(const WorkerOptions& options);

}  // namespace assay::harness::worker

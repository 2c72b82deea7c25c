// The worker process, which uses one device, or probes a module for its devices.
#pragma once

#include <cstdint>
#include <string>

namespace assay::harness::worker {

struct WorkerOptions {
  std::string module;  ///< path of the module's file
  bool probe = false;  ///< only probe for devices, report them and end
  std::uint32_t device = 0;
  unsigned threads = 0;
  bool tune = false;
  std::string pretend;  ///< JSON of the systems to model (harness/worker/published.h); empty: none
};

/// Serves requests from kWorkerDescriptor until it closes. Returns the process's exit code.
int serve(const WorkerOptions& options);

}  // namespace assay::harness::worker

// The OpenMP runtime that oneDNN computes with.
#pragma once

#include <string>

#include "backends/cpu/machine.h"

namespace assay::backends::cpu {

/// Parallel regions of the calling thread get as many threads as the machine has.
void use_openmp_threads(const Machine& machine);

/// Starts the calling thread's pool and pins it.
void start_openmp_threads(Machine& machine);

/// How threads without work wait: "passive", "active", or what the runtime does by itself.
std::string openmp_wait_policy();

}  // namespace assay::backends::cpu

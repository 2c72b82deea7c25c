#include "backends/cpu/openmp.h"

#include <cstdlib>

// Declared here, for the runtime must be the library's own (libgomp), whichever compiler this is
// built with and whichever runtime that would link.
extern "C" {
void omp_set_num_threads(int threads);
void GOMP_parallel(void (*body)(void*), void* data, unsigned threads, unsigned flags);
}

namespace assay::backends::cpu {

void use_openmp_threads(const Machine& machine) {
  omp_set_num_threads(static_cast<int>(machine.threads()));
}

void start_openmp_threads(Machine& machine) {
  use_openmp_threads(machine);
  GOMP_parallel([](void*) {}, nullptr, machine.threads(), 0);
  machine.pin_all_threads();
}

std::string openmp_wait_policy() {
  const char* policy = std::getenv("OMP_WAIT_POLICY");
  return policy == nullptr ? "the runtime's own (spins, then sleeps)" : policy;
}

}  // namespace assay::backends::cpu

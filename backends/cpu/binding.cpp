#include "backends/cpu/binding.h"

#include <mutex>

namespace assay::backends::cpu {
namespace {

std::mutex guard;
std::string refused_because;

}  // namespace

std::string binding_refusal() {
  const std::lock_guard lock(guard);
  return refused_because;
}

void set_binding_refusal(const std::string& reason) {
  const std::lock_guard lock(guard);
  refused_because = reason;
}

}  // namespace assay::backends::cpu

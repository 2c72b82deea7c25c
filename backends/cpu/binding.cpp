#include "backends/cpu/binding.h"

#include <mutex>

namespace assay::backends::cpu {
namespace {

std::mutex guard;
std::string refusal;

}  // namespace

std::string binding_refusal() {
  const std::lock_guard lock(guard);
  return refusal;
}

void set_binding_refusal(const std::string& reason) {
  const std::lock_guard lock(guard);
  refusal = reason;
}

}  // namespace assay::backends::cpu

// Attention in flash style: prefill in packed tiles, decode straight from the cache of keys.
#include "backends/cpu/implementation.h"
#include "backends/cpu/native/flash.h"

namespace assay::backends::cpu::native_flash {

extern const Implementation implementation;

namespace {

std::string why_not(const kernels::Problem&, const Machine&) {
  return {};
}

std::unique_ptr<Executable> prepare(const kernels::Problem& problem,
                                    std::span<std::byte* const> buffers, Machine& machine) {
  const kernels::AttentionShape shape = kernels::attention_shape(problem);
  // Few queries a key: packing would cost more than it saves.
  if (shape.group() * shape.sq <= native::kFlashStoredRows) {
    return native::flash_decode(shape, buffers, machine);
  }
  return native::flash_prefill(shape, buffers, machine);
}

}  // namespace

const Implementation implementation = {"native/flash", "native", "attention", why_not, prepare};

}  // namespace assay::backends::cpu::native_flash

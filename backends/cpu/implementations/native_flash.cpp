// Attention in flash style: prefill in packed tiles, decode straight from the cache of keys.
#include "backends/cpu/implementation.h"
#include "backends/cpu/native/flash.h"
#include "kernels/attention/rules.h"

namespace assay::backends::cpu::native_flash {

extern const Implementation implementation;

namespace {

std::string why_not(const kernels::Problem& problem, const Machine&) {
  kernels::AttentionShape shape = kernels::attention_shape(problem);
  // These are computed.
  shape.window = shape.softcap = 0;
  shape.sinks = false;
  return kernels::why_not_plain(shape);
}

std::unique_ptr<Executable> prepare(const kernels::Problem& problem,
                                    std::span<std::byte* const> buffers, Machine& machine) {
  const kernels::AttentionShape shape = kernels::attention_shape(problem);
  const native::FlashOperands operands{
      .q = buffers[0],
      .keys = {.keys = buffers[1],
               .values = buffers[2],
               .hkv = shape.hkv,
               .length = shape.skv,
               .key_bytes = kernels::bytes_of(shape.type, shape.d),
               .value_bytes = kernels::bytes_of(shape.type, shape.dv)},
      .sinks = shape.sinks ? reinterpret_cast<const float*>(buffers[3]) : nullptr,
      .o = buffers.back()};
  return native::flash(shape, operands, machine);
}

}  // namespace

const Implementation implementation = {"native/flash", "native", "attention", why_not, prepare};

}  // namespace assay::backends::cpu::native_flash

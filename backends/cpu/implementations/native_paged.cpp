// Attention over keys and values in pages, in flash style: prefill in packed tiles, decode straight
// from the pages.
#include "backends/cpu/implementation.h"
#include "backends/cpu/native/flash.h"
#include "kernels/attention/rules.h"
#include "kernels/paged_attention/shape.h"

namespace assay::backends::cpu::native_paged {

extern const Implementation implementation;

namespace {

std::string why_not(const kernels::Problem& problem, const Machine&) {
  kernels::AttentionShape shape = kernels::paged_attention_shape(problem);
  // These are computed.
  shape.window = shape.softcap = shape.page = 0;
  shape.sinks = false;
  return kernels::why_not_plain(shape);
}

std::unique_ptr<Executable> prepare(const kernels::Problem& problem,
                                    std::span<std::byte* const> buffers, Machine& machine) {
  const kernels::AttentionShape shape = kernels::paged_attention_shape(problem);
  const std::int64_t row_bytes = kernels::bytes_of(shape.type, shape.d);
  const native::FlashOperands operands{
      .q = buffers[0],
      .keys = {.keys = buffers[1],
               .values = buffers[2],
               .hkv = shape.hkv,
               .length = shape.skv,
               .key_bytes = row_bytes,
               .value_bytes = row_bytes,
               .table = reinterpret_cast<const std::int32_t*>(buffers[3]),
               .lengths = reinterpret_cast<const std::int32_t*>(buffers[4]),
               .page = shape.page,
               .table_row = shape.table_row()},
      .sinks = shape.sinks ? reinterpret_cast<const float*>(buffers[5]) : nullptr,
      .o = buffers.back()};
  return native::flash(shape, operands, machine);
}

}  // namespace

const Implementation implementation = {"native/flash", "native", "paged_attention", why_not,
                                       prepare};

}  // namespace assay::backends::cpu::native_paged

#include "kernels/attention/check.h"

#include "kernels/paged_attention/shape.h"

namespace assay::kernels {

namespace {

/// The pages come from the problem, not from the buffers, which a kernel may have changed.
AttentionInputs inputs_of(const AttentionShape& s, const AttentionPages& pages,
                          std::span<const ConstBytes> buffers) {
  return {.q = buffers[0].data(),
          .k = buffers[1].data(),
          .v = buffers[2].data(),
          .sinks = s.sinks ? buffers[5].data() : nullptr,
          .pages = &pages};
}

}  // namespace

void paged_attention_reference(const Problem& problem, std::span<const ConstBytes> buffers,
                               std::span<const Bytes> outputs) {
  const AttentionShape s = paged_attention_shape(problem);
  const AttentionPages pages = attention_pages(problem);
  compute_attention_reference(s, inputs_of(s, pages, buffers), outputs[0]);
}

Check paged_attention_check(const Problem& problem, std::span<const ConstBytes> buffers,
                            const CheckOptions& options) {
  const AttentionShape s = paged_attention_shape(problem);
  const AttentionPages pages = attention_pages(problem);
  return check_attention(s, inputs_of(s, pages, buffers), buffers.back(),
                         problem.operation().work(problem).flop, options);
}

}  // namespace assay::kernels

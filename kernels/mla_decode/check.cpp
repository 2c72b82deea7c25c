#include "kernels/attention/check.h"

#include "kernels/mla_decode/shape.h"

namespace assay::kernels {

namespace {

AttentionInputs inputs_of(std::span<const ConstBytes> buffers) {
  return {buffers[0].data(), buffers[1].data(), buffers[1].data()};
}

}  // namespace

void mla_decode_reference(const Problem& problem, std::span<const ConstBytes> buffers,
                          std::span<const Bytes> outputs) {
  compute_attention_reference(mla_shape(problem), inputs_of(buffers), outputs[0]);
}

Check mla_decode_check(const Problem& problem, std::span<const ConstBytes> buffers,
                       const CheckOptions& options) {
  return check_attention(mla_shape(problem), inputs_of(buffers), buffers[2],
                         problem.operation().work(problem).flop, options);
}

}  // namespace assay::kernels

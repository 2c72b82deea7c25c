#include <numeric>

#include "kernels/attention/check.h"
#include "kernels/attention/rows.h"

namespace assay::kernels {

void compute_attention_reference(const AttentionShape& s, const AttentionInputs& inputs,
                                 Bytes output) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(s.b * s.hq * s.sq));
  std::iota(rows.begin(), rows.end(), 0);
  for_each_attention_row(s, inputs, rows, [&](const AttentionRow& row) {
    encode_array(s.type, row.value, output.data(), row.index * s.dv);
  });
}

AttentionInputs attention_inputs(const AttentionShape& s, std::span<const ConstBytes> buffers) {
  return {.q = buffers[0].data(),
          .k = buffers[1].data(),
          .v = buffers[2].data(),
          .sinks = s.sinks ? buffers[3].data() : nullptr};
}

void attention_reference(const Problem& problem, std::span<const ConstBytes> buffers,
                         std::span<const Bytes> outputs) {
  const AttentionShape s = attention_shape(problem);
  compute_attention_reference(s, attention_inputs(s, buffers), outputs[0]);
}

}  // namespace assay::kernels

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

void attention_reference(const Problem& problem, std::span<const ConstBytes> buffers,
                         std::span<const Bytes> outputs) {
  compute_attention_reference(attention_shape(problem),
                              {buffers[0].data(), buffers[1].data(), buffers[2].data()},
                              outputs[0]);
}

}  // namespace assay::kernels

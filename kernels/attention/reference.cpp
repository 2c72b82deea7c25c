#include <numeric>

#include "kernels/attention/check.h"
#include "kernels/attention/rows.h"

namespace assay::kernels {

void attention_reference(const Problem& problem, std::span<const ConstBytes> buffers,
                         std::span<const Bytes> outputs) {
  const AttentionShape s = attention_shape(problem);
  std::vector<std::int64_t> rows(static_cast<std::size_t>(s.b * s.hq * s.sq));
  std::iota(rows.begin(), rows.end(), 0);
  const AttentionInputs inputs{buffers[0].data(), buffers[1].data(), buffers[2].data()};
  for_each_attention_row(s, inputs, rows, [&](const AttentionRow& row) {
    encode_array(s.type, row.value, outputs[0].data(), row.index * s.dv);
  });
}

}  // namespace assay::kernels

// Scaled dot-product attention as an operation graph: the pattern that cuDNN's fused attention
// engines recognise (cuDNN developer guide, "Fused Flash Attention fprop").
#pragma once

#include <string>
#include <vector>

#include "backends/cudalike/graph.h"
#include "kernels/attention/shape.h"

namespace assay::backends::cudalike {

/// Numbers that identify the launch's pointers.
enum AttentionTensor : std::int64_t {
  kQuery = 1,
  kKey = 2,
  kValue = 3,
  kOutput = 4,
  kScale = 5,
  kShift = 6,
  kMasked = 7
};

/// Why the graph is impossible; empty where the library decides.
std::string why_no_attention_graph(const kernels::AttentionShape& shape);

/// Plans for it, the heuristics' best first; `why` where there is none.
std::vector<GraphDescriptor> attention_plans(const GraphApi& api, GraphTarget target,
                                             const kernels::AttentionShape& shape,
                                             std::size_t limit, std::string& why);

}  // namespace assay::backends::cudalike

// Scaled dot-product attention as an operation graph: the pattern that cuDNN's fused attention
// engines recognise (cuDNN developer guide, "Fused Flash Attention fprop").
#pragma once

#include <span>
#include <string>

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

/// Plans of one shape, made when they are first asked for: each takes cuDNN 0.3 to 2 s.
class AttentionPlans {
 public:
  AttentionPlans(const GraphApi& api, GraphTarget target, const kernels::AttentionShape& shape);

  /// At most `limit`, the heuristics' best first; `why` where there is none.
  std::span<const GraphDescriptor> first(std::size_t limit, std::string& why);

 private:
  GraphBuilder builder_;
  std::string refusal_;
};

}  // namespace assay::backends::cudalike

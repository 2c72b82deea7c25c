// How a model is spread over a system, and what is asked of it.
#pragma once

#include <string>

#include "results/network/network.h"
#include "results/project/model.h"

namespace assay::results::project {

enum class Phase { prefill, decode };
std::string_view name(Phase phase);
Phase phase_named(std::string_view name);

/// A rank is an endpoint of the network: a GPU, or a die of a chip that has several.
struct Deployment {
  Phase phase = Phase::decode;
  int tensor = 1, pipeline = 1, expert = 1;  ///< parallelism; an instance has ranks() ranks
  /// Copies of experts beyond one each, so that expert parallelism may exceed their number.
  int redundant_experts = 0;
  /// Of a tensor group: sequences to decode, or tokens of one pass of prefill. Each stage of a
  /// pipeline has such a batch under way.
  double batch = 1;
  double context = 4096;    ///< tokens before the one decoded; prefill: a prompt's length
  std::string type = "i8";  ///< of weights and products: "bf16", "f8", "i8"
  double cache_bytes = 2;   ///< an element of the cache takes
  int predicted = 0;        ///< tokens predicted ahead and verified with the next
  /// Parts of a batch whose compute and communication overlap; 1: no overlap; 0: one or two,
  /// whichever takes less time.
  int micro_batches = 0;

  int ranks() const { return std::max(tensor, expert) * pipeline; }
};

/// Bytes of one weight.
double bytes_of_type(const std::string& type);

/// Throws InputError naming the rule that it breaks.
void require_possible(const Model& model, const Deployment& deployment, int endpoints);

/// Bytes a rank holds.
struct MemoryNeed {
  double weights = 0, cache = 0, activations = 0;
  double total() const { return weights + cache + activations; }
};
MemoryNeed memory_need(const Model& model, const Deployment& deployment);

}  // namespace assay::results::project

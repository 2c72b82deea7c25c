// How a model is distributed over a system, and its workload.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "results/network/network.h"
#include "results/project/model.h"

namespace assay::results::project {

enum class Phase { prefill, decode };

/// How the ranks of a tensor group, which have the same tokens, combine what their experts make of
/// them. reduction: each rank adds up its experts' part, and one all-reduce adds the parts.
/// exchange: each rank sends a part of the tokens to their experts (dispatch) and gets the results
/// back (combine). slower: the slower of both, since no published figure is known to decide.
enum class Combination { slower, reduction, exchange };
std::string_view name(Combination combination);

std::string_view name(Phase phase);
Phase phase_named(std::string_view name);

/// A rank is an endpoint of the network: a GPU, or a die of a chip that has several.
struct Deployment {
  Phase phase = Phase::decode;
  int tensor = 1, pipeline = 1, expert = 1;  ///< parallelism; an instance has ranks() ranks
  /// Additional copies of experts, so that expert parallelism can exceed the number of experts.
  int redundant_experts = 0;
  /// Batch of a tensor group: sequences to decode, or tokens per prefill pass. Each stage of a
  /// pipeline works on a batch of this size.
  double batch = 1;
  double context = 4096;    ///< decode: number of previous tokens; prefill: length of a prompt
  std::string type = "i8";  ///< of weights and products: "bf16", "f8", "i8"
  double cache_bytes = 2;   ///< bytes per element of the KV cache
  /// Number of tokens that the draft layer predicts ahead, which the next step verifies.
  int predicted = 0;
  /// Number of parts of a batch whose compute and communication overlap. 1: no overlap; 0: one or
  /// two, whichever is faster, if experts exchange tokens between nodes; else one.
  int micro_batches = 0;
  /// Of experts if there are as many ranks for experts as in the tensor group; with fewer it is a
  /// reduction, with more an exchange.
  Combination combination = Combination::slower;
  std::string attention_type = "bf16";  ///< in which attention computes

  int ranks() const { return std::max(tensor, expert) * pipeline; }
  /// Ranks of a tensor group that share each expert, as they share any other layer. It is what
  /// vLLM, SGLang and TensorRT-LLM do by default with tensor parallelism ("Tensor Parallel evenly
  /// splits each expert's weight", TensorRT-LLM documentation, "Expert Parallelism").
  double ranks_per_expert() const { return std::max(1, tensor / expert); }
  /// Whether the ranks of a tensor group may exchange tokens or reduce.
  bool choice_of_combination() const { return expert > 1 && expert == tensor; }
  bool reduces_experts() const {
    return expert < tensor || (choice_of_combination() && combination == Combination::reduction);
  }
};

/// Bytes per weight.
double bytes_of_type(const std::string& type);

/// Throws InputError if the deployment is not possible.
void require_possible(const Model& model, const Deployment& deployment, int endpoints);

/// Bytes needed per rank.
struct MemoryNeed {
  double weights = 0, cache = 0, activations = 0;
  double total() const { return weights + cache + activations; }
};
MemoryNeed memory_need(const Model& model, const Deployment& deployment);

}  // namespace assay::results::project

#include "results/project/deployment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/error.h"
#include "kernels/nearest.h"

namespace assay::results::project {

std::string_view name(Phase phase) {
  return phase == Phase::prefill ? "prefill" : "decode";
}

Phase phase_named(std::string_view text) {
  if (text == "prefill") return Phase::prefill;
  if (text == "decode") return Phase::decode;
  throw InputError(fmt::format("there is no phase {}", text), "name prefill or decode");
}

double bytes_of_type(const std::string& type) {
  if (type == "bf16" || type == "f16") return 2;
  if (type == "f8" || type == "i8") return 1;
  throw InputError(fmt::format("type {}: a model's weights are not projected in it", type),
                   "name bf16, f16, f8 or i8");
}

void require_possible(const Model& model, const Deployment& deployment, int endpoints) {
  const auto refuse = [](const std::string& why, const std::string& hint) {
    throw InputError(why, hint);
  };
  const auto tensor = static_cast<double>(deployment.tensor);
  if (deployment.tensor < 1 || deployment.pipeline < 1 || deployment.expert < 1) {
    refuse("parallelism below 1: there is no such split", "name 1 or more");
  }
  if (std::fmod(model.heads, tensor) != 0) {
    refuse(fmt::format("tensor parallelism of {}: does not divide the {} heads of {}",
                       deployment.tensor, model.heads, model.name),
           "name a divisor of them");
  }
  if (!model.latent() && deployment.tensor > model.kv_heads &&
      std::fmod(tensor, model.kv_heads) != 0) {
    refuse(fmt::format("tensor parallelism of {}: is no multiple of the {} KV heads of {}",
                       deployment.tensor, model.kv_heads, model.name),
           "name a divisor or a multiple of them");
  }
  if (deployment.pipeline > model.layers) {
    refuse(fmt::format("pipeline parallelism of {}: {} has {} layers", deployment.pipeline,
                       model.name, model.layers),
           fmt::format("at most {}", model.layers));
  }
  if (!model.mixture() && deployment.expert > 1) {
    refuse(
        fmt::format("expert parallelism of {}: {} has no experts", deployment.expert, model.name),
        "name an expert parallelism of 1");
  }
  if (model.mixture()) {
    const double copies = model.experts + deployment.redundant_experts;
    if (deployment.expert > copies) {
      refuse(
          fmt::format("expert parallelism of {}: there are {} experts", deployment.expert, copies),
          "name fewer, or add redundant copies of experts");
    }
    if (deployment.expert % deployment.tensor != 0 && deployment.tensor % deployment.expert != 0) {
      refuse(fmt::format(
                 "expert parallelism of {} and tensor parallelism of {}: neither divides the other",
                 deployment.expert, deployment.tensor),
             "name one as a multiple of the other");
    }
  }
  if (deployment.ranks() > endpoints) {
    refuse(fmt::format("{} ranks (tp {} × pp {} × ep {}): the system has {}", deployment.ranks(),
                       deployment.tensor, deployment.pipeline, deployment.expert, endpoints),
           "split the model over fewer");
  }
  const auto is_count = [](double value) { return std::isfinite(value) && value > 0; };
  if (!is_count(deployment.batch) || !is_count(deployment.context) ||
      !is_count(deployment.cache_bytes)) {
    refuse("a batch, a context or an element of the cache of no size", "name one above zero");
  }
  constexpr int kMostPredicted = 8;
  if (deployment.predicted < 0 || deployment.predicted > kMostPredicted) {
    refuse(fmt::format("{} predicted tokens: not projected", deployment.predicted),
           fmt::format("name 0 to {}", kMostPredicted));
  }
  if (deployment.micro_batches < 0 || deployment.micro_batches > 2) {
    refuse(fmt::format("{} micro-batches: not projected", deployment.micro_batches),
           "name 1 or 2; 0 takes the quicker");
  }
}

MemoryNeed memory_need(const Model& model, const Deployment& deployment) {
  const double weight = bytes_of_type(deployment.type), tensor = deployment.tensor,
               pipeline = deployment.pipeline;
  const double sparse = model.expert_layers();
  MemoryNeed out;
  const double experts_held =
      model.mixture()
          ? std::ceil((model.experts + deployment.redundant_experts) / deployment.expert)
          : 0;
  out.weights = weight / pipeline *
                ((model.layers * model.attention_parameters() +
                  (model.layers - sparse) * model.mlp_parameters() +
                  sparse * model.shared_experts * model.expert_parameters()) /
                     tensor +
                 sparse * (model.router_parameters() + experts_held * model.expert_parameters()));
  // Embedding and head stay in 16 bits.
  out.weights += 2 * model.embedding_parameters() / tensor;
  const double tokens_cached =
      deployment.phase == Phase::decode ? deployment.batch * deployment.context : deployment.batch;
  // A stage has its part of the layers, and a batch of each stage under way.
  const double spread = model.latent() ? 1 : std::min(tensor, model.kv_heads);
  out.cache =
      tokens_cached * model.cache_elements() * model.layers * deployment.cache_bytes / spread;
  const double tokens = deployment.phase == Phase::decode
                            ? deployment.batch * (1 + deployment.predicted)
                            : deployment.batch;
  const double width = model.mixture() ? model.hidden * (2 + 2 * model.experts_a_token)
                                       : 2 * model.hidden + 2 * model.mlp / tensor;
  out.activations = 2 * tokens * width;
  return out;
}

}  // namespace assay::results::project

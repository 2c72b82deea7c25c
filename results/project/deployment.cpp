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

std::string_view name(Combination combination) {
  switch (combination) {
    case Combination::reduction:
      return "reduction";
    case Combination::exchange:
      return "dispatch and combine";
    case Combination::slower:
      break;
  }
  return "the slower way";
}

Phase phase_named(std::string_view text) {
  if (text == "prefill") return Phase::prefill;
  if (text == "decode") return Phase::decode;
  throw InputError(fmt::format("phase {}: unknown", text), "use prefill or decode");
}

double bytes_of_type(const std::string& type) {
  if (type == "bf16" || type == "f16") return 2;
  if (type == "f8" || type == "i8") return 1;
  throw InputError(fmt::format("type {}: weights of this type are not supported", type),
                   "use bf16, f16, f8 or i8");
}

namespace {

void require_whole_heads(const Model& model, const Deployment& deployment) {
  const auto tensor = static_cast<double>(deployment.tensor);
  if (std::fmod(model.heads, tensor) != 0) {
    throw InputError(fmt::format("tensor parallelism of {}: does not divide the {} heads of {}",
                                 deployment.tensor, model.heads, model.name),
                     "use a divisor of this number");
  }
  if (!model.latent() && deployment.tensor > model.kv_heads &&
      std::fmod(tensor, model.kv_heads) != 0) {
    throw InputError(
        fmt::format(
            "tensor parallelism of {}: neither divides nor is a multiple of the {} KV heads of {}",
            deployment.tensor, model.kv_heads, model.name),
        "use a divisor or a multiple of this number");
  }
}

void require_split_experts(const Model& model, const Deployment& deployment) {
  if (!model.mixture()) {
    if (deployment.expert <= 1) return;
    throw InputError(
        fmt::format("expert parallelism of {}: {} has no experts", deployment.expert, model.name),
        "use an expert parallelism of 1");
  }
  const double copies = model.experts + deployment.redundant_experts;
  if (deployment.expert > copies) {
    throw InputError(
        fmt::format("expert parallelism of {}: there are {} experts", deployment.expert, copies),
        "use less expert parallelism, or more redundant copies of experts");
  }
  if (deployment.expert % deployment.tensor != 0 && deployment.tensor % deployment.expert != 0) {
    throw InputError(
        fmt::format(
            "expert parallelism of {} and tensor parallelism of {}: neither divides the other",
            deployment.expert, deployment.tensor),
        "make one a multiple of the other");
  }
}

/// The parts into which the model is split.
void require_parallelism(const Model& model, const Deployment& deployment, int endpoints) {
  if (deployment.tensor < 1 || deployment.pipeline < 1 || deployment.expert < 1) {
    throw InputError("tensor, pipeline or expert parallelism: is below 1", "use 1 or more");
  }
  require_whole_heads(model, deployment);
  if (deployment.pipeline > model.layers) {
    throw InputError(fmt::format("pipeline parallelism of {}: {} has {} layers",
                                 deployment.pipeline, model.name, model.layers),
                     fmt::format("use at most {}", model.layers));
  }
  require_split_experts(model, deployment);
  if (deployment.ranks() > endpoints) {
    throw InputError(
        fmt::format("{} ranks (tp {} × pp {} × ep {}): the system has {}", deployment.ranks(),
                    deployment.tensor, deployment.pipeline, deployment.expert, endpoints),
        "split the model over fewer ranks");
  }
}

/// The tokens that are predicted ahead.
void require_draft(const Model& model, int predicted) {
  constexpr int kMostPredicted = 8;
  if (predicted < 0 || predicted > kMostPredicted) {
    throw InputError(fmt::format("{} predicted tokens: not supported", predicted),
                     fmt::format("use 0 to {}", kMostPredicted));
  }
  if (predicted > 0 && model.draft_layers == 0) {
    throw InputError(fmt::format("{} predicted tokens: {} has no layer that predicts tokens ahead",
                                 predicted, model.name),
                     "use 0, or a model that has one");
  }
}

}  // namespace

void require_possible(const Model& model, const Deployment& deployment, int endpoints) {
  require_parallelism(model, deployment, endpoints);
  const auto is_count = [](double value) { return std::isfinite(value) && value > 0; };
  if (!is_count(deployment.batch) || !is_count(deployment.context) ||
      !is_count(deployment.cache_bytes)) {
    throw InputError("batch, context and bytes per cache element must be above zero",
                     "use numbers above zero");
  }
  require_draft(model, deployment.predicted);
  if (deployment.micro_batches < 0 || deployment.micro_batches > 2) {
    throw InputError(fmt::format("{} micro-batches: not supported", deployment.micro_batches),
                     "use 1 or 2, or 0 for the faster of both");
  }
}

MemoryNeed memory_need(const Model& model, const Deployment& deployment) {
  const double weight = bytes_of_type(deployment.type), tensor = deployment.tensor,
               pipeline = deployment.pipeline;
  const double sparse = model.expert_layers();
  const double drafts = deployment.predicted > 0 ? model.draft_layers : 0;
  MemoryNeed out;
  const double experts_held =
      model.mixture()
          ? std::ceil((model.experts + deployment.redundant_experts) / deployment.expert)
          : 0;
  const double dense_layer = model.mlp_parameters() / tensor;
  const double expert_layer =
      model.shared_experts * model.expert_parameters() / tensor + model.router_parameters() +
      experts_held * model.expert_parameters() / deployment.ranks_per_expert();
  const double attention = model.attention_parameters() / tensor;
  out.weights =
      weight / pipeline *
      (model.layers * attention + (model.layers - sparse) * dense_layer + sparse * expert_layer);
  // The last stage has the draft layer, with its projection in 16 bits.
  out.weights += drafts * (weight * (attention + (model.mixture() ? expert_layer : dense_layer)) +
                           2 * 2 * model.hidden * model.hidden);
  out.weights += (bytes_of_type(model.embedding_type) + bytes_of_type(model.head_type)) *
                 model.embedding_parameters() / 2 / tensor;
  const double tokens_cached =
      deployment.phase == Phase::decode ? deployment.batch * deployment.context : deployment.batch;
  // A stage has only its part of the layers, but the batches of all stages are in flight.
  const double spread = model.latent() ? 1 : std::min(tensor, model.kv_heads);
  out.cache = tokens_cached * model.cache_elements() * (model.layers + drafts) *
              deployment.cache_bytes / spread;
  const double tokens = deployment.phase == Phase::decode
                            ? deployment.batch * (1 + deployment.predicted)
                            : deployment.batch;
  const double width = model.mixture() ? model.hidden * (2 + 2 * model.experts_per_token)
                                       : 2 * model.hidden + 2 * model.mlp / tensor;
  out.activations = 2 * tokens * width;
  return out;
}

}  // namespace assay::results::project

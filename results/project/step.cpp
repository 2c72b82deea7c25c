#include "results/project/step.h"

#include <algorithm>
#include <cmath>

namespace assay::results::project {

namespace {

/// Least number of rows of a matrix-unit tile; fewer rows cost the same.
constexpr double kTileRows = 16;

class Builder {
 public:
  Builder(const Model& model, const Deployment& deployment)
      : model_(model), deployment_(deployment), weight_(bytes_of_type(deployment.type)) {
    const bool decode = deployment.phase == Phase::decode;
    // Ranks of one tensor group work on the same tokens.
    step_.tokens = deployment.batch * (decode ? 1 + deployment.predicted : 1);
    sequences_ = decode ? deployment.batch : std::max(1.0, deployment.batch / deployment.context);
  }

  Step build() {
    if (model_.latent()) {
      latent_attention();
    } else {
      grouped_query_attention();
    }
    dense_layers();
    if (model_.mixture()) expert_layers();
    product("head", "dense", 1, head_rows(), model_.hidden, model_.vocabulary / tensor());
    add_pipeline();
    return std::move(step_);
  }

 private:
  double tensor() const { return deployment_.tensor; }
  bool decode() const { return deployment_.phase == Phase::decode; }
  double layers(double all) const { return all / deployment_.pipeline; }
  /// Prefill needs only the last token of each prompt.
  double head_rows() const { return decode() ? step_.tokens : sequences_; }

  /// Adds [rows × k] · [k × n]; the weights are read once.
  void product(const char* name, const char* label, double count, double rows, double k, double n,
               const char* kind = "matmul", double copies = 1) {
    const double padded = std::max(rows, kTileRows);
    step_.kernels.push_back({name, kind, label, count, 2 * padded * k * n * copies,
                             copies * (k * n * weight_ + rows * (k * weight_ + n * 2))});
  }

  void attend(double count, double queries, double flop_per_pair, double cache_elements,
              double pairs_share) {
    const double pairs = queries * deployment_.context * pairs_share;
    step_.kernels.push_back({"attention", decode() ? "decode-attention" : "attention", "attention",
                             count, flop_per_pair * pairs,
                             (decode() ? sequences_ * deployment_.context : step_.tokens) *
                                 cache_elements * deployment_.cache_bytes});
  }

  void latent_attention() {
    const double heads = model_.heads / tensor(), rows = step_.tokens, h = model_.hidden,
                 d = model_.head_dim, latent = model_.kv_rank, rope = model_.rope_dim,
                 count = layers(model_.layers);
    product("q down", "attention", count, rows, h, model_.q_rank);
    product("q up", "attention", count, rows, model_.q_rank, heads * (d + rope));
    product("kv down", "attention", count, rows, h, latent + rope);
    if (decode()) {
      // Absorbed: the queries of each head are projected into the latent space, and its values out
      // of it.
      product("absorb", "attention", count, rows, d, latent, "matmul", heads);
      attend(count, rows * heads, 2 * (latent + rope) + 2 * latent, latent + rope, 1);
      product("values", "attention", count, rows, latent, d, "matmul", heads);
    } else {
      product("kv up", "attention", count, rows, latent, heads * 2 * d);
      attend(count, rows * heads, 2 * (d + rope) + 2 * d, latent + rope, 0.5);
    }
    product("output", "attention", count, rows, heads * d, h);
    add_tensor_reduction(count);
  }

  void grouped_query_attention() {
    const double t = tensor(), rows = step_.tokens, h = model_.hidden, d = model_.head_dim,
                 count = layers(model_.layers), kv = std::max(1.0, model_.kv_heads / t);
    product("qkv", "attention", count, rows, h, (model_.heads / t + 2 * kv) * d);
    attend(count, rows * model_.heads / t, 4 * d, 2 * kv * d, decode() ? 1 : 0.5);
    product("output", "attention", count, rows, model_.heads / t * d, h);
    add_tensor_reduction(count);
  }

  void dense_layers() {
    const double count = layers(model_.layers - model_.expert_layers());
    if (count == 0) return;
    product("gate and up", "dense", count, step_.tokens, model_.hidden, 2 * model_.mlp / tensor());
    product("down", "dense", count, step_.tokens, model_.mlp / tensor(), model_.hidden);
    add_tensor_reduction(count);
  }

  void expert_layers() {
    const double count = layers(model_.expert_layers()), h = model_.hidden, w = model_.expert_mlp,
                 ep = deployment_.expert;
    // Each rank of a tensor group sends its share of the tokens to the experts.
    const double tokens = step_.tokens / std::min(tensor(), std::max(1.0, ep));
    // With a reduction each rank has all tokens and a slice of the shared experts.
    const bool reduces = deployment_.reduces_experts();
    const double seen = reduces ? step_.tokens : tokens,
                 shared = w * model_.shared_experts / (reduces ? tensor() : 1);
    product("router", "experts", count, seen, h, model_.experts);
    product("shared gate and up", "experts", count, seen, h, 2 * shared);
    product("shared down", "experts", count, seen, shared, h);
    const double held = std::ceil((model_.experts + deployment_.redundant_experts) / ep);
    const double rows = tokens * model_.experts_per_token / held;
    // A small number of tokens uses only a few experts.
    const double hit = std::min(held, std::max(1.0, tokens * model_.experts_per_token));
    product("gate and up", "experts", count, rows * held / hit, h, 2 * w, "grouped", hit);
    product("down", "experts", count, rows * held / hit, w, h, "grouped", hit);
    if (deployment_.expert < 2) return;
    if (reduces) {
      add_tensor_reduction(count, "expert reduction");
      return;
    }
    const double sent = tokens * model_.experts_per_token * h;
    const network::Group group{deployment_.expert, 1};
    // Kernels for few tokens send each token directly to its expert; those for many, first to its
    // node.
    const double crossing = decode() || model_.nodes_per_token == 0
                                ? 1
                                : std::min(1.0, model_.nodes_per_token / model_.experts_per_token);
    step_.exchanges.push_back(
        {"dispatch", network::Collective::all_to_all, group, count, sent, true, crossing});
    step_.exchanges.push_back(
        {"combine", network::Collective::all_to_all, group, count, 2 * sent, true, crossing});
  }

  void add_tensor_reduction(double count, const char* name = "tensor reduction") {
    if (deployment_.tensor < 2) return;
    step_.exchanges.push_back({name,
                               network::Collective::all_reduce,
                               {deployment_.tensor, 1},
                               count,
                               step_.tokens * model_.hidden * 2});
  }

  void add_pipeline() {
    if (deployment_.pipeline < 2) return;
    step_.exchanges.push_back({"pipeline",
                               network::Collective::send_receive,
                               {2, std::max(deployment_.tensor, deployment_.expert)},
                               1,
                               step_.tokens * model_.hidden * 2});
  }

  const Model& model_;
  const Deployment& deployment_;
  double weight_;
  double sequences_ = 1;
  Step step_;
};

void add_part(std::vector<std::pair<std::string, double>>& parts, const std::string& label,
              double seconds) {
  for (auto& [known, sum] : parts) {
    if (known == label) {
      sum += seconds;
      return;
    }
  }
  parts.emplace_back(label, seconds);
}

/// Time of one kernel by the roofline model, plus the launch latency.
double kernel_seconds(const KernelWork& kernel, const Values& values, double peak) {
  const double arithmetic = kernel.flop / (peak * values["efficiency." + kernel.kind]);
  const double traffic = kernel.bytes / (values["memory.bandwidth"] * values["efficiency.memory"]);
  return std::max(arithmetic, traffic) + values["latency.kernel"];
}

}  // namespace

Step step_of(const Model& model, const Deployment& deployment) {
  return Builder(model, deployment).build();
}

double exchange_seconds(const network::Network& network, const Values& values,
                        const Exchange& exchange) {
  // Tokens for experts are sent directly to their ranks, all at once.
  if (!exchange.experts) {
    return closed_form(network, exchange.collective, exchange.group, exchange.bytes).seconds;
  }
  network::Network crossed = network;
  for (network::Tier& tier : crossed.tiers) {
    if (tier.own_port) tier.port.value /= exchange.crossing;
  }
  return closed_form_by(crossed, exchange.collective, exchange.group, exchange.bytes, "direct")
             .seconds +
         values["latency.exchange"];
}

StepTime time_of(const Step& step, const Deployment& deployment, const Values& values,
                 const network::Network* network) {
  StepTime out;
  const double arithmetic_peak = values["peak." + deployment.type],
               attention_peak = values["peak." + deployment.attention_type];
  for (const KernelWork& kernel : step.kernels) {
    // Attention computes in 16 bits, whatever the type of the weights.
    const bool wide = kernel.kind.find("attention") != std::string::npos;
    double seconds = kernel_seconds(kernel, values, wide ? attention_peak : arithmetic_peak);
    if (kernel.kind == "grouped" && deployment.expert > 1) seconds *= values["imbalance"];
    out.compute += kernel.count * seconds;
    add_part(out.parts, kernel.label, kernel.count * seconds);
  }
  for (const Exchange& exchange : step.exchanges) {
    double seconds = exchange_seconds(*network, values, exchange) * exchange.factor;
    if (exchange.experts) seconds *= values["imbalance"];
    out.communication += exchange.count * seconds;
    add_part(out.parts, exchange.name, exchange.count * seconds);
  }
  const double hidden = deployment.micro_batches > 1
                            ? values["overlap"] * std::min(out.compute, out.communication)
                            : 0;
  const double work = out.compute + out.communication - hidden;
  out.overhead = work * values["overhead"];
  out.seconds = work + out.overhead;
  return out;
}

}  // namespace assay::results::project

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
      : model_(model), deployment_(deployment), head_type_(head_type(model, deployment)) {
    const bool decode = deployment.phase == Phase::decode;
    // Ranks of one tensor group work on the same tokens.
    step_.tokens = tokens_ = deployment.batch * (decode ? 1 + deployment.predicted : 1);
    sequences_ = decode ? deployment.batch : std::max(1.0, deployment.batch / deployment.context);
  }

  Step build() {
    attention(layers(model_.layers));
    dense_layers(layers(model_.layers - model_.expert_layers()));
    expert_layers(layers(model_.expert_layers()));
    // Prefill needs only the last token of each prompt.
    head(decode() ? tokens_ : sequences_);
    if (deployment_.predicted > 0) draft_passes();
    add_pipeline();
    return std::move(step_);
  }

 private:
  double tensor() const { return deployment_.tensor; }
  bool decode() const { return deployment_.phase == Phase::decode; }
  double layers(double all) const { return all / deployment_.pipeline; }

  void add_kernel(KernelWork kernel) {
    if (drafts_) kernel.label = "draft layer";
    step_.kernels.push_back(std::move(kernel));
  }

  /// Adds [rows × k] · [k × n] in `type`; the weights are read once.
  void product_in(const std::string& type, const char* name, const char* label, double count,
                  double rows, double k, double n, const char* kind = "matmul", double copies = 1) {
    const double padded = std::max(rows, kTileRows), element = bytes_of_type(type);
    add_kernel({name, kind, type, label, count, 2 * padded * k * n * copies,
                copies * (k * n * element + rows * (k * element + n * 2))});
  }

  void product(const char* name, const char* label, double count, double rows, double k, double n,
               const char* kind = "matmul", double copies = 1) {
    product_in(deployment_.type, name, label, count, rows, k, n, kind, copies);
  }

  void attend(double count, double queries, double flop_per_pair, double cache_elements,
              double pairs_share) {
    const double pairs = queries * deployment_.context * pairs_share;
    // Attention computes in 16 bits, whatever the type of the weights.
    add_kernel({"attention", decode() ? "decode-attention" : "attention",
                deployment_.attention_type, "attention", count, flop_per_pair * pairs,
                (decode() ? sequences_ * deployment_.context : tokens_) * cache_elements *
                    deployment_.cache_bytes});
  }

  /// Kernels that hardly compute, each of which reads and writes a row of the hidden size in 16
  /// bits for each token. Their number is that of vLLM's models without fusion (llama.py,
  /// deepseek_v2.py and fused_moe.py in vllm/model_executor).
  void small_kernels(const char* label, double layers, double kernels) {
    add_kernel({"small kernels", "memory", deployment_.attention_type, label, layers * kernels, 0,
                2 * 2 * tokens_ * model_.hidden});
  }

  void head(double rows) {
    product_in(head_type_, "head", "head", 1, rows, model_.hidden, model_.vocabulary / tensor());
  }

  void attention(double count) {
    // A norm, rotary positions and new rows of the cache; norms of both latents.
    small_kernels("attention", count, model_.latent() ? 5 : 3);
    if (model_.latent()) {
      latent_attention(count);
    } else {
      grouped_query_attention(count);
    }
  }

  void latent_attention(double count) {
    const double heads = model_.heads / tensor(), rows = tokens_, h = model_.hidden,
                 d = model_.head_dim, latent = model_.kv_rank, rope = model_.rope_dim;
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

  void grouped_query_attention(double count) {
    const double t = tensor(), rows = tokens_, h = model_.hidden, d = model_.head_dim,
                 kv = std::max(1.0, model_.kv_heads / t);
    product("qkv", "attention", count, rows, h, (model_.heads / t + 2 * kv) * d);
    attend(count, rows * model_.heads / t, 4 * d, 2 * kv * d, decode() ? 1 : 0.5);
    product("output", "attention", count, rows, model_.heads / t * d, h);
    add_tensor_reduction(count);
  }

  void dense_layers(double count) {
    if (count == 0) return;
    small_kernels("dense", count, 2);  // norm and activation
    product("gate and up", "dense", count, tokens_, model_.hidden, 2 * model_.mlp / tensor());
    product("down", "dense", count, tokens_, model_.mlp / tensor(), model_.hidden);
    add_tensor_reduction(count);
  }

  void expert_layers(double count) {
    if (count == 0) return;
    const double h = model_.hidden, w = model_.expert_mlp, ep = deployment_.expert;
    // Each rank of a tensor group sends its share of the tokens to the experts.
    const double tokens = tokens_ / std::min(tensor(), std::max(1.0, ep));
    // With a reduction each rank has all tokens and a slice of the shared experts.
    const bool reduces = deployment_.reduces_experts();
    const double seen = reduces ? tokens_ : tokens,
                 shared = w * model_.shared_experts / (reduces ? tensor() : 1);
    product("router", "experts", count, seen, h, model_.experts);
    product("shared gate and up", "experts", count, seen, h, 2 * shared);
    product("shared down", "experts", count, seen, shared, h);
    // Norm, choice of experts, activations of both kinds of experts; without dispatch and combine,
    // which do it, also sorting by expert and the weighted sum.
    small_kernels("experts", count, reduces || ep < 2 ? 6 : 4);
    const double held = std::ceil((model_.experts + deployment_.redundant_experts) / ep);
    const double rows = tokens * model_.experts_per_token;
    // All ranks' tokens choose among the experts of all ranks. The step waits for a rank with work.
    const double hit =
        std::max(1.0, expected_experts_hit(held, tokens * ep, model_.experts_per_token, held * ep));
    const double width = w / deployment_.ranks_per_expert();
    product("gate and up", "experts", count, rows / hit, h, 2 * width, "grouped", hit);
    product("down", "experts", count, rows / hit, width, h, "grouped", hit);
    if (reduces) {
      add_tensor_reduction(count, "expert reduction");
    } else if (deployment_.expert > 1) {
      add_expert_exchanges(count, rows * h);
    }
  }

  /// `sent`: elements that a rank sends to experts.
  void add_expert_exchanges(double count, double sent) {
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

  /// The draft layer runs over all tokens of the step, since its cache needs all of them, and then,
  /// to decode, over one token per sequence for each further token ahead.
  void draft_passes() {
    drafts_ = true;
    draft_pass();
    tokens_ = sequences_;
    for (int i = 1; decode() && i < deployment_.predicted; ++i) draft_pass();
  }

  /// Multi-token prediction (DeepSeek-V3 report, arXiv 2412.19437, section 2.2): a projection of
  /// the token's embedding and its hidden state, which engines keep in 16 bits on every rank, one
  /// layer, and the model's head for one token per sequence.
  void draft_pass() {
    product_in(deployment_.attention_type, "draft projection", "", 1, tokens_, 2 * model_.hidden,
               model_.hidden);
    attention(1);
    if (model_.mixture()) {
      expert_layers(1);
    } else {
      dense_layers(1);
    }
    head(sequences_);
  }

  void add_tensor_reduction(double count, const char* name = "tensor reduction") {
    if (deployment_.tensor < 2) return;
    step_.exchanges.push_back({name,
                               network::Collective::all_reduce,
                               {deployment_.tensor, 1},
                               count,
                               tokens_ * model_.hidden * 2});
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
  std::string head_type_;
  double tokens_ = 1, sequences_ = 1;  ///< of the present pass
  bool drafts_ = false;                ///< whether the present pass is one of the draft layer
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
double kernel_seconds(const KernelWork& kernel, const Values& values) {
  const double arithmetic =
      kernel.flop / (values["peak." + kernel.type] * values["efficiency." + kernel.kind]);
  const double traffic = kernel.bytes / (values["memory.bandwidth"] * values["efficiency.memory"]);
  return std::max(arithmetic, traffic) + values["latency.kernel"];
}

}  // namespace

double expected_experts_hit(double held, double tokens, double chosen, double experts) {
  return held * (1 - std::pow(1 - std::min(1.0, chosen / experts), tokens));
}

std::string head_type(const Model& model, const Deployment& deployment) {
  return bytes_of_type(model.head_type) == 2 ? deployment.attention_type : model.head_type;
}

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
  for (const KernelWork& kernel : step.kernels) {
    double seconds = kernel_seconds(kernel, values);
    if (kernel.kind == "grouped" && deployment.expert > 1) seconds *= values["imbalance"];
    if (kernel.kind == "memory") seconds *= values["small-kernels"];
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

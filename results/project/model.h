// The dimensions of a language model.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay::results::project {

struct Model {
  std::string id, name;
  double hidden = 0, layers = 0, heads = 0, kv_heads = 0, head_dim = 0, mlp = 0, vocabulary = 0;
  /// Multi-head latent attention if kv_rank > 0.
  double q_rank = 0, kv_rank = 0, rope_dim = 0;
  /// Mixture of experts if experts > 0; the first `dense_layers` layers have no experts.
  double dense_layers = 0, experts = 0, shared_experts = 0, experts_per_token = 0, expert_mlp = 0;
  double nodes_per_token = 0;  ///< limit of nodes to which a token is sent; 0: no limit
  double draft_layers = 0;     ///< layers that predict a further token, in addition to `layers`
  /// Types of the input embedding and the output head as deployed, whatever that of the other
  /// weights.
  std::string embedding_type = "bf16", head_type = "bf16";

  bool latent() const { return kv_rank > 0; }
  bool mixture() const { return experts > 0; }
  double expert_layers() const { return mixture() ? layers - dense_layers : 0; }

  /// Numbers of weights in the attention of one layer, in the MLP of a dense layer and in one
  /// expert, with their norms.
  double attention_parameters() const;
  double mlp_parameters() const;
  double expert_parameters() const;
  double router_parameters() const;
  /// Input embedding and output head.
  double embedding_parameters() const;
  /// Weights of the draft layers: each has a projection from twice the hidden size in addition to a
  /// layer. It shares the embedding and the head.
  double draft_parameters() const;
  /// Without the draft layers.
  double parameters() const;
  /// Parameters used per token, without the input embedding.
  double active_parameters() const;
  /// Cache elements per token and layer.
  double cache_elements() const;
};

/// The built-in models, from results/project/data/models.toml.
std::vector<Model> models();
/// Throws InputError with the most similar id.
Model find_model(std::string_view id);

}  // namespace assay::results::project

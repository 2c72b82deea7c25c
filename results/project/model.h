// A language model by its shapes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay::results::project {

struct Model {
  std::string id, name;
  double hidden = 0, layers = 0, heads = 0, kv_heads = 0, head_dim = 0, mlp = 0, vocabulary = 0;
  /// Multi-head latent attention where kv_rank > 0.
  double q_rank = 0, kv_rank = 0, rope_dim = 0;
  /// Mixture of experts where experts > 0; the first `dense_layers` have none.
  double dense_layers = 0, experts = 0, shared_experts = 0, experts_a_token = 0, expert_mlp = 0;
  double nodes_a_token = 0;  ///< nodes whose experts a token may go to; 0: any

  bool latent() const { return kv_rank > 0; }
  bool mixture() const { return experts > 0; }
  double expert_layers() const { return mixture() ? layers - dense_layers : 0; }

  /// Weights of one layer's attention, of a dense layer's MLP, of one expert; norms included where
  /// they belong.
  double attention_parameters() const;
  double mlp_parameters() const;
  double expert_parameters() const;
  double router_parameters() const;
  /// Input embedding and output head.
  double embedding_parameters() const;
  double parameters() const;
  /// That work on one token, the input embedding left out.
  double active_parameters() const;
  /// Elements that the cache keeps of a token in one layer.
  double cache_elements() const;
};

/// Those built in, from results/project/data/models.toml.
std::vector<Model> models();
/// Throws InputError with the nearest id.
Model find_model(std::string_view id);

}  // namespace assay::results::project

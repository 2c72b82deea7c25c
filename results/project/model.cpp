#include "results/project/model.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "kernels/error.h"
#include "kernels/nearest.h"
#include "results/project/data_files.h"

namespace assay::results::project {

namespace {

constexpr std::array<std::pair<const char*, double Model::*>, 17> kNumbers = {
    {{"hidden", &Model::hidden},
     {"layers", &Model::layers},
     {"heads", &Model::heads},
     {"kv_heads", &Model::kv_heads},
     {"head_dim", &Model::head_dim},
     {"mlp", &Model::mlp},
     {"vocabulary", &Model::vocabulary},
     {"q_rank", &Model::q_rank},
     {"kv_rank", &Model::kv_rank},
     {"rope_dim", &Model::rope_dim},
     {"dense_layers", &Model::dense_layers},
     {"experts", &Model::experts},
     {"shared_experts", &Model::shared_experts},
     {"experts_per_token", &Model::experts_per_token},
     {"expert_mlp", &Model::expert_mlp},
     {"nodes_per_token", &Model::nodes_per_token},
     {"draft_layers", &Model::draft_layers}}};

}  // namespace

double Model::attention_parameters() const {
  if (!latent()) {
    return hidden * (heads + 2 * kv_heads) * head_dim + heads * head_dim * hidden + 2 * hidden;
  }
  const double queries = hidden * q_rank + q_rank * heads * (head_dim + rope_dim);
  const double keys = hidden * (kv_rank + rope_dim) + kv_rank * heads * 2 * head_dim;
  return queries + keys + heads * head_dim * hidden + q_rank + kv_rank + 2 * hidden;
}

double Model::mlp_parameters() const {
  return 3 * hidden * mlp;
}

double Model::expert_parameters() const {
  return 3 * hidden * expert_mlp;
}

double Model::router_parameters() const {
  return hidden * experts + experts;
}

double Model::embedding_parameters() const {
  return 2 * vocabulary * hidden + hidden;
}

double Model::draft_parameters() const {
  const double layer = mixture()
                           ? (experts + shared_experts) * expert_parameters() + router_parameters()
                           : mlp_parameters();
  // Norms of the embedding, of the hidden state and before the head.
  return draft_layers * (attention_parameters() + layer + 2 * hidden * hidden + 3 * hidden);
}

double Model::parameters() const {
  const double sparse = expert_layers();
  return layers * attention_parameters() + (layers - sparse) * mlp_parameters() +
         sparse * ((experts + shared_experts) * expert_parameters() + router_parameters()) +
         embedding_parameters();
}

double Model::active_parameters() const {
  const double sparse = expert_layers();
  return layers * attention_parameters() + (layers - sparse) * mlp_parameters() +
         sparse *
             ((experts_per_token + shared_experts) * expert_parameters() + router_parameters()) +
         embedding_parameters() - vocabulary * hidden;
}

double Model::cache_elements() const {
  return latent() ? kv_rank + rope_dim : 2 * kv_heads * head_dim;
}

std::vector<Model> models() {
  std::vector<Model> out;
  const toml::table file = toml::parse(project_file("models.toml"));
  for (const toml::node& node : *file["model"].as_array()) {
    const toml::table& table = *node.as_table();
    Model model;
    if (const auto twin = table["same_as"].value<std::string>()) {
      model =
          *std::find_if(out.begin(), out.end(), [&](const Model& one) { return one.id == *twin; });
    }
    model.id = table["id"].value_or(std::string());
    model.name = table["name"].value_or(std::string());
    for (const auto& [key, member] : kNumbers) model.*member = table[key].value_or(model.*member);
    model.embedding_type = table["embedding_type"].value_or(model.embedding_type);
    model.head_type = table["head_type"].value_or(model.head_type);
    out.push_back(std::move(model));
  }
  return out;
}

Model find_model(std::string_view id) {
  std::vector<std::string> known;
  for (Model& model : models()) {
    if (model.id == id) return std::move(model);
    known.push_back(model.id);
  }
  throw InputError(fmt::format("model {}: unknown", id),
                   did_you_mean(id, known, fmt::format("models are {}", fmt::join(known, ", "))));
}

}  // namespace assay::results::project

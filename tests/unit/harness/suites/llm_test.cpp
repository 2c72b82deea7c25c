// The suite `llm` has the layers of the models that results/project describes.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "harness/plan/suite.h"
#include "kernels/operation.h"
#include "kernels/problem.h"
#include "results/project/model.h"

namespace assay::harness {
namespace {

using results::project::find_model;
using results::project::Model;

/// The elements of the matrices of weights in the problems of a layer's part, whatever their phase
/// and number of rows: n · k of a matmul, times its groups or its batch. Fails if there is no such
/// problem or if they differ.
double parameters(const std::string& part) {
  const std::set<std::string> labels = {part, part + ", decode", part + ", prefill"};
  std::set<double> found;
  for (const plan::SuiteProblem& one : plan::load_suite("llm").problems) {
    if (!labels.contains(one.label)) continue;
    const kernels::Problem& problem = one.problem;
    const bool grouped = problem.operation().name == "grouped_matmul";
    found.insert(static_cast<double>(problem.dimension("n")) *
                 static_cast<double>(problem.dimension("k")) *
                 static_cast<double>(problem.dimension(grouped ? "groups" : "batch")));
  }
  EXPECT_EQ(found.size(), 1U) << part;
  return found.empty() ? 0 : *found.begin();
}

double sum(const std::string& model, const std::vector<std::string>& parts) {
  double out = 0;
  for (const std::string& part : parts) out += parameters(model + " " + part);
  return out;
}

TEST(LlmSuite, ALayerOfLlamaHasTheParametersOfItsModel) {
  for (const auto& [label, id] :
       {std::pair{"Llama-3 8B", "llama3-8b"}, {"Llama-3 70B", "llama3-70b"}}) {
    const Model model = find_model(id);
    const double norms = 2 * model.hidden;
    EXPECT_EQ(sum(label, {"qkv", "output"}), model.attention_parameters() - norms) << label;
    EXPECT_EQ(sum(label, {"gate and up", "down"}), model.mlp_parameters()) << label;
    EXPECT_EQ(sum(label, {"head"}), model.hidden * model.vocabulary) << label;
  }
}

TEST(LlmSuite, ALayerOfDeepSeekHasTheParametersOfItsModel) {
  const Model model = find_model("deepseek-v3");
  const std::string label = "DeepSeek-V3";
  const double norms = model.q_rank + model.kv_rank + 2 * model.hidden;
  EXPECT_EQ(
      sum(label, {"query down", "query up", "key-value down", "key-value up", "attention output"}),
      model.attention_parameters() - norms);
  // Decode multiplies by the same weights before and after the attention.
  EXPECT_EQ(sum(label, {"absorbed query", "absorbed value"}), sum(label, {"key-value up"}));
  EXPECT_EQ(sum(label, {"dense gate and up", "dense down"}), model.mlp_parameters());
  EXPECT_EQ(sum(label, {"shared expert gate and up", "shared expert down"}),
            model.shared_experts * model.expert_parameters());
  EXPECT_EQ(sum(label, {"experts gate and up", "experts down"}),
            model.experts * model.expert_parameters());
  EXPECT_EQ(sum(label, {"router"}), model.hidden * model.experts);
  EXPECT_EQ(sum(label, {"head"}), model.hidden * model.vocabulary);
}

}  // namespace
}  // namespace assay::harness

#include "results/project/model.h"

#include <gmock/gmock.h>

#include "kernels/error.h"

namespace assay::results::project {
namespace {

TEST(Model, ItsShapesGiveThePublishedNumberOfParameters) {
  const std::pair<const char*, double> published[] = {{"llama3-8b", 8.03},
                                                      {"llama3-70b", 70.6},
                                                      {"llama3-405b", 405.8},
                                                      {"deepseek-v3", 671.0},
                                                      {"deepseek-r1", 671.0}};
  for (const auto& [id, billions] : published) {
    EXPECT_NEAR(find_model(id).parameters() / 1e9, billions, 0.06) << id;
  }
}

TEST(Model, TheDraftLayerOfDeepSeekHasThePublishedNumberOfParameters) {
  // README_WEIGHTS.md states 11.5 billion, which does not contain the projection of 0.1 billion.
  const double projection = 2 * 7168.0 * 7168;
  EXPECT_NEAR((find_model("deepseek-v3").draft_parameters() - projection) / 1e9, 11.5, 0.05);
  EXPECT_EQ(find_model("llama3-8b").draft_parameters(), 0);
}

TEST(Model, EmbeddingAndHeadStayIn16Bits) {
  for (const Model& model : models()) {
    EXPECT_EQ(model.embedding_type, "bf16") << model.id;
    EXPECT_EQ(model.head_type, "bf16") << model.id;
  }
}

TEST(Model, AMixtureUsesFewOfItsExperts) {
  EXPECT_NEAR(find_model("deepseek-r1").active_parameters() / 1e9, 36.6, 0.1);
  EXPECT_NEAR(find_model("llama3-70b").active_parameters() / 1e9, 69.5, 0.1);
}

TEST(Model, ALatentCacheIsAnOrderOfMagnitudeSmaller) {
  EXPECT_EQ(find_model("deepseek-r1").cache_elements(), 576);
  EXPECT_EQ(find_model("llama3-70b").cache_elements(), 2048);
}

TEST(Model, RefusesAnUnknownModelWithTheNearestName) {
  try {
    find_model("deepseek-r2");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.hint(), testing::HasSubstr("deepseek-r1"));
  }
}

}  // namespace
}  // namespace assay::results::project

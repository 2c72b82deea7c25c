#include "harness/ranks/place.h"

#include <gmock/gmock.h>

#include <map>

#include "kernels/error.h"

namespace assay::harness::ranks {
namespace {

Variables from(std::map<std::string, std::string> set) {
  return [set = std::move(set)](const std::string& name) -> std::optional<std::string> {
    const auto found = set.find(name);
    return found == set.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST(Place, IsAbsentWithoutALauncher) {
  EXPECT_FALSE(place_of(from({})));
}

TEST(Place, ReadsRankAndSlotFromOpenMpi) {
  const auto place = place_of(from({{"OMPI_COMM_WORLD_RANK", "13"},
                                    {"OMPI_COMM_WORLD_SIZE", "16"},
                                    {"OMPI_COMM_WORLD_LOCAL_RANK", "5"},
                                    {"OMPI_COMM_WORLD_LOCAL_SIZE", "8"},
                                    {"PMIX_NAMESPACE", "742916097"}}));
  ASSERT_TRUE(place);
  EXPECT_EQ(place->rank, 13U);
  EXPECT_EQ(place->ranks, 16U);
  EXPECT_EQ(place->slot, 5U);
  EXPECT_EQ(place->slots, 8U);
  EXPECT_EQ(place->job, "742916097");
}

TEST(Place, ReadsRankAndJobFromASlurmStep) {
  const auto place = place_of(from({{"SLURM_PROCID", "9"},
                                    {"SLURM_STEP_NUM_TASKS", "16"},
                                    {"SLURM_STEP_NUM_NODES", "2"},
                                    {"SLURM_LOCALID", "1"},
                                    {"SLURM_JOB_ID", "77"},
                                    {"SLURM_STEP_ID", "3"}}));
  ASSERT_TRUE(place);
  EXPECT_EQ(place->rank, 9U);
  EXPECT_EQ(place->slot, 1U);
  EXPECT_EQ(place->slots, 8U);
  EXPECT_EQ(place->job, "77.3");
}

TEST(Place, ASlurmBatchScriptIsNotARank) {
  EXPECT_FALSE(place_of(from({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "16"}})));
}

TEST(Place, ASingleProcessIsNotARank) {
  EXPECT_FALSE(place_of(from({{"OMPI_COMM_WORLD_RANK", "0"}, {"OMPI_COMM_WORLD_SIZE", "1"}})));
}

TEST(Place, ASingleRankThatAssayStartedIsARank) {
  const auto place = place_of(from({{"ASSAY_RANK", "0"}, {"ASSAY_RANKS", "1"}}));
  ASSERT_TRUE(place);
  EXPECT_EQ(place->ranks, 1U);
}

TEST(Place, AMemberStartedByARankHasTheRankItWasGiven) {
  const auto place = place_of(from({{"OMPI_COMM_WORLD_RANK", "0"},
                                    {"OMPI_COMM_WORLD_SIZE", "4"},
                                    {"ASSAY_RANK", "2"},
                                    {"ASSAY_RANKS", "4"}}));
  ASSERT_TRUE(place);
  EXPECT_EQ(place->rank, 2U);
  EXPECT_EQ(place->launcher, "assay");
}

TEST(Place, RefusesContradictingVariablesByName) {
  EXPECT_THROW(place_of(from({{"PMI_RANK", "4"}, {"PMI_SIZE", "4"}})), InputError);
  try {
    place_of(from({{"PMI_RANK", "first"}, {"PMI_SIZE", "4"}}));
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("PMI_RANK=first"));
  }
}

}  // namespace
}  // namespace assay::harness::ranks

#include "harness/environment/neutral.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace assay::harness::environment {
namespace {

TEST(NeutralisedVariables, AreThoseThatPlaceOrCountThreadsOrDescribeAnotherMachine) {
  for (const char* name :
       {"OMP_PROC_BIND", "OMP_PLACES", "OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "GOMP_CPU_AFFINITY",
        "KMP_AFFINITY", "OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "MKL_NUM_THREADS",
        "HWLOC_XMLFILE", "HWLOC_SYNTHETIC", "HWLOC_COMPONENTS"}) {
    EXPECT_TRUE(is_neutralised(name)) << name;
  }
  for (const char* name : {"OMP_WAIT_POLICY", "OPENBLAS_CORETYPE", "GLIBC_TUNABLES", "LD_PRELOAD",
                           "MALLOC_ARENA_MAX", "HOME", "PATH", "OMP"}) {
    EXPECT_FALSE(is_neutralised(name)) << name;
  }
}

TEST(NeutralisedVariables, AreTakenOutAndKeptForTheRecordWithoutSecrets) {
  setenv("HWLOC_XMLFILE", "https://ada:kept-quiet@x.example/hwloc.xml", 1);
  setenv("OMP_PLACES", "cores", 1);
  setenv("OPENBLAS_CORETYPE", "Haswell", 1);
  neutralise_variables();
  EXPECT_EQ(std::getenv("HWLOC_XMLFILE"), nullptr);
  EXPECT_EQ(std::getenv("OMP_PLACES"), nullptr);
  EXPECT_EQ(neutralised_variables().at("OMP_PLACES"), "cores");
  EXPECT_THAT(neutralised_variables().at("HWLOC_XMLFILE"),
              testing::Not(testing::HasSubstr("quiet")));
  EXPECT_THAT(original_variables(), testing::Contains("OMP_PLACES=cores"));
  EXPECT_THAT(original_variables(),
              testing::Contains("HWLOC_XMLFILE=https://ada:kept-quiet@x.example/hwloc.xml"));
  EXPECT_THAT(changing_variables(), testing::Contains("OPENBLAS_CORETYPE=Haswell"));
  unsetenv("OPENBLAS_CORETYPE");
}

}  // namespace
}  // namespace assay::harness::environment

#include "backends/cpu/openblas_kernels.h"

#include <gmock/gmock.h>

namespace assay::backends::cpu {
namespace {

using testing::HasSubstr;

TEST(OpenBlasKernels, OfAnOlderProcessorAreToldWhereThisOneHasMore) {
  EXPECT_THAT(older_kernels("Prescott", true), HasSubstr("for Prescott"));
  EXPECT_THAT(older_kernels("Sandybridge", true), HasSubstr("OPENBLAS_CORETYPE"));
}

TEST(OpenBlasKernels, AreNotMentionedWhereTheyFit) {
  EXPECT_EQ(older_kernels("SkylakeX", true), "");
  EXPECT_EQ(older_kernels("Zen", true), "");
  EXPECT_EQ(older_kernels("Prescott", false), "");
}

}  // namespace
}  // namespace assay::backends::cpu

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/error.h"
#include "tests/unit/kernels/workbench.h"

namespace assay::kernels {
namespace {

using ::testing::ElementsAre;

TEST(MlaDecode, HasTheDimensionsOfDeepSeekV3UnlessToldOtherwise) {
  EXPECT_EQ(Problem::parse("mla_decode b=2 skv=100 type=bf16").text(),
            "mla_decode b=2 hq=128 sq=1 skv=100 latent=512 rope=64 qk=192 type=bf16 mask=none "
            "dist=uniform seed=1");
  const AttentionShape s = mla_shape(Problem::parse("mla_decode b=2 skv=100 type=bf16"));
  EXPECT_EQ(s.d, 576);
  EXPECT_EQ(s.dv, 512);
  EXPECT_EQ(s.value_stride(), 576);
  EXPECT_EQ(s.hkv, 1);
  EXPECT_DOUBLE_EQ(s.scale(), 1 / std::sqrt(192.0));
}

TEST(MlaDecode, SharesOneCacheBetweenKeysValuesAndHeads) {
  const Problem problem = Problem::parse("mla_decode b=3 hq=16 sq=2 skv=100 type=bf16");
  const auto operands = problem.operation().operands(problem);
  ASSERT_EQ(operands.size(), 3u);
  EXPECT_THAT(operands[0].extents, ElementsAre(3, 16, 2, 576));
  EXPECT_THAT(operands[1].extents, ElementsAre(3, 100, 576));
  EXPECT_THAT(operands[2].extents, ElementsAre(3, 16, 2, 512));
}

TEST(MlaDecode, CountsBothProductsAndTheCacheOnce) {
  const Problem problem = Problem::parse("mla_decode b=3 hq=16 skv=100 type=bf16");
  const Work work = problem.operation().work(problem);
  EXPECT_EQ(work.flop, 2.0 * 3 * 16 * 100 * (512 + 64) + 2.0 * 3 * 16 * 100 * 512);
  EXPECT_EQ(work.bytes, 2.0 * 3 * (16 * 576 + 100 * 576 + 16 * 512));
  const Problem causal = Problem::parse("mla_decode b=1 hq=1 sq=2 skv=100 type=bf16 mask=causal");
  EXPECT_EQ(causal.operation().work(causal).flop, 2.0 * (99 + 100) * (576 + 512));
}

TEST(MlaDecode, IsAttentionOverKeysWhoseFirstColumnsAreTheValues) {
  Workbench mla("mla_decode b=2 hq=6 sq=3 skv=90 latent=24 rope=8 qk=32 type=f32 mask=causal");
  Workbench plain("attention b=2 hq=6 hkv=1 sq=3 skv=90 d=32 dv=24 type=f32 mask=causal");
  plain.buffers[0] = mla.buffers[0];
  plain.buffers[1] = mla.buffers[1];
  for (std::int64_t j = 0; j < 2 * 90; ++j) {
    for (std::int64_t c = 0; c < 24; ++c) {
      store(DataType::f32, plain.buffers[2].data(), j * 24 + c,
            load(DataType::f32, mla.buffers[1].data(), j * 32 + c));
    }
  }
  mla.fill_with_reference();
  plain.fill_with_reference();
  EXPECT_EQ(mla.output(), plain.output());
}

TEST(MlaDecode, RefusesQueriesWithoutKeysAndExactSoftmax) {
  EXPECT_THROW(Problem::parse("mla_decode b=1 sq=3 skv=2 type=bf16 mask=causal"), InputError);
  EXPECT_THROW(Problem::parse("mla_decode b=1 skv=2 type=bf16 dist=integer"), InputError);
  EXPECT_THROW(Problem::parse("mla_decode b=1 skv=2 latent=9223372036854775807 type=bf16"),
               InputError);
}

}  // namespace
}  // namespace assay::kernels

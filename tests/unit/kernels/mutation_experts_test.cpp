// Tests the checks of experts, latent attention, transfers and launches with outputs that are right
// except for one fault.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/kernels/workbench.h"

namespace assay::kernels {
namespace {

using ::testing::HasSubstr;

const CheckOptions kWhole{.full_flop = 1e12};
const CheckOptions kProbed{.full_flop = 0};

constexpr std::string_view kExperts =
    "grouped_matmul tokens=260 n=70 k=96 groups=9 a=bf16 layout=nt routing=zipf seed=3";

class GroupedMatmulCheck : public ::testing::TestWithParam<bool> {
 protected:
  Check judged(const GroupingFault& fault) const {
    Workbench bench(kExperts);
    compute_grouped_matmul(bench, fault);
    return bench.check(GetParam() ? kProbed : kWhole);
  }
};
INSTANTIATE_TEST_SUITE_P(, GroupedMatmulCheck, ::testing::Bool(),
                         [](const auto& one) { return one.param ? "Probed" : "Whole"; });

TEST_P(GroupedMatmulCheck, AcceptsWhatIsRight) {
  const Check check = judged({});
  EXPECT_EQ(check.outcome, Outcome::right) << check.where;
  EXPECT_LT(check.worst, 1);
}

TEST_P(GroupedMatmulCheck, CatchesGroupsThatBeginARowTooLate) {
  const Check check = judged({.begin_shift = 1});
  EXPECT_EQ(check.outcome, Outcome::wrong);
  EXPECT_THAT(check.where, HasSubstr("row 0 of its"));
}

TEST_P(GroupedMatmulCheck, CatchesExpertsTakenForOneAnother) {
  const Check check = judged({.swapped = {2, 5}});
  EXPECT_EQ(check.outcome, Outcome::wrong);
  EXPECT_THAT(check.where, HasSubstr("group 2, row"));
}

TEST_P(GroupedMatmulCheck, CatchesAGroupLeftOut) {
  const Check check = judged({.forgotten = 4});
  EXPECT_EQ(check.outcome, Outcome::wrong);
  EXPECT_THAT(check.where, HasSubstr("group 4, row 0 of its"));
  EXPECT_THAT(check.where, HasSubstr("never written"));
}

TEST(MlaCheck, CatchesTheScaleOfTheAbsorbedWidth) {
  for (const char* dist : {"uniform", "normal"}) {
    Workbench bench(fmt::format("mla_decode b=2 hq=8 skv=300 type=bf16 dist={}", dist));
    compute_mla(bench);
    EXPECT_EQ(bench.check().outcome, Outcome::right) << bench.check().where;
    // 1 / sqrt(576) for 1 / sqrt(192).
    compute_mla(bench, {.scale_factor = std::sqrt(192.0 / 576.0)});
    EXPECT_EQ(bench.check().outcome, Outcome::wrong);
  }
}

TEST(MlaCheck, CatchesValuesFromOtherColumns) {
  Workbench bench("mla_decode b=1 hq=4 sq=2 skv=130 type=bf16 mask=causal");
  compute_mla(bench, {.value_column = 64});
  EXPECT_EQ(bench.check().outcome, Outcome::wrong);
}

TEST(MlaCheck, CatchesAForgottenMaskAndDroppedKeys) {
  Workbench bench("mla_decode b=1 hq=4 sq=4 skv=130 type=f16 mask=causal");
  compute_mla(bench);
  EXPECT_EQ(bench.check().outcome, Outcome::right) << bench.check().where;
  compute_mla(bench, {.forget_mask = true});
  EXPECT_EQ(bench.check().outcome, Outcome::wrong);
  compute_mla(bench, {.dropped_from = 64, .dropped_to = 80});
  EXPECT_EQ(bench.check().outcome, Outcome::wrong);
}

TEST(TransferCheck, CatchesOneBitWhateverTheDirection) {
  for (const char* direction : {"h2d", "d2h", "d2d"}) {
    Workbench bench(fmt::format("transfer direction={} n=5000 type=tf32", direction));
    compute_copy(bench);
    EXPECT_EQ(bench.check().outcome, Outcome::right);
    bench.output()[4321] ^= std::byte{1};
    EXPECT_THAT(bench.check().where, HasSubstr("element 1080:"));
  }
}

TEST(LaunchCheck, CatchesAnOutputThatWasNotSet) {
  Workbench bench("launch n=100");
  bench.fill_with_reference();
  EXPECT_EQ(bench.check().outcome, Outcome::right);
  bench.set(63, bench.get(62));
  EXPECT_THAT(bench.check().where, HasSubstr("element 63:"));
  bench.fill_with_reference();
  poison(DataType::i32, Bytes(bench.output()).subspan(99 * 4, 4));
  EXPECT_THAT(bench.check().where, HasSubstr("element 99: got the poison"));
}

}  // namespace
}  // namespace assay::kernels

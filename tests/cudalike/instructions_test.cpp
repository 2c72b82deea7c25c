// Bounds on NVIDIA's machine code of the portable kernels, so that it does not grow unseen: those
// of NVRTC 13.0 and 13.5, with some room. portable_instructions prints all counts.
#include "instructions.h"

#include <gtest/gtest.h>

namespace assay::backends::cudalike {
namespace {

struct Bound {
  std::string_view problem;
  double most;       ///< instructions for each multiplication of matrices, in the hottest loop
  int least_tensor;  ///< such multiplications in it
};
constexpr double kMatmul = 2.2;
constexpr Bound kBounds[] = {
    {"matmul m=4096 n=4096 k=4096 a=bf16", kMatmul, 64},
    {"matmul m=4096 n=4096 k=4096 a=bf16 layout=nt", kMatmul, 64},
    {"attention b=1 hq=32 hkv=8 sq=4096 skv=4096 d=128 type=bf16", 6, 128},
    {"attention b=1 hq=32 hkv=8 sq=4096 skv=4096 d=128 type=bf16 mask=causal", 6, 128}};

class TensorKernels : public testing::TestWithParam<Architecture> {};

TEST_P(TensorKernels, NeedFewInstructionsForEachTensorInstruction) {
  std::string reason;
  const auto compiler = nvidia_compiler(reason);
  if (!compiler) GTEST_SKIP() << reason;
  for (const Bound& bound : kBounds) {
    SCOPED_TRACE(bound.problem);
    const Counted one = counted(*compiler, bound.problem, GetParam(), false).at(0);
    // For 12.0 NVRTC 13.0 puts a NOP after each of these multiplications.
    const bool padded = GetParam().name == std::string_view("120a");
    EXPECT_LE(one.code.per_tensor_instruction(), bound.most + (padded ? 1 : 0));
    EXPECT_GE(one.code.tensor_in_loop, bound.least_tensor);
    EXPECT_EQ(one.code.spills, 0);
    EXPECT_GT(one.code.registers, 64);
  }
}

INSTANTIATE_TEST_SUITE_P(Architectures, TensorKernels, testing::ValuesIn(kArchitectures),
                         [](const auto& one) { return "sm_" + std::string(one.param.name); });

}  // namespace
}  // namespace assay::backends::cudalike

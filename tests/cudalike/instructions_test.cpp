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
  bool everywhere = false;  ///< else for 9.0 only, as compiling takes most of a second
};
constexpr Bound kBounds[] = {
    {"matmul m=4096 n=4096 k=4096 a=bf16", 2.2, 64, true},
    {"matmul m=4096 n=4096 k=4096 a=bf16 layout=nt", 2.2, 64},
    {"attention b=1 hq=32 hkv=8 sq=4096 skv=4096 d=128 type=bf16", 6, 128},
    {"attention b=1 hq=32 hkv=8 sq=4096 skv=4096 d=128 type=bf16 mask=causal", 6, 128, true},
    {"attention b=1 hq=8 hkv=8 sq=4096 skv=4096 d=256 type=bf16", 6, 128, true}};

class TensorKernels : public testing::TestWithParam<Architecture> {};

TEST_P(TensorKernels, NeedFewInstructionsForEachTensorInstruction) {
  std::string reason;
  const auto compiler = nvidia_compiler(reason);
  if (!compiler) GTEST_SKIP() << reason;
  const std::string_view name = GetParam().name;
  for (const Bound& bound : kBounds) {
    if (!bound.everywhere && name != "90a") continue;
    SCOPED_TRACE(bound.problem);
    const Counted one = counted(*compiler, bound.problem, GetParam(), false).at(0);
    // For 12.0 NVRTC 13.0 puts a NOP after each of these multiplications.
    EXPECT_LE(one.code.per_tensor_instruction(), bound.most + (name == "120a" ? 1 : 0));
    EXPECT_GE(one.code.tensor_in_loop, bound.least_tensor);
    EXPECT_EQ(one.code.spills, 0);
    EXPECT_GT(one.code.registers, 64);
  }
}

INSTANTIATE_TEST_SUITE_P(Architectures, TensorKernels, testing::ValuesIn(kArchitectures),
                         [](const auto& one) { return "sm_" + std::string(one.param.name); });

}  // namespace
}  // namespace assay::backends::cudalike
